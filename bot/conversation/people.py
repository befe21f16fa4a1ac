"""Who is asked for: 老人, 退役军人. The same question may be asked for somebody else."""

from collections.abc import Iterable

from bot.conversation.kinds import CueIndex, cut_at_cues, word_index

_WHO = "who"


def people_index(words: Iterable[str]) -> CueIndex:
    """Words for people, normalised."""
    return word_index([(_WHO, words)])


def set_apart(text: str, people: CueIndex) -> tuple[list[str], str]:
    """The words for people in normalised or folded text, in order, and the text without them."""
    cut = list(cut_at_cues(text, people))
    rest = "".join(" " if shown else piece for piece, shown in cut)
    return [piece for piece, shown in cut if shown], " ".join(rest.split())
