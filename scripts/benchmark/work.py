"""The work: a FAQ, questions with their intents, and questions that are out of scope. Deterministic."""

import itertools
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bot.staff.building import checked_files
from bot.text.cut import cutter

FEW = 4
_SEED = 20211228
_LATIN = re.compile("[A-Za-z]")
_PLACES = " ".join(
    (
        "海曙 江北 镇海 北仑 鄞州 奉化 余姚 慈溪 宁海 象山 杭州 温州 绍兴 嘉兴",
        "湖州 金华 衢州 舟山 台州 丽水 上海 南京 苏州 无锡 常州 合肥 福州 厦门",
        "南昌 济南 青岛 郑州 武汉 长沙 广州 深圳 南宁 海口 成都 重庆 贵阳 昆明",
        "西安 兰州 西宁 银川 太原 石家庄 天津 北京 沈阳 大连 长春 哈尔滨 呼和浩特 乌鲁木齐",
        "拉萨 泉州 烟台 洛阳",
    )
).split()


Phrasing = tuple[str, str]


class Work(NamedTuple):
    """What an engine is measured on: (intent, phrasing) pairs, (intent, question) pairs, strangers."""

    faq: list[Phrasing]
    questions: list[Phrasing]
    strangers: list[str]


def write(works: Sequence[Work], path: Path) -> None:
    """Keep pieces of work as JSON."""
    path.write_text(json.dumps(works, ensure_ascii=False), "utf-8")


def read(path: Path) -> list[Work]:
    """What `write` wrote."""
    return [
        Work([(i, t) for i, t in faq], [(i, q) for i, q in questions], strangers)
        for faq, questions, strangers in json.loads(path.read_text("utf-8"))
    ]


def written(folder: Path, language: str, splits: int) -> list[Work]:
    """The FAQs of a language written by hand, each split so many times: four phrasings of an intent are
    learnt (or all but one), the others asked; strangers are a fifth of the intents, left out whole, and
    as many questions of the FAQs of another kind (what their file's name begins with)."""
    faqs = {path: _groups(path.read_text("utf-8")) for path in sorted(folder.glob(f"*.{language}.txt"))}
    if not faqs:
        raise SystemExit(f"{folder}: no FAQ")
    works = []
    for path, groups in faqs.items():
        others = [text for other in faqs if _kind(other) != _kind(path) for ts in faqs[other] for text in ts]
        for seed in range(splits):
            chance = random.Random(_SEED + seed)
            works.append(_split({texts[0]: texts for texts in groups}, chance, others))
    return works


def haystack(works: Sequence[Work], made: Sequence[Phrasing], questions: int) -> Work:
    """The FAQs of these pieces of work as one, among intents that were made."""
    faq, asked = (
        [(f"{n}/{intent}", text) for n, pairs in enumerate(parts) for intent, text in pairs]
        for parts in ([work.faq for work in works], [work.questions for work in works])
    )
    chance = random.Random(_SEED)
    return Work([*faq, *made], chance.sample(asked, min(questions, len(asked))), [])


def _kind(path: Path) -> str:
    return path.name.partition(".")[0].partition("-")[0]


def _groups(text: str) -> list[list[str]]:
    """Intents as paragraphs, a phrasing a line."""
    return [block.splitlines() for block in text.strip().split("\n\n")]


