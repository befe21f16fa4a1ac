"""Questions asked in vain are grouped as of the release that answers, also where one comes in between."""

import asyncio
import threading

import pytest
from staff.nasty import plain

from bot.conversation.knowledge import Knowledge
from bot.conversation.learning import prepare
from bot.staff.console import pending
from bot.store.questions import AskedWording

ASKED = [AskedWording("地铁末班车几点", 1, 1.0, ("a",)), AskedWording("彩票去哪里买", 1, 1.0, ("b",))]


@pytest.mark.anyio
async def test_a_release_that_comes_while_an_older_one_is_looked_at_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = prepare(plain()), prepare(plain())
    go_on = threading.Event()

    def left_open(_text: str, knowledge: Knowledge) -> str | None:
        """The new release knows none of it; the old one, slow to tell, all."""
        return "" if knowledge is new else None if go_on.wait(30) else ""

    monkeypatch.setattr(pending, "left_open", left_open)
    questions = pending.PendingQuestions()
    slow = asyncio.create_task(questions.groups(ASKED, old))
    await asyncio.sleep(0)
    found = await questions.groups(ASKED, new)
    assert len(found) == 2
    go_on.set()
    assert await slow == []
    assert await questions.groups(ASKED, new) == found
