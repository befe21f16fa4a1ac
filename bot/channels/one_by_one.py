"""What must not be done twice at the same time for one person, and may be for any two."""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary


class OneByOne:
    """A lock for each name, in this process; it is gone when nobody holds it or waits for it."""

    def __init__(self) -> None:
        self._held: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: Hashable) -> asyncio.Lock:
        """The lock of a name."""
        return self._held.setdefault(name, asyncio.Lock())
