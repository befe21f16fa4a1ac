"""Whoever writes in English is told in English what the Chinese reply is about, and whom to call."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.catalogue.lookup import Lookup
from bot.catalogue.model import Service
from bot.catalogue.sentences import FALLBACK
from bot.messages import Reply
from bot.text.pinyin import split
from bot.text.runs import LATIN

_LEAST_LETTERS = 4


def in_english(text: str, known: Collection[str]) -> bool:
    """Whether normalised text is English: nothing but Latin letters, with words that are `known` to be
    English; those are a third of it, or less than half of it could be pinyin.
    """
    words = LATIN.findall(text)
    letters = sum(map(len, words))
    english = sum(len(word) for word in words if word in known)
    if not english or letters < _LEAST_LETTERS or not _in_latin(text):
        return False
    return 3 * english >= letters or 2 * _in_pinyin(words, known) < letters


def _in_latin(text: str) -> bool:
    return all(char.isascii() for char in text if char.isalpha())


def _in_pinyin(words: Iterable[str], known: Collection[str] = ()) -> int:
    """How many letters are of words that could be pinyin and are not known to be English."""
    return sum(len(word) for word in words if word not in known and split(word))


def english_words(texts: Iterable[str]) -> frozenset[str]:
    """The words of the normalised texts that are English beyond doubt, without those of pinyin."""
    english: set[str] = set()
    pinyin: set[str] = set()
    for text in filter(str.isascii, texts):
        words = LATIN.findall(text)
        if _LEAST_LETTERS <= sum(map(len, words)) > 2 * _in_pinyin(words):
            english.update(words)
        elif all(map(split, words)):
            pinyin.update(words)
    return frozenset(word for word in english - pinyin if len(word) > 1)


def headed(reply: Reply, lookup: Lookup) -> Reply:
    """The reply under a line of English, where the release has one to say."""
    if not {"english", "english-urgent"} <= lookup.replies.keys():
        return reply
    return replace(reply, text=f"{_in_english(reply, lookup)}\n{reply.text}")


def _in_english(reply: Reply, lookup: Lookup) -> str:
    """What a reply is about and whom to call, as far as there are English names for it."""
    phone = next(iter(reply.phones), FALLBACK)
    names = [_english_name(lookup.services[match.service]) for match in reply.matches]
    if reply.status == "emergency":
        return lookup.say("english-urgent", phone=phone)
    if not names and reply.status == "unanswered":
        return lookup.say("english-unknown", phone=phone)
    if not names or not all(names):
        return lookup.say("english", phone=phone)
    if reply.status == "clarify":
        numbered = (f"{place} {name}" for place, name in enumerate(names, 1))
        return lookup.say("english-which", phone=phone, names="; ".join(numbered))
    if _says_what_is_missing(reply, lookup):
        return lookup.say("english-gap", phone=phone, names="; ".join(names))
    return lookup.say("english-about", phone=phone, names="; ".join(names))


def _says_what_is_missing(reply: Reply, lookup: Lookup) -> bool:
    """Whether the reply begins with what the plan does not say."""
    first = reply.text.split("\n")[0]
    gaps = (key for key in lookup.replies if key.startswith("gap-"))
    return any(first == lookup.replies[key].format(phone=phone) for key in gaps for phone in reply.phones)


def _english_name(service: Service) -> str:
    """What a service is called in English: the first of its other names in Latin letters."""
    return next((name for name in service.alternate_names if name.isascii()), "")
