"""Questions that could not be answered, grouped by what they ask, for whoever looks at today's page."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from bot.conversation.knowledge import Knowledge
from bot.staff.clusters import (
    SIGNPOST,
    Cluster,
    Suggested,
    Suggestion,
    clusters,
    left_open,
    suggestions,
    together,
)
from bot.store.questions import AskedWording


class Pending(NamedTuple):
    """A group of questions asked in vain with what it probably means.

    `signpost`: the id of the one that is shown instead, or empty.
    """

    cluster: Cluster
    suggestions: Suggested
    signpost: str = ""

    @property
    def services(self) -> list[Suggestion]:
        """The services it probably means."""
        return self.suggestions.services

    @property
    def signposts(self) -> list[Suggestion]:
        """The signposts it probably means, but for the one that is shown."""
        return [one for one in self.suggestions.signposts if one.id != self.signpost]


class PendingQuestions:
    """Remembers the last groups and where each wording lands: only few of them are new each time."""

    def __init__(self) -> None:
        self._knowledge: Knowledge | None = None
        self._landed: dict[str, str | None] = {}
        self._wordings: Sequence[AskedWording] | None = None
        self._groups: list[Pending] = []

    async def groups(self, wordings: Sequence[AskedWording], knowledge: Knowledge) -> list[Pending]:
        """The groups of wordings this knowledge still cannot answer; those signposted elsewhere last."""
        if self._knowledge is not knowledge:
            self._knowledge, self._landed, self._wordings = knowledge, {}, None
        if self._wordings == wordings:
            return self._groups
        landed = self._landed
        groups = await asyncio.to_thread(_grouped, wordings, knowledge, landed)
        if self._knowledge is knowledge:  # else a release came meanwhile
            self._groups, self._wordings = groups, wordings
            self._landed = {wording.text: landed[wording.text] for wording in wordings}
        return groups


def _grouped(
    wordings: Sequence[AskedWording], knowledge: Knowledge, landed: dict[str, str | None]
) -> list[Pending]:
    """`landed`: text → where it was left, as of `left_open`; what is new is added."""
    for wording in wordings:
        if wording.text not in landed:
            landed[wording.text] = left_open(wording.text, knowledge)
    in_vain = [w for w in wordings if landed[w.text] == ""]
    pointed: dict[str, list[AskedWording]] = {}
    for wording in wordings:
        if topic := landed[wording.text]:
            pointed.setdefault(topic.removeprefix(SIGNPOST), []).append(wording)
    elsewhere = [Pending(group := together(g), suggestions(group, knowledge), s) for s, g in pointed.items()]
    elsewhere.sort(key=lambda p: (-p.cluster.times, p.signpost))
    return [Pending(g, suggestions(g, knowledge)) for g in clusters(in_vain, knowledge)] + elsewhere
