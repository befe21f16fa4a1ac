"""Cells that a spreadsheet program would run: made text before they leave, and read back as they were."""

_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_TEXT = "'"


def harmless(value: str) -> str:
    """A cell's text; where a program would take it for a formula, an apostrophe goes before it.

    After OWASP's advice on CSV injection. What already bears apostrophes before a sign gets one more, so
    that `restored` undoes it exactly.
    """
    return f"{_TEXT}{value}" if value.lstrip(_TEXT).startswith(_SIGNS) else value


def restored(value: str) -> str:
    """The text that `harmless` was given; a person's own cell that needed none stays as it is."""
    guarded = value.startswith(_TEXT) and value.lstrip(_TEXT).startswith(_SIGNS)
    return value.removeprefix(_TEXT) if guarded else value
