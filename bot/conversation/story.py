"""A story around one question: where the whole message is not clear, a part of it may be by itself."""

from collections.abc import Iterator

from bot.conversation.knowledge import Knowledge
from bot.conversation.pauses import cut_message
from bot.conversation.pieces import Piece, runs
from bot.conversation.understanding import Understood, judged
from bot.matching.features import parse
from bot.matching.matcher import Judgement

_LEAST = 2  # pieces of a story
_CLEAR = 0.7  # chance from which a part is taken at its word
_BACKED = 0.4  # of the best score of the whole, which the part's service must have there


def clear_part(message: str, whole: Understood, knowledge: Knowledge) -> Judgement | None:
    """What the clearest part of a message means by itself, of those that ask or tell of a need.

    None where no part is clear, or the whole does not speak for its service.
    """
    parts = _wanted(message, whole, knowledge) if whole.judgement.candidates else ()
    found = (judged(parse(p.text, knowledge.topics.lexicon), knowledge).judgement for p in parts)
    clear = [j for j in found if j.confidence >= _CLEAR and _backed(j, whole.judgement, knowledge)]
    return max(clear, key=lambda j: j.confidence, default=None)


def _wanted(message: str, whole: Understood, knowledge: Knowledge) -> Iterator[Piece]:
    """The runs of pieces that ask or tell of a need, and are most likely about a service."""
    texts, _ = cut_message(message)
    if len(texts) < _LEAST:
        return
    found = runs(texts, knowledge, whole.mistyped)
    for piece in found.pieces.values():
        if (piece.asks or piece.needs) and knowledge.is_service[found.said[piece.row].argmax()]:
            yield piece


def _backed(part: Judgement, whole: Judgement, knowledge: Knowledge) -> bool:
    number = knowledge.topics.numbers[part.best]
    return bool(knowledge.is_service[number] and whole.scores[number] >= _BACKED * whole.scores.max())