def _split(groups: Mapping[str, Sequence[str]], chance: random.Random, others: Sequence[str]) -> Work:
    left_out = set(chance.sample(sorted(groups), len(groups) // 5))
    faq, asked, strangers = [], [], []
    for intent, texts in groups.items():
        mixed = chance.sample(texts, len(texts))
        if intent in left_out:
            strangers += mixed
        else:
            learnt = min(FEW, len(mixed) - 1)
            faq += [(intent, text) for text in mixed[:learnt]]
            asked += [(intent, text) for text in mixed[learnt:]]
    return Work(faq, asked, strangers + chance.sample(others, min(len(strangers), len(others))))


class Source:
    """Our own knowledge as a FAQ, and FAQs of any size made from it."""

    def __init__(self, knowledge: Path) -> None:
        checked = checked_files(knowledge, date.today())
        if checked.catalogue is None:
            raise SystemExit(f"{knowledge}: faults; see python -m bot check")
        self.phrasings = {s.id: list(s.phrasings) for s in checked.catalogue.services}
        self.examples = [(file.service, e.q) for file in checked.examples for e in file.examples]
        self.strangers = [text for topic in checked.catalogue.signposts for text in topic.phrasings]
        topics = (checked.catalogue.signposts, checked.catalogue.smalltalk)
        self.topics = {topic.id: list(topic.phrasings) for kind in topics for topic in kind}

    def few(self, questions: int) -> Work:
        """Four phrasings of each service; asked are the other phrasings and the examples."""
        chance = random.Random(_SEED)
        faq, asked = [], list(self.examples)
        for service, texts in self.phrasings.items():
            mixed = chance.sample(texts, len(texts))
            faq += [(service, text) for text in mixed[:FEW]]
            asked += [(service, text) for text in mixed[FEW:]]
        return Work(faq, *self._asked(asked, questions))

    def everything(self, questions: int) -> Work:
        """Four phrasings of each service, signpost and topic of small talk; a fifth of them are left out."""
        work = _split(self.phrasings | self.topics, random.Random(_SEED), ())
        chance = random.Random(_SEED)
        asked = chance.sample(work.questions, min(questions, len(work.questions)))
        strangers = chance.sample(work.strangers, min(questions, len(work.strangers)))
        return Work(work.faq, asked, strangers)

    def all(self, questions: int) -> Work:
        """All phrasings; asked are the examples."""
        faq = [(service, text) for service, texts in self.phrasings.items() for text in texts]
        return Work(faq, *self._asked(self.examples, questions))

    def large(self, size: int, questions: int) -> Work:
        """A FAQ of so many phrasings, four an intent: ours with other places, words and numbers."""
        chance = random.Random(_SEED + size)
        made = list(itertools.islice(self._intents(chance), size // FEW))
        faq = [(f"intent-{n}", text) for n, (texts, _) in enumerate(made) for text in texts]
        asked = [(f"intent-{n}", question) for n, (_, question) in enumerate(made)]
        return Work(faq, chance.sample(asked, min(questions, len(asked))), [])

    def _asked(
        self, asked: Sequence[tuple[str, str]], questions: int
    ) -> tuple[list[tuple[str, str]], list[str]]:
        chance = random.Random(_SEED)
        strangers = chance.sample(self.strangers, min(questions, len(self.strangers)))
        return chance.sample(asked, min(questions, len(asked))), strangers

    def _intents(self, chance: random.Random) -> Iterator[tuple[list[str], str]]:
        """Intents without end: four phrasings and a question, about one place and one made-up subject."""
        cut = cutter()
        pieces = {
            s: [cut(text) for text in texts if not _LATIN.search(text)] for s, texts in self.phrasings.items()
        }
        words = sorted({w for ts in pieces.values() for t in ts for w in t if len(w) > 1 and not w.isdigit()})
        services = sorted(pieces)
        while True:
            phrasings = pieces[chance.choice(services)]
            place, subject = chance.choice(_PLACES), chance.choice(words) + chance.choice(words)
            *texts, question = (
                _varied(phrasing, place, subject, words, chance)
                for phrasing in chance.sample(phrasings, FEW + 1)
            )
            yield texts, question


def _varied(
    phrasing: Sequence[str], place: str, subject: str, words: Sequence[str], chance: random.Random
) -> str:
    """A phrasing with a place and a subject put in, one word and every number exchanged."""
    pieces = [str(chance.randrange(2, 10_000)) if p.isdigit() else p for p in phrasing]
    pieces[chance.randrange(len(pieces))] = chance.choice(words)
    pieces = [place if p == "宁波" else p for p in pieces]
    pieces.insert(chance.randrange(len(pieces) + 1), subject)
    return "".join(pieces if place in pieces else [place, *pieces])
