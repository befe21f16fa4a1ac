"""What a message after an answer is about: the topic before, another service, or nothing of these.

Everything it may be about is weighed against the rest; the weights are fitted to example dialogues.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.model import Service
from bot.conversation.kinds import Cued, find_cues, question_kind
from bot.conversation.knowledge import ALONE, Knowledge
from bot.conversation.people import set_apart
from bot.conversation.understanding import at_a_glance
from bot.matching.features import Parsed, parse
from bot.matching.matcher import INTERCEPT, Judgement, said, scores, shares
from bot.text.normalise import normalise

_BACK = frozenset({"follow-back", "follow-first"})
_JUST = "follow-just"
_WHETHER = ("yesno", "eligibility")
_LIKELIEST = 4  # services weighed beside the topics, by the message alone and again with the question
_LIKELIEST_NEAR = 2  # and of those near the topic, by what is usually said of them
_FEW = 2  # letters beside the cues: fewer say nothing of their own
# Where evidence is cut off, so that no single piece decides; the weights were fitted with these limits.
# A score of 1.0 is the margin by which a phrasing of its own wins.
_UNSAID, _MOST_LIKE = -4.0, 3.0
_LEAST, _MOST = -0.5, 1.5


@dataclass(frozen=True)
class Leaning:
    """A message after an answer, with what tells what it is about.

    `cued` and `kind`: its cue words and the kind of question they make. `judgement`: what it means by itself.
    `topics`: the services spoken of, newest first; `question`: the words that led to the newest. `corrects`:
    it says that something else was meant.
    """

    parsed: Parsed
    cued: Cued
    kind: str
    judgement: Judgement
    topics: tuple[Service, ...]
    question: str
    knowledge: Knowledge
    corrects: bool = False

    @cached_property
    def likely(self) -> tuple[tuple[Service | None, float], ...]:
        """What the message may be about, each with its chance (0–1), likeliest first."""
        found = options(self)
        chances = shares([option.evidence for option in found], self.knowledge.confidence.leaning)
        weighed = zip((option.about for option in found), chances, strict=True)
        return tuple(sorted(weighed, key=lambda pair: -pair[1]))

    @property
    def goes_on(self) -> float:
        """The chance (0–1) that the message is about something spoken of before."""
        return sum(chance for about, chance in self.likely if about in self.topics)

    @cached_property
    def words(self) -> list[str]:
        """The words beside the cues; a number may stand for any."""
        found = self.knowledge.topics.lexicon.cut(self.cued.rest)
        return [word for word in found if not word.isdigit()]

    @cached_property
    def near(self) -> dict[str, Service]:
        """The services near the newest topic, by id."""
        return {service.id: service for service in self.knowledge.lookup.near(self.topics[0])}


class Option(NamedTuple):
    """Something a message may be about (None: none of these services) and what speaks for it."""

    about: Service | None
    evidence: dict[str, float]


class _Said(NamedTuple):
    """The scores of all intents: for the message alone, together with the question before, for that alone."""

    alone: NDArray[np.float64]
    together: NDArray[np.float64]
    before: NDArray[np.float64]


def leaning_of(text: str, question: str, topics: tuple[Service, ...], knowledge: Knowledge) -> Leaning:
    """A message as it was typed, after a `question` that led to the newest of `topics`."""
    parsed, judgement, *_ = at_a_glance(text, knowledge)
    cued = find_cues(parsed.text, knowledge.cues)
    return Leaning(parsed, cued, question_kind(cued), judgement, topics, question, knowledge)


def options(message: Leaning) -> list[Option]:
    """Everything a message may be about, with the evidence for each; first the newest topic, last none."""
    index = message.knowledge.topics
    lexicon, text = index.lexicon, asked_again(message.parsed.text, message.question, message.knowledge)
    heard = _Said(
        *(said(p, index) for p in (message.parsed, parse(text, lexicon), parse(message.question, lexicon)))
    )
    strange, like = (
        _strange(message),
        max(_UNSAID, min(_MOST_LIKE, follow_up(message.parsed, message.knowledge)[1])),
    )
    topic, *earlier = message.topics
    people = bool(set_apart(message.parsed.text, message.knowledge.people)[0])
    hinted = said(parse(message.cued.rest, lexicon), index) if earlier else heard.alone
    found = [
        Option(topic, _of_any(topic, heard, people, message) | _of_topic(strange, like, people, message))
    ]
    for place, service in enumerate(earlier):
        hint = float(hinted[index.numbers[f"service/{service.id}"]])
        found.append(
            Option(service, _of_any(service, heard, people, message) | _of_earlier(place, hint, message))
        )
    for service in _rivals(heard, message):
        found.append(Option(service, _of_any(service, heard, people, message) | _of_rival(service, message)))
    return [*found, Option(None, _of_none(strange, like, heard.alone, message.knowledge))]


def asked_again(text: str, question: str, knowledge: Knowledge) -> str:
    """The question before and a message as one text. People named in the message replace those before."""
    before = normalise(question)
    who, _ = set_apart(text, knowledge.people)
    return f"{set_apart(before, knowledge.people)[1] if who else before} {text}"


def _rivals(heard: _Said, message: Leaning) -> Iterator[Service]:
    """The services that score highest, by the message alone or with the question, and are no topic yet; and
    those near the topic of which such words are likeliest.
    """
    known = {topic.id for topic in message.topics}
    services = message.knowledge.is_service
    for found in (heard.alone, heard.together):
        for number in np.argsort(-np.where(services, found, -np.inf), kind="stable")[:_LIKELIEST].tolist():
            _, _, name = message.knowledge.topics.intents[number].partition("/")
            if services[number] and name not in known:
                known.add(name)
                yield message.knowledge.lookup.services[name]
    topic, usage = message.topics[0], message.knowledge.usage
    others = [service for id_, service in message.near.items() if id_ not in known] if message.words else []
    others.sort(key=lambda service: -usage.likelier(message.words, service, topic))
    yield from others[:_LIKELIEST_NEAR]


def _of_any(service: Service, heard: _Said, people: bool, message: Leaning) -> dict[str, float]:
    intent = f"service/{service.id}"
    number = message.knowledge.topics.numbers[intent]
    alone, together, before = (_bounded(found[number]) for found in heard)
    return {
        "own": message.judgement.confidence if message.judgement.best == intent else 0.0,
        "alone": alone,
        "together": together,
        "before": before,
        "together_for_people": together if people else 0.0,
    }


def _of_rival(service: Service, message: Leaning) -> dict[str, float]:
    """Evidence for a service not spoken of yet, by its words beside those of the newest topic."""
    if service.id not in message.near:
        return {"near": 0.0, "near_usual": 0.0, "near_likelier": 0.0}
    usage = message.knowledge.usage
    return {
        "near": 1.0,
        "near_usual": usage.usual(message.words, service),
        "near_likelier": usage.likelier(message.words, service, message.topics[0]),
    }


def _of_topic(strange: float, like: float, people: bool, message: Leaning) -> dict[str, float]:
    back = len(message.topics) > 1 and bool(message.cued.shown & _BACK)
    return {
        "topic": 1.0,
        "topic_like_a_follow_up": like,
        "topic_strange": strange,
        "topic_unexplained": math.log1p(len(message.cued.rest.replace(" ", ""))),
        "topic_people": float(people),
        "topic_whether": float(message.kind in _WHETHER),
        "topic_bare": float(message.kind != "policy" and len(message.cued.rest) < _FEW and not back),
        "topic_back": float(back),
        "topic_just": float(len(message.topics) > 1 and _JUST in message.cued.shown),
        "topic_corrected": float(message.corrects),
        "topic_usual": message.knowledge.usage.usual(message.words, message.topics[0]),
    }


def _of_earlier(place: int, hint: float, message: Leaning) -> dict[str, float]:
    """Evidence for an earlier topic, `place` 0 the last before the newest; `hint` is its score by the words
    beside the cues.
    """
    back, hinted = bool(message.cued.shown & _BACK), max(0.0, min(1.0, hint))
    first = "follow-first" in message.cued.shown and place == len(message.topics) - 2
    return {
        "earlier": 1.0,
        "earlier_hinted": hinted,
        "earlier_pointed": hinted if "follow-pronoun" in message.cued.shown else 0.0,
        "earlier_back": float(back),
        "earlier_just": float(_JUST in message.cued.shown),
        "earlier_next": float(back and place == 0),
        "earlier_next_bare": float(back and place == 0 and len(message.cued.rest) < _FEW),
        "earlier_first": float(first),
        "earlier_corrected": float(message.corrects),
    }


def _of_none(
    strange: float, like: float, alone: NDArray[np.float64], knowledge: Knowledge
) -> dict[str, float]:
    """Evidence for small talk, what is outside the plan, and what nothing is known of."""
    others = float(np.where(knowledge.is_service, -np.inf, alone).max())
    services = float(np.where(knowledge.is_service, alone, -np.inf).max())
    return {
        INTERCEPT: -1.0,
        "none_strange": strange,
        "none_like_a_follow_up": like,
        "none_score": _bounded(others),
        "none_lead": max(-_MOST, min(_MOST, others - services)),
    }


def _bounded(score: float) -> float:
    return max(_LEAST, min(_MOST, float(score)))


def follow_up(parsed: Parsed, knowledge: Knowledge) -> tuple[str, float]:
    """The kind of question a message would ask as a follow-up, and by how much (a difference of scores) it
    is more like one than like a question that stands alone.
    """
    index = knowledge.leaning
    if index is None:
        return "policy", 0.0
    vector = index.vector(parsed.plain)
    if not vector:
        return "policy", _UNSAID
    found = scores(vector, index)
    alone = float(found[index.numbers[ALONE]])
    found[index.numbers[ALONE]] = -math.inf
    best = int(found.argmax())
    return index.intents[best], float(found[best]) - alone


def _strange(message: Leaning) -> float:
    """The share (0–1) of what is said that no known follow-up says and that does not speak for the topic.

    A number is never strange: 我六十一了 says what 我六十了 does.
    """
    topics, topic = message.knowledge.topics, f"service/{message.topics[0].id}"
    said_in_words = (feature for feature in message.parsed.plain if not feature[1].isdigit())
    weighed = {feature: topics.weight(feature) ** 2 for feature in said_in_words}
    new = (
        f for f in weighed if f not in message.knowledge.leaning_features and not topics.speaks_for(f, topic)
    )
    return sum(weighed[f] for f in new) / (sum(weighed.values()) or 1.0)
