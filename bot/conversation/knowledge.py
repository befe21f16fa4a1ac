"""A release made ready to talk: looked up by id, indexed by phrasing. Immutable; swapped whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.catalogue.lookup import Lookup, lookup
from bot.catalogue.model import Catalogue, Confidence
from bot.conversation.kinds import CueIndex, cue_index
from bot.conversation.signs import Sign, SignIndex
from bot.matching import stored
from bot.matching.features import Lexicon, lexicon
from bot.matching.index import Index, Utterance, build
from bot.matching.linear import train
from bot.text.normalise import normalise

CALM = "calm"
ALONE = "alone"
MODELS = ("topics", "alarm")
LEANING = "leaning"
_EVERY_NTH_CALM = 3
_EVERY_NTH_ALONE = 2


@dataclass(frozen=True)
class Knowledge:
    """What a turn of conversation reads.

    `topics` tells what is meant, `alarm` whether there is danger, `leaning` whether something is said
    about whatever was spoken of before.
    """

    catalogue: Catalogue
    lookup: Lookup
    confidence: Confidence
    cues: CueIndex
    topics: Index
    alarm: Index
    leaning: Index | None
    signs: SignIndex


def utterances(catalogue: Catalogue) -> Iterator[Utterance]:
    """Every phrasing and name as an utterance of its intent (`service/…`, `signpost/…` …)."""
    for service in catalogue.services:
        for text in (service.name, *service.alternate_names, *service.phrasings):
            yield Utterance(f"service/{service.id}", text)
    for signpost in catalogue.signposts:
        for text in (signpost.name, *signpost.phrasings):
            yield Utterance(f"signpost/{signpost.id}", text)
    for talk in catalogue.smalltalk:
        for text in talk.phrasings:
            yield Utterance(f"smalltalk/{talk.id}", text)
    for domain in catalogue.domains:
        for text in (domain.name, *domain.phrasings):
            yield Utterance(f"domain/{domain.id}", text)


def alarms(catalogue: Catalogue) -> Iterator[Utterance]:
    """What people in danger write, and what only sounds like it."""
    for emergency in catalogue.emergencies:
        for text in emergency.phrasings:
            yield Utterance(f"emergency/{emergency.id}", text)
    for text in (*catalogue.lookalikes, *(p for f in catalogue.followups for p in f.phrasings)):
        yield Utterance(CALM, text)
    for number, utterance in enumerate(utterances(catalogue)):
        if number % _EVERY_NTH_CALM == 0 or utterance.intent.startswith("smalltalk/"):
            yield Utterance(CALM, utterance.text)


def leanings(catalogue: Catalogue) -> Iterator[Utterance]:
    """What people say about whatever was spoken of last, and what says by itself what it is about."""
    for followup in catalogue.followups:
        for text in followup.phrasings:
            yield Utterance(followup.id, text)
    for number, utterance in enumerate(utterances(catalogue)):
        if number % _EVERY_NTH_ALONE == 0 or not utterance.intent.startswith("service/"):
            yield Utterance(ALONE, utterance.text)


def words(catalogue: Catalogue) -> Lexicon:
    """The catalogue's own words: concepts, names, and the list of extra words."""
    names = [n for s in catalogue.services for n in (s.name, *s.alternate_names)]
    pairs = [(c.id, c.words) for c in catalogue.concepts]
    return lexicon(pairs, (*catalogue.words, *names))


def prepare(catalogue: Catalogue) -> Knowledge:
    """Make a catalogue ready; takes some seconds, all of it learning from the phrasings.

    The calm are about everything and so have no margin of their own: the alarm is learnt by averaging.
    """
    lexed = words(catalogue)
    topics = build(list(utterances(catalogue)), lexed)
    alarm = build(list(alarms(catalogue)), lexed, train)
    leaning = build(list(leanings(catalogue)), lexed, train) if catalogue.followups else None
    return _joined(catalogue, topics, alarm, leaning)


def restore(catalogue: Catalogue, models: Mapping[str, bytes]) -> Knowledge:
    """Make a catalogue ready from what was learnt before. ValueError where that is damaged."""
    lexed = words(catalogue)
    try:
        topics, alarm = (stored.load(stored.unpack(models[name]), lexed) for name in MODELS)
        leaning = stored.load(stored.unpack(models[LEANING]), lexed) if LEANING in models else None
    except KeyError as error:
        raise ValueError(f"no stored index called {error}") from error
    return _joined(catalogue, topics, alarm, leaning)


_SAID = frozenset({"plan", "contacts", "organizations", "replies"})
_READ_OF_A_SERVICE = ("id", "name", "alternate_names", "phrasings")


def learns_the_same(one: Catalogue, other: Catalogue) -> bool:
    """Whether all that learning may read is equal: everything but what is only said.

    Then what was learnt from one is exactly what would be learnt from the other.
    """
    fields = [f for f in Catalogue.model_fields if f not in _SAID and f != "services"]
    return all(getattr(one, f) == getattr(other, f) for f in fields) and _read(one) == _read(other)


def _read(catalogue: Catalogue) -> list[tuple[object, ...]]:
    return [tuple(getattr(s, name) for name in _READ_OF_A_SERVICE) for s in catalogue.services]


def renewed(live: Knowledge, catalogue: Catalogue) -> Knowledge | None:
    """A catalogue made ready by what is learnt already; None where it must be learnt or restored."""
    if not learns_the_same(live.catalogue, catalogue):
        return None
    return replace(live, catalogue=catalogue, lookup=lookup(catalogue))


def models(knowledge: Knowledge) -> dict[str, bytes]:
    """What was learnt, as bytes for `restore`."""
    indexes = {name: getattr(knowledge, name) for name in (*MODELS, LEANING)}
    return {name: stored.pack(stored.dump(index)) for name, index in indexes.items() if index is not None}


def _joined(catalogue: Catalogue, topics: Index, alarm: Index, leaning: Index | None) -> Knowledge:
    signs = SignIndex(
        Sign(emergency.id, tuple(map(normalise, sign.split("+"))))
        for emergency in catalogue.emergencies
        for sign in emergency.signs
    )
    cues = cue_index(catalogue.cues)
    known = lookup(catalogue)
    return Knowledge(catalogue, known, catalogue.confidence, cues, topics, alarm, leaning, signs)
