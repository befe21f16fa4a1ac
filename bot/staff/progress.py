"""How a long piece of work tells how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is in all, now and then and at the end."""


def unreported(done: int, total: int) -> None:
    """A Progress for callers who do not want to know."""
