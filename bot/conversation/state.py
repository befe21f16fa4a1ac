"""Where a conversation stands: small, bounded, and worthless after a while."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

MOST_TOPICS = 5
MOST_CHOICES = 10
EXPIRES_AFTER_SECONDS = 30 * 60


@dataclass(frozen=True)
class State:
    """`topics`: services spoken of, newest first. `choices`: what the last reply offered by number."""

    topics: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    kind: str = ""

    def about(self, topic: str, kind: str) -> "State":
        """The state after a reply about a service."""
        kept = tuple(t for t in self.topics if t != topic)
        return State((topic, *kept)[:MOST_TOPICS], (), kind)

    def offering(self, choices: tuple[str, ...]) -> "State":
        """The state after a reply that offered things to choose from."""
        return replace(self, choices=choices[:MOST_CHOICES])

    def as_data(self) -> dict[str, Any]:
        """The state as JSON data."""
        return {"topics": list(self.topics), "choices": list(self.choices), "kind": self.kind}


def from_data(data: Mapping[str, Any]) -> State:
    """A state from JSON data; whatever does not fit is forgotten rather than refused."""
    topics = [t for t in data.get("topics", ()) if isinstance(t, str)]
    choices = [c for c in data.get("choices", ()) if isinstance(c, str)]
    return State(tuple(topics[:MOST_TOPICS]), tuple(choices[:MOST_CHOICES]), str(data.get("kind", "")))
