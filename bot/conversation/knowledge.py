"""A release made ready to talk: looked up by id, indexed by phrasing. Immutable; swapped whole."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.lookup import Lookup
from bot.catalogue.model import BLANK, Catalogue, Confidence, WholeGroup
from bot.conversation.kinds import CueIndex, word_index
from bot.conversation.language import english_words
from bot.conversation.people import people_index, set_apart
from bot.conversation.places import Places
from bot.conversation.signs import SignIndex
from bot.conversation.usage import Usage
from bot.matching.features import Parsed, parse
from bot.matching.homophones import Homophones
from bot.matching.index import Index
from bot.matching.likeness import Phrasings
from bot.matching.restoring import Restorer
from bot.matching.spelling import Speller
from bot.matching.transcription import Transcriber
from bot.text.normalise import normalise
from bot.text.pinyin import reading
from bot.text.runs import LATIN

CALM = "calm"
"""The intent of `alarm` that is no danger."""
EMERGENCY = "emergency/"
"""How the other intents of `alarm` begin."""
DANGER = "danger"
"""What `danger_words` shows."""
_NO_DANGER = "no danger"
ALONE = "alone"
"""The intent of `leaning` that is no follow-up."""
WANTED, BACKGROUND = "wanted", "background"
"""The intents of `wanting`."""


@dataclass(frozen=True)
class Knowledge:
    """What a turn of conversation reads.

    `topics` tells what is meant, `alarm` whether there is danger, `leaning` whether something is said
    about whatever was spoken of before, `wanting` whether a piece of a message tells what somebody wants.
    `signs` are of danger, `distant` of danger that is not here.
    """

    catalogue: Catalogue
    lookup: Lookup
    confidence: Confidence
    cues: CueIndex
    people: CueIndex
    places: Places
    topics: Index
    alarm: Index
    leaning: Index | None
    wanting: Index | None
    signs: SignIndex
    distant: SignIndex

    def speaking_by(self, lookup: Lookup) -> "Knowledge":
        """The same with another lookup; with all that was found out already, none of which depends on it."""
        if lookup is self.lookup:
            return self
        other = replace(self, lookup=lookup)
        vars(other).update({name: found for name, found in vars(self).items() if name not in vars(other)})
        return other

    @cached_property
    def homophones(self) -> Homophones:
        """Sees through words that were mistyped for words of the phrasings."""
        return Homophones(self.topics.counted("w"))

    @cached_property
    def sounds(self) -> Speller:
        """Knows the words of the phrasings as they are typed in pinyin, the commonest first."""
        counted = self.topics.counted("w").items()
        words = Counter({"".join(map(reading, word)): count for word, count in counted})
        return Speller(word.replace("ü", "v") for word, _ in words.most_common())

    @cached_property
    def transcriber(self) -> Transcriber:
        """Writes pinyin in characters."""
        return Transcriber(Counter(self.topics.counted("wc")) + Counter(self.alarm.counted("wc")))

    def _phrasings(self) -> Iterator[str]:
        """All that `topics` and `alarm` learnt from; some of it stands in both."""
        return chain.from_iterable((*self.topics.phrasings, *self.alarm.phrasings))

    @cached_property
    def restorer(self) -> Restorer:
        """Finds what was meant to be typed, by how letters follow each other in all phrasings."""
        return Restorer(dict.fromkeys(self._phrasings()))

    @cached_property
    def speller(self) -> Speller:
        """Knows the words of Latin letters in all phrasings, the commonest first."""
        found = Counter(LATIN.findall("\n".join(self._phrasings())))
        return Speller(word for word, _ in found.most_common())

    @cached_property
    def usage(self) -> Usage:
        """What is usually said of which service."""
        return Usage(self.topics)

    @cached_property
    def telling(self) -> CueIndex:
        """The words with which people tell what they need, or name one thing more."""
        return word_index(self.catalogue.cues.telling.items())

    @cached_property
    def cases(self) -> CueIndex:
        """Words for people and their circumstances, and for what they may."""
        cues = self.catalogue.cues
        return word_index([("of", cues.people), *cues.cases.items()])

    @cached_property
    def broad(self) -> dict[str, str]:
        """What names the whole of a domain, normalised → the domain: 养老, 养老的事."""
        cues = self.catalogue.cues
        said = [(name, word) for name, words in cues.domains.items() for word in words]
        return {
            normalise(frame.replace(BLANK, word)): name
            for frame in (BLANK, *cues.about)
            for name, word in said
        }

    @cached_property
    def instead(self) -> tuple[tuple[str, str], ...]:
        """What begins and ends a message that asks about the next thing: 我说的是…, 那…的呢."""
        return (*_ends(self.catalogue.cues.instead), *self.likewise)

    @cached_property
    def likewise(self) -> tuple[tuple[str, str], ...]:
        """What begins and ends a message that asks the same of the next thing: 那…的呢."""
        return _ends(self.catalogue.cues.likewise)

    @cached_property
    def reserved(self) -> dict[str, str]:
        """The intents of services for one group of people only → their domain."""
        domains = {domain.number: domain.id for domain in self.catalogue.domains}
        of = {f"service/{s.id}": domains.get(s.source.section, "") for s in self.catalogue.services}
        return {intent: domain for intent, domain in of.items() if domain in self.catalogue.cues.members}

    @cached_property
    def _reserved(self) -> list[tuple[frozenset[str], list[int]]]:
        """Of each group the words for it, and the numbers of the intents that are only for it."""
        numbers, of = self.topics.numbers, self.reserved.items()
        return [
            (frozenset(map(normalise, words)), [numbers[intent] for intent, its in of if its == domain])
            for domain, words in self.catalogue.cues.members.items()
        ]

    def barred(self, parsed: Parsed) -> list[int]:
        """The numbers of the intents that are only for people whom a text does not speak of."""
        return [
            number
            for words, numbers in self._reserved
            if words.isdisjoint(parsed.concepts) and not any(word in parsed.text for word in words)
            for number in numbers
        ]

    @cached_property
    def called(self) -> dict[str, str]:
        """What a service is called, unless it names people too, normalised → its intent."""
        names = (
            (normalise(n), f"service/{s.id}") for s in self.catalogue.services for n in s.alternate_names
        )
        return {name: intent for name, intent in names if not set_apart(name, self.people)[0]}

    def is_name(self, text: str) -> bool:
        """Whether normalised text is a name of something, or of a whole domain."""
        return text in self.lookup.named or text in self.called or text in self.broad

    @cached_property
    def leaning_features(self) -> frozenset[str]:
        """Whatever is said somewhere in the known follow-ups."""
        said = (text for followup in self.catalogue.followups for text in followup.phrasings)
        return frozenset(f for text in said for f in parse(text, self.topics.lexicon).plain)

    @cached_property
    def is_service(self) -> NDArray[np.bool_]:
        """For each intent of `topics`, by its number: whether it is a service."""
        return np.array([intent.startswith("service/") for intent in self.topics.intents])

    @cached_property
    def is_topic(self) -> NDArray[np.bool_]:
        """For each intent of `topics`, by its number: whether it is a service or outside the plan."""
        return np.array([intent.startswith(("service/", "signpost/")) for intent in self.topics.intents])

    @cached_property
    def worded(self) -> frozenset[str]:
        """Every phrasing and name of what may be meant, normalised."""
        return frozenset(chain.from_iterable(self.topics.phrasings))

    @cached_property
    def cries(self) -> dict[str, str]:
        """What is known, word for word, to be a cry for help, normalised → its emergency."""
        return {normalise(p): e.id for e in self.catalogue.emergencies for p in e.phrasings}

    @cached_property
    def harmless(self) -> frozenset[str]:
        """What is known, word for word, to only sound like danger, normalised."""
        return frozenset(map(normalise, self.catalogue.lookalikes))

    @cached_property
    def english(self) -> frozenset[str]:
        """Words that are English, though some could be pinyin: police, wage. A mash of keys is none."""
        talks = (talk for talk in self.catalogue.smalltalk if talk.reply == "unclear")
        babble = {normalise(phrasing) for talk in talks for phrasing in talk.phrasings}
        return english_words(text for text in self._phrasings() if text not in babble)

    @cached_property
    def dangers(self) -> dict[str, str]:
        """Words that are a cry for help where no more is said, normalised → the emergency."""
        emergencies = {e.id for e in self.catalogue.emergencies}
        of = self.catalogue.cues.dangers.items()
        return {normalise(word): kind for kind, words in of if kind in emergencies for word in words}

    @cached_property
    def danger_words(self) -> CueIndex:
        """The same words, as they may stand in a text, and longer ones in which they mean nothing; numbers do
        not count, they also measure.
        """
        words = (word for word in self.dangers if not word.isdecimal())
        return word_index([(DANGER, words), (_NO_DANGER, self.catalogue.cues.dangers_apart)])

    @cached_property
    def befallen(self) -> CueIndex:
        """Words for whom or what danger befalls, and where."""
        return people_index((*self.catalogue.cues.people, *self.catalogue.cues.befallen))

    @cached_property
    def whole(self) -> dict[str, frozenset[str]]:
        """What is a whole message, normalised, by its group; every group is there."""
        known = self.catalogue.cues.whole
        return {group: frozenset(map(normalise, known.get(group, ()))) for group in get_args(WholeGroup)}

    @cached_property
    def dated(self) -> CueIndex:
        """The words with which the plan's years are held against today's."""
        return word_index(self.catalogue.cues.dated.items())

    @cached_property
    def calm(self) -> Phrasings:
        """What is known to be no cry for help."""
        return Phrasings(self.alarm.phrasings[self.alarm.numbers[CALM]])

    @cached_property
    def small_talk(self) -> frozenset[str]:
        """All that is known to be small talk, normalised."""
        return frozenset(normalise(p) for talk in self.catalogue.smalltalk for p in talk.phrasings)

    @cached_property
    def thanks(self) -> frozenset[str]:
        """All that is known to be thanks, normalised."""
        talks = (talk for talk in self.catalogue.smalltalk if talk.reply == "thanks")
        return frozenset(normalise(phrasing) for talk in talks for phrasing in talk.phrasings)


def _ends(frames: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What begins and what ends each frame, normalised."""
    parts = (frame.partition(BLANK) for frame in frames)
    return tuple((normalise(begins), normalise(ends)) for begins, _, ends in parts)
