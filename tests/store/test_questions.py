"""The question log as staff read it."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.store.database import open_database, sqlite_url
from bot.store.migrate import migrate
from bot.store.questions import Asked, Questions

pytestmark = pytest.mark.anyio


@pytest.fixture
async def questions(tmp_path: Path) -> AsyncIterator[Questions]:
    database = open_database(sqlite_url(tmp_path / "residents.sqlite"))
    await migrate(database, "residents")
    yield Questions(database)
    await database.dispose()


@contextmanager
def listening(target: Any, name: str, heard: Callable[..., None]) -> Iterator[None]:
    """Hear of an event of SQLAlchemy's as long as the context is open."""
    event.listen(target, name, heard)
    try:
        yield
    finally:
        event.remove(target, name, heard)


def asked(id_: str, text: str, **more: Any) -> Asked:
    """A question nothing was known for, asked at 100."""
    plain = {
        "asked_at": 100.0,
        "day": "2026-11-26",
        "person": "p",
        "channel": "web",
        "text_key": text.strip("?"),
        "status": "unanswered",
        "topic": "",
        "confidence": 0.1,
        "service": "",
        "domain": 0,
        "services": (),
        "release": 1,
        "elapsed_us": 200,
    }
    return Asked(id=id_, text=text, **(plain | more))


async def test_asked_in_vain_is_grouped_by_wording_the_most_frequent_first(questions: Questions) -> None:
    await questions.record(
        [
            asked("1", "甲"),
            asked("2", "乙"),
            asked("3", "乙?", asked_at=200.0),
            asked("4", "丙", status="answered", topic="service/x"),
            asked("5", "丁", topic="signpost/y"),
            asked("6", "", status="unanswered"),
        ]
    )
    assert await questions.asked_in_vain(0) == [("乙?", 2, 200.0, ("3",)), ("甲", 1, 100.0, ("1",))]
    assert await questions.asked_in_vain(150.0) == [("乙?", 1, 200.0, ("3",))]
    assert len(await questions.asked_in_vain(0, limit=1)) == 1


async def test_a_dismissed_wording_does_not_come_back(questions: Questions) -> None:
    await questions.record([asked("1", "甲"), asked("2", "乙")])
    await questions.dismiss(["1", "no such answer"], "staff", 100.0)
    await questions.dismiss(["1"], "staff", 101.0)
    await questions.dismiss([], "staff", 101.0)
    await questions.record([asked("3", "甲?")])
    assert [w.text for w in await questions.asked_in_vain(0)] == ["乙"]


async def test_counts_by_any_columns_within_a_time(questions: Questions) -> None:
    answered = {"status": "answered", "domain": 6, "service": "dibao"}
    await questions.record(
        [
            asked("1", "甲"),
            asked("2", "乙", **answered),
            asked("3", "丙", day="2026-11-27", asked_at=200.0, **answered),
        ]
    )
    assert await questions.counts("day", "status", since=0) == [
        ("2026-11-26", "answered", 1),
        ("2026-11-26", "unanswered", 1),
        ("2026-11-27", "answered", 1),
    ]
    assert await questions.counts("domain", "service", since=0) == [(0, "", 1), (6, "dibao", 2)]
    assert await questions.counts("channel", since=100.0, until=200.0) == [("web", 2)]


async def test_wordings_for_what_if(questions: Questions) -> None:
    await questions.record([asked("1", "甲"), asked("2", "甲"), asked("3", "乙", topic="signpost/y")])
    assert await questions.wordings(0) == [
        ("甲", "unanswered", "", 2),
        ("乙", "unanswered", "signpost/y", 1),
    ]


async def test_what_is_erased_while_the_list_is_read_is_left_out(
    questions: Questions, tmp_path: Path
) -> None:
    await questions.record([asked("1", "甲"), asked("2", "乙")])
    erased = []

    def erase(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "text_key IN" in statement and not erased:
            with closing(sqlite3.connect(tmp_path / "residents.sqlite")) as other, other:
                erased.append(other.execute("DELETE FROM question WHERE text = '甲'").rowcount)

    with listening(Engine, "before_cursor_execute", erase):
        assert [w.text for w in await questions.asked_in_vain(0)] == ["乙"]
    assert erased == [1]
