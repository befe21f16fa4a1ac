"""What is told while something takes longer than a page may."""

import asyncio
import re

from console_world import Person
from editorial import Here

from bot.staff.progress import unreported

KITCHEN = "/staff/knowledge/services/kitchen"


async def held(self, work, *arguments, progress=unreported, memory=None):
    """Runs the work some time after it is three quarters done."""
    progress(150, 200)
    await asyncio.sleep(2)
    return work(*arguments, progress)


def test_a_trial_tells_how_far_it_is_and_how_long_it_may_take(editor: Person, monkeypatch) -> None:
    monkeypatch.setattr(Here, "__call__", held)
    editor.get(KITCHEN)
    editor.post(KITCHEN, **editor.fields | {"fees": ["不收钱"]}, do="try")
    assert "做完 75%，已经过了 0 秒" in editor.text and "好几分钟" in editor.text
    for _ in range(1000):
        if 'http-equiv="refresh"' not in editor.get(editor.path):
            break
        assert re.search(r"已经过了 \d 秒", editor.text)
    assert "变差的例句" in editor.text
