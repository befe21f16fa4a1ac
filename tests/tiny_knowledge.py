"""A knowledge folder as small as may be and free of faults, as texts by path; tests break it on purpose."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.catalogue.check import Checked, check
from bot.catalogue.documents import Document
from bot.catalogue.sentences import BLANKS
from bot.cli import main
from bot.staff.files import line_of

TODAY = date(2026, 11, 23)
Files = dict[str, str]

_ENDINGS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥金木水火土"
_ASKED = "天地玄黄宇宙洪荒日月盈昃"

# Far off: what is asked of the catalogue by the clock of the day is answered for as long.
DATES = "checked_on: 2026-11-23\ndue_on: 2127-02-21\n"

KITCHEN = f"""\
id: kitchen
name: 老年食堂
summary: 老年食堂到2025年要有130家。
description: 老人去社区吃饭。
figures:
  - metric: 老年食堂总量
    comparator: "="
    value: 130
    unit: 家
    year: 2025
organization: bureau
contacts:
  - '12345'
source:
  section: 5
  paragraph: 1
{DATES}valid_from: 2021-01-01
valid_through: 2025-12-31
related:
  - library
"""
LIBRARY = f"""\
id: library
name: 图书馆
summary: 图书馆看书免费。
description: 借书也免费。
organization: bureau
contacts:
  - '12333'
source:
  section: 8
  paragraph: 4
{DATES}valid_from: 2021-01-01
valid_through: 2025-12-31
"""
PLAN = """\
title: 某市规划
short_title: 规划
issuer: 某市
issued_on: 2021-12-28
valid_from: 2021-01-01
valid_through: 2025-12-31
article_title: 规划发布
article_source: 某报
article_published_on: 2022-01-06
"""
DOMAINS = """\
domains:
  - number: 5
    id: elderly
    name: 老有颐养
    about: 养老
    phrasings:
      - 养老的事
  - number: 8
    id: culture
    name: 文旅乐享
    about: 文化
    phrasings:
      - 文化的事
"""
CONTACTS = f"""\
contacts:
  - id: '12345'
    phone: '12345'
    name: 便民热线
    purpose: 什么都问
    evidence: 文件
    {DATES.strip().replace(chr(10), chr(10) + "    ")}
  - id: '12333'
    phone: '12333'
    name: 人社热线
    purpose: 社保
    evidence: 文件
    {DATES.strip().replace(chr(10), chr(10) + "    ")}
  - id: '120'
    phone: '120'
    name: 急救
    purpose: 急救
    evidence: 文件
    {DATES.strip().replace(chr(10), chr(10) + "    ")}
organizations:
  - id: bureau
    name: 某局
"""
SIGNPOSTS = """\
signposts:
  - id: passport
    name: 护照
    contacts:
      - '12345'
    phrasings:
      - 护照怎么办
"""
SMALLTALK = """\
smalltalk:
  - id: greeting
    reply: greeting
    phrasings:
      - 你好
  - id: thanks
    reply: thanks
    phrasings:
      - 谢谢
"""
URGENT = """\
groups:
  - id: 倒下
    words: [晕倒, 昏倒]
emergencies:
  - id: medical
    contacts:
      - '120'
    reply: 马上打120。
    signs:
      - 没呼吸
      - 【倒下】+叫不醒
    phrasings:
      - 有人晕倒了
lookalikes:
  - 急救培训
"""
CUES = """\
kinds:
  howmany:
    - 多少
follow:
  follow-also:
    - 那
"""
CONFIDENCE = """\
intercept: -1.0
weights:
  lead: 2.0
answer_from: 0.5
offer_from: 0.2
alarmed_from: 0.4
several_from: 0.6
several_share: 0.2
"""


def _replies() -> str:
    sentences = {key: "".join(f"{{{name}}}" for name in sorted(names)) for key, names in BLANKS.items()}
    spoken = "".join(f"{key}: '{key}:{blanks}'\n" for key, blanks in sentences.items())
    return f"{spoken}thanks: '不客气。'\n"


def _phrasings(name: str) -> str:
    return "phrasings:\n" + "".join(f"  - {name}{ending}\n" for ending in _ENDINGS)


def _examples(service: str, name: str) -> str:
    rows = (f"  - q: 请问{name}{c}\n    style: plain\n    kind: policy\n" for c in _ASKED)
    near = "near_misses:\n  - q: 别处的事\n    lands: outside\n"
    return f"service: {service}\nexamples:\n{''.join(rows)}{near}"


def tiny() -> Files:
    """The texts of all files, by path."""
    return {
        "plan.yaml": PLAN,
        "domains.yaml": DOMAINS,
        "contacts.yaml": CONTACTS,
        "signposts.yaml": SIGNPOSTS,
        "smalltalk.yaml": SMALLTALK,
        "urgent.yaml": URGENT,
        "cues.yaml": CUES,
        "confidence.yaml": CONFIDENCE,
        "replies.yaml": _replies(),
        "synonyms.yaml": "老人:\n  - 爷爷\n  - 奶奶\n",
        "words.txt": "# 词\n老年食堂\n图书馆\n",
        "services/elderly/kitchen.yaml": KITCHEN + _phrasings("食堂"),
        "services/culture/library.yaml": LIBRARY + _phrasings("看书"),
        "examples/elderly/kitchen.yaml": _examples("kitchen", "食堂"),
        "examples/culture/library.yaml": _examples("library", "看书"),
    }


def documents(files: Files) -> list[Document]:
    """The texts as documents, in memory."""
    return [_document(path, text) for path, text in sorted(files.items())]


@cache
def _document(path: str, text: str) -> Document:
    if path.endswith(".txt"):
        return Document(path, [w for w in text.split("\n") if w and w[0] != "#"], lambda loc: int(loc[0]) + 2)
    data = YAML(typ="rt").load(text)
    return Document(path, data, lambda loc: line_of(data, loc))


def checked(files: Files, today: date = TODAY) -> Checked:
    """What the check says of these texts."""
    return check(documents(files), today)


def build(folder: Path) -> Path:
    """The folder, with `knowledge` in it and the `services.sqlite` that the command builds of it."""
    write(tiny(), folder / "knowledge")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YONGWEN_KNOWLEDGE", str(folder / "knowledge"))
        patch.setenv("YONGWEN_CATALOGUE", str(folder / "services.sqlite"))
        assert main(["build"]) == 0
    return folder


def write(files: Files, folder: Path) -> Path:
    """The texts as files of a folder; returns the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder
