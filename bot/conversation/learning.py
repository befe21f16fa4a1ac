"""What is learnt from a catalogue's phrasings, kept with its release, and taken from there again."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from types import MappingProxyType

from bot.catalogue.groups import Groups, by_name, wordings
from bot.catalogue.lookup import lookup
from bot.catalogue.model import BLANK, Catalogue
from bot.conversation.kinds import cue_index
from bot.conversation.knowledge import ALONE, BACKGROUND, CALM, EMERGENCY, WANTED, Knowledge
from bot.conversation.people import people_index
from bot.conversation.places import places
from bot.conversation.signs import Sign, SignIndex
from bot.matching import stored
from bot.matching.features import Reader, Views
from bot.matching.further import extend
from bot.matching.index import Index, Utterance, build, views_of
from bot.matching.lexicon import Lexicon, lexicon
from bot.text.lot import lot, one_in
from bot.text.normalise import normalise

MODELS = ("topics", "alarm")
"""Fields of Knowledge that hold what was learnt."""
_NOT_ALWAYS = ("leaning", "wanting")
"""More of them, None where the catalogue holds nothing that they learn from."""
_OFTEN = 5  # times that a cry for help, and what only sounds like one, is learnt without one of its letters
# One in so many of the phrasings is learnt as calm, and as standing alone.
_EVERY_NTH_CALM = 2
_EVERY_NTH_ALONE = 2
_MOST_FURTHER = 3000  # new utterances: where there are more, everything is learnt anew
# Into how many frames each name is put, how far apart they are in their list, and the longest such name.
_FRAMES_EACH = 2
_FRAMES_APART = 3
_LONGEST_FRAMED = 8


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
            yield Utterance(EMERGENCY + emergency.id, text)
    groups = ((f.phrasings for f in catalogue.followups), (c.phrasings for c in catalogue.clauses))
    for text in chain(catalogue.lookalikes, *chain(*groups)):
        yield Utterance(CALM, text)
    for utterance in utterances(catalogue):
        if one_in(_EVERY_NTH_CALM, utterance.text) or utterance.intent.startswith("smalltalk/"):
            yield Utterance(CALM, utterance.text)


def leanings(catalogue: Catalogue) -> Iterator[Utterance]:
    """What people say about whatever was spoken of last, and what says by itself what it is about."""
    for followup in catalogue.followups:
        for text in followup.phrasings:
            yield Utterance(followup.id, text)
    for utterance in utterances(catalogue):
        if one_in(_EVERY_NTH_ALONE, utterance.text) or not utterance.intent.startswith("service/"):
            yield Utterance(ALONE, utterance.text)
    for name in _names(catalogue):
        if len(name) <= _LONGEST_FRAMED:
            yield from (Utterance(ALONE, text) for text in _framed(name, catalogue.cues.frames))


def wantings(catalogue: Catalogue) -> Iterator[Utterance]:
    """Pieces of messages: what tells what somebody wants, and what only goes with it."""
    for clause in catalogue.clauses:
        for text in clause.phrasings:
            yield Utterance(clause.id, text)


def _names(catalogue: Catalogue) -> Iterator[str]:
    """What services and signposts are called."""
    for service in catalogue.services:
        yield from (service.name, *service.alternate_names)
    yield from (signpost.name for signpost in catalogue.signposts)


def _framed(name: str, frames: Sequence[str]) -> Iterator[str]:
    """那公租房呢: as short as a follow-up, and about something new. In some of the frames, by the name."""
    start = lot(name)
    for step in range(_FRAMES_EACH if frames else 0):
        yield frames[(start + step * _FRAMES_APART) % len(frames)].replace(BLANK, name)


def words(catalogue: Catalogue) -> Lexicon:
    """The catalogue's own words: concepts, names, and the list of extra words."""
    names = [n for s in catalogue.services for n in (s.name, *s.alternate_names)]
    pairs = [(c.id, c.words) for c in catalogue.concepts]
    return lexicon(pairs, (*catalogue.words, *names))


def prepare(catalogue: Catalogue) -> Knowledge:
    """Make a catalogue ready; takes a minute, all of it learning from the phrasings."""
    reader = Reader(words(catalogue))
    topics = build(list(utterances(catalogue)), reader.lexicon, read=reader.wide)
    return _joined(catalogue, topics, *_around(catalogue, reader))


def restore(
    catalogue: Catalogue,
    models: Mapping[str, bytes],
    live: Knowledge | None = None,
    same: Collection[str] = (),
) -> Knowledge:
    """Make a catalogue ready from what was learnt before. ValueError where that is damaged.

    What is the `same` in the release that is `live` is taken from there.
    """
    cut_alike = live is not None and _cut_by(live.catalogue) == _cut_by(catalogue)
    lexed = live.topics.lexicon if live is not None and cut_alike else words(catalogue)

    def index(name: str) -> Index:
        if live is None or name not in same:
            return stored.load(stored.unpack(models[name]), lexed)
        known: Index = getattr(live, name)
        return known if cut_alike else replace(known, lexicon=lexed)

    try:
        topics, alarm = map(index, MODELS)
        leaning, wanting = (index(name) if name in models or name in same else None for name in _NOT_ALWAYS)
    except KeyError as error:
        raise ValueError(f"no stored index called {error}") from error
    return _joined(catalogue, topics, alarm, leaning, wanting)


