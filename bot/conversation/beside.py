"""A cry for help beside something else that is asked: 想问公租房，家里着火了."""

import itertools
import math
import re
from collections.abc import Iterator, Sequence

from bot.conversation.knowledge import Knowledge
from bot.conversation.outcome import Outcome
from bot.conversation.state import State
from bot.conversation.understanding import at_a_glance, names_service
from bot.conversation.urgent import (
    LEAST_LETTERS,
    SENTENCE,
    WORD_FOR_WORD,
    Danger,
    cut_at_pauses,
    danger,
    known_to_be_harmless,
    leads_of,
    raised,
)
from bot.matching.features import parse
from bot.text.normalise import normalise
from bot.text.runs import spoken

_PART = re.compile(
    rf"{SENTENCE.pattern}|[…~\n]+|\.(?![0-9])|还有|而且|另外|顺便|\b(?:and|but|also|because)\b"
    r"|\bwhat (?:do|should|can) (?:i|we) do\b|怎么办|咋办"
)
_MOST_TOGETHER = 3  # parts
_MOST_NEAR = 12  # parts; none of 1,700 messages has more than five
_FAR_FROM_DANGER = -0.6  # nothing that is as far is part of a cry
_NEAR_DANGER = -0.3  # what is further from danger is none
# Of 1,900 messages with a cry beside something else none was as far from danger as a whole.
_NOWHERE_NEAR = -2.0
# Syllables and English words: whoever writes more is hardly in danger, and tells of fires and strokes that
# are over, with what they now need; there a part is a cry only by its sign.
_STORY = 36
# Chances from which a part of a message is a cry for help by itself, and one with a sign.
_SURE, _SURE_BY_A_SIGN = 0.95, 0.6


def answer(whole: Danger | None, text: str, state: State, knowledge: Knowledge) -> Outcome | None:
    """The emergency reply, where a part of a message is a cry for help, whatever else it asks for.

    `whole`: the danger that all of it speaks of.
    """
    found = None if whole and _nowhere_near(whole) else danger_beside(text, knowledge)
    return raised(found, state, knowledge) if found else None


def _nowhere_near(whole: Danger) -> bool:
    """Whether a message is so far from danger that no part of it will be a cry."""
    shown = whole.evidence["sign"] or whole.evidence["word"]
    return not shown and whole.evidence["lead"] < _NOWHERE_NEAR


def danger_beside(text: str, knowledge: Knowledge) -> Danger | None:
    """The surest danger that a part of a message speaks of by itself."""
    parts = [piece for piece in cut_at_pauses(text, _PART) if piece]
    least = _SURE if len(spoken(normalise(text))) <= _STORY else math.inf
    more = normalise(" ".join(parts)) != normalise(text)  # what do i do, which was cut away
    near = _near_danger(parts, knowledge) if len(parts) > 1 or more else []
    likely = []
    for start, end in _runs(len(parts), whole=more) if any(near) else ():
        if not any(near[start:end]):
            continue
        found = _of_part(" ".join(parts[start:end]), least, knowledge)
        if found and not any(_puts_far(rest, knowledge) for rest in (parts[:start], parts[end:])):
            likely.append(found)
    if likely and knowledge.calm.nearest(normalise(text), WORD_FOR_WORD)[0]:
        return None
    return max(likely, key=lambda found: found.chance(knowledge), default=None)


def _near_danger(parts: Sequence[str], knowledge: Knowledge) -> list[bool]:
    """Which parts may be danger, or some of it: those that are not far from it; where a sign stands, all. Of
    many those nearest to danger: each run that holds one is judged, and a made-up message has hundreds.
    """
    signed = bool(knowledge.signs.found(normalise(" ".join(parts))))
    if signed and len(parts) <= _MOST_NEAR:
        return [True] * len(parts)
    leads = [_lead(part, knowledge) for part in parts]
    nearest = {*sorted(range(len(parts)), key=lambda at: -leads[at])[:_MOST_NEAR]}
    return [at in nearest and (signed or lead > _FAR_FROM_DANGER) for at, lead in enumerate(leads)]


def _lead(part: str, knowledge: Knowledge) -> float:
    """How far danger is ahead of an everyday message in a part; where hardly a word is known, not at all."""
    leads = leads_of(parse(part, knowledge.alarm.lexicon), knowledge)
    return -math.inf if leads is None else float(leads.max())


def _runs(parts: int, *, whole: bool) -> Iterator[tuple[int, int]]:
    """Neighbouring parts that may be a cry together, by their first number and the one after the last."""
    most = min(_MOST_TOGETHER, parts if whole else parts - 1)
    return ((s, e) for s, e in itertools.combinations(range(parts + 1), 2) if e - s <= most)


def _puts_far(parts: Sequence[str], knowledge: Knowledge) -> bool:
    """Whether one of the parts before or after danger puts it at a distance (是谣言吗); not where it asks for
    a service (博物馆几点开), by itself or with the part before it.
    """
    return any(
        knowledge.distant.found(normalise(part))
        and not any(
            names_service(" ".join(parts[at - before : at + 1]), knowledge) for before in (0, min(1, at))
        )
        for at, part in enumerate(parts)
    )


def _of_part(text: str, least: float, knowledge: Knowledge) -> Danger | None:
    """What danger a part of a message speaks of with at least this chance, or a lower one where its signs are
    said.
    """
    word = normalise(text) in knowledge.dangers  # 想死 公租房又没批下来
    if len(text) < LEAST_LETTERS and not word:
        return None
    parsed = parse(text, knowledge.alarm.lexicon)
    leads = leads_of(parsed, knowledge)
    if leads is None or (leads.max() < _NEAR_DANGER and not knowledge.signs.found(parsed.text)):
        return None
    parsed, meant, *_ = at_a_glance(text, knowledge)
    found = danger(text, parsed, meant, knowledge)
    if found is None:
        return None
    known = knowledge.cries.get(parsed.text)
    least = _SURE_BY_A_SIGN if found.evidence["sign"] or word else least
    likely = known is not None or found.chance(knowledge) >= least
    if not likely or known_to_be_harmless(parsed.text, found, knowledge):  # which takes longest to find out
        return None
    return found._replace(kind=known) if known else found
