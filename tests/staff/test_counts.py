"""The question log's counts as charts show them."""

from datetime import date

from bot.staff.counts import per_day, ranked, totals

ROWS = [
    ("2026-11-20", "answered", "service/a", 5),
    ("2026-11-20", "emergency", "emergency/fire", 1),
    ("2026-11-20", "smalltalk", "", 7),
    ("2026-11-22", "unanswered", "", 2),
    ("2026-11-22", "unanswered", "signpost/metro", 3),
    ("2026-11-22", "unanswered", "signpost/passport", 1),
    ("2026-11-01", "answered", "service/a", 99),
]


def test_every_day_has_a_column_also_one_without_questions() -> None:
    columns = per_day(ROWS, date(2026, 11, 22), 4)
    assert [(c.label, c.counts) for c in columns] == [
        ("11/19", (0, 0, 0, 0)),
        ("11/20", (6, 0, 0, 0)),
        ("11/21", (0, 0, 0, 0)),
        ("11/22", (0, 0, 4, 2)),
    ]
    assert totals(columns) == (6, 0, 4, 2)
    assert totals([]) == (0, 0, 0, 0)


def test_rows_are_ranked_and_what_has_no_name_is_left_out() -> None:
    rows = [("a", 1), ("b", 3), ("", 50), ("c", 3)]
    names = {"a": "甲", "b": "乙", "c": "丙"}
    assert [(b.label, b.number) for b in ranked(rows, names, most=2)] == [("丙", 3), ("乙", 3)]
