"""试切词: how a sentence is cut and understood, now and with a word or synonym more."""

import asyncio

from starlette.responses import Response

from bot.catalogue.model import Concept
from bot.staff.console.access import Visit
from bot.staff.console.console import Console
from bot.staff.console.knowledge import PATH as KNOWLEDGE
from bot.staff.console.work import workspace
from bot.staff.cutting import cut_both


class CutPage:
    """A page to try words on before anything is written."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def page(self, visit: Visit) -> Response:
        """`?sentence=` cut before and after `?word=` is known, as meaning `?means=` where that is given."""
        space = await workspace(self._console, visit.asked("draft"))
        sentence, word, means = (visit.asked(name) for name in ("sentence", "word", "means"))
        before = (await self._console.drafts.checker.check(space.snapshot)).catalogue if sentence else None
        found = None
        if before is not None:
            after = before
            if word and means:
                after = before.model_copy(update={"concepts": _with(before.concepts, means, word)})
            elif word:
                after = before.model_copy(update={"words": (*before.words, word)})
            found = await asyncio.to_thread(cut_both, sentence, before, after)
        return visit.page(
            "cut",
            here=KNOWLEDGE,
            draft=space.draft,
            suffix=space.suffix,
            sentence=sentence,
            word=word,
            means=means,
            found=found,
            concepts=[a.id for a in space.snapshot.records if a.kind == "concepts"],
        )


def _with(concepts: tuple[Concept, ...], means: str, word: str) -> tuple[Concept, ...]:
    """The concepts with one word more in the one it means, new where there is none.

    Nothing is checked: this is tried, not kept.
    """
    if all(c.id != means for c in concepts):
        return (*concepts, Concept.model_construct(id=means, words=(word,)))
    return tuple(c.model_copy(update={"words": (*c.words, word)}) if c.id == means else c for c in concepts)