def learns_the_same(one: Catalogue, other: Catalogue) -> bool:
    """Whether two catalogues are equal in all that learning reads, so that it gives exactly the same."""
    return (
        list(utterances(one)) == list(utterances(other))
        and _cut_by(one) == _cut_by(other)
        and _around_by(one) == _around_by(other)
    )


def _cut_by(catalogue: Catalogue) -> object:
    return catalogue.concepts, catalogue.words, [(s.name, s.alternate_names) for s in catalogue.services]


def _around_by(catalogue: Catalogue) -> object:
    cries = [(e.id, e.phrasings) for e in catalogue.emergencies]
    said = catalogue.lookalikes, catalogue.followups, catalogue.clauses
    return cries, said, catalogue.cues.frames


def learnt_further(root: Knowledge, catalogue: Catalogue) -> Knowledge | None:
    """A catalogue made ready by learning only what is new in it on top of `root`, everything else as it was.

    A phrasing that was taken out keeps its small weight until everything is learnt again. None where too
    much is new: then everything must be learnt again.
    """
    before, after = list(utterances(root.catalogue)), list(utterances(catalogue))
    known = set(before)
    lexed = root.topics.lexicon if _cut_by(root.catalogue) == _cut_by(catalogue) else words(catalogue)
    fresh = [u for u in after if u not in known or _reads_otherwise(u.text, root.topics.lexicon, lexed)]
    if len(fresh) > _MOST_FURTHER:
        return None
    topics = extend(root.topics, after, fresh, lexed)
    if _around_by(root.catalogue) != _around_by(catalogue):
        return _joined(catalogue, topics, *_around(catalogue, Reader(lexed)))
    leaning, wanting = (
        replace(index, lexicon=lexed) if index else None for index in (root.leaning, root.wanting)
    )
    return _joined(catalogue, topics, replace(root.alarm, lexicon=lexed), leaning, wanting)


def _around(catalogue: Catalogue, reader: Reader) -> tuple[Index, Index | None, Index | None]:
    """What is learnt beside the topics: `alarm`, `leaning`, `wanting`."""
    return _alarm(catalogue, reader), _leaning(catalogue, reader), _wanting(catalogue, reader)


def _alarm(catalogue: Catalogue, reader: Reader) -> Index:
    """Danger shows in few words: features that bridge gaps would only make those weigh less. Of what must be
    told apart most surely each word in turn is left out.
    """
    close = {*catalogue.lookalikes, *(p for e in catalogue.emergencies for p in e.phrasings)}

    def read(text: str) -> Views:
        return reader.plain_or_shortened(text, _OFTEN if text in close else 0)

    return build(list(alarms(catalogue)), reader.lexicon, read=read)


def _leaning(catalogue: Catalogue, reader: Reader) -> Index | None:
    if not catalogue.followups:
        return None
    return build(list(leanings(catalogue)), reader.lexicon, read=reader.plain)


def _wanting(catalogue: Catalogue, reader: Reader) -> Index | None:
    """None where nothing tells the two apart."""
    if {clause.id for clause in catalogue.clauses} != {WANTED, BACKGROUND}:
        return None
    return build(list(wantings(catalogue)), reader.lexicon, read=reader.plain)


def _reads_otherwise(text: str, one: Lexicon, other: Lexicon) -> bool:
    return one is not other and views_of(text, one) != views_of(text, other)


def renewed(live: Knowledge, catalogue: Catalogue) -> Knowledge | None:
    """A catalogue made ready by what is learnt already; None where it must be learnt or restored."""
    if not learns_the_same(live.catalogue, catalogue):
        return None
    return _joined(catalogue, live.topics, live.alarm, live.leaning, live.wanting)


def models(
    knowledge: Knowledge, known: Knowledge | None = None, packed: Mapping[str, bytes] = MappingProxyType({})
) -> dict[str, bytes]:
    """What was learnt, as bytes for `restore`; where `known` learnt just the same, its bytes as `packed`."""
    indexes = {name: getattr(knowledge, name) for name in (*MODELS, *_NOT_ALWAYS)}
    return {
        name: packed[name]
        if name in packed and _learnt_alike(index, getattr(known, name, None))
        else stored.pack(stored.dump(index))
        for name, index in indexes.items()
        if index is not None
    }


def _learnt_alike(one: Index, other: Index | None) -> bool:
    return other is not None and one.weights is other.weights and one.phrasings is other.phrasings


def _joined(
    catalogue: Catalogue, topics: Index, alarm: Index, leaning: Index | None, wanting: Index | None
) -> Knowledge:
    groups = by_name(catalogue.groups)
    signs = (_sign(e.id, sign, groups) for e in catalogue.emergencies for sign in e.signs)
    distant = (_sign("", sign, groups) for sign in catalogue.cues.distant)
    return Knowledge(
        catalogue,
        lookup(catalogue),
        catalogue.confidence,
        cue_index(catalogue.cues),
        people_index(catalogue.cues.people),
        places(catalogue.cues, chain(topics.lexicon.written.concepts, map(normalise, _names(catalogue)))),
        topics,
        alarm,
        leaning,
        wanting,
        SignIndex(signs),
        SignIndex(distant),
    )


def _sign(emergency: str, sign: str, groups: Groups) -> Sign:
    """A sign as it is written, ready to be looked for."""
    return Sign(emergency, tuple(tuple(map(normalise, part)) for part in wordings(sign, groups)))
