"""Where a conversation stands: small, bounded, and worthless after a while."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

MOST_TOPICS = 5
MOST_CHOICES = 20
LONGEST_QUESTION = 80
UNKNOWN = "unknown"
EXPIRES_AFTER_SECONDS = 30 * 60


@dataclass(frozen=True)
class State:
    """`topics`: services spoken of, newest first. `question`: the words that led to the newest.

    `choices`: what the last reply offered, by number; `kind`: what was asked of them, if anything. `listed`:
    what was offered by number before the answers since, for whoever still has the list before them; it
    lapses with a second topic that is not of it.
    `asked_back`: the message that the last reply asked back, of what it did not yet say enough.
    `outside`: the topic outside the plan, a signpost, that the last reply surely gave the number for;
    `emergency/…` after an alarm; `UNKNOWN` where it did not know what was asked.
    `first`: the service spoken of first, however many were since.
    """

    topics: tuple[str, ...] = ()
    question: str = ""
    choices: tuple[str, ...] = ()
    kind: str = ""
    outside: str = ""
    listed: tuple[str, ...] = ()
    asked_back: str = ""
    first: str = ""

    @property
    def numbered(self) -> tuple[str, ...]:
        """What can be chosen by number."""
        return self.listed or self.choices

    def about(self, topic: str, kind: str, question: str) -> "State":
        """The state after a reply about a service."""
        kept = tuple(t for t in self.topics if t != topic)
        goes_on = topic in self.topics[:1]
        listed = self.choices or (self.listed if goes_on else self._still_listed(f"service/{topic}"))
        return State(
            (topic, *kept)[:MOST_TOPICS],
            question[:LONGEST_QUESTION],
            kind=kind,
            listed=listed if len(listed) > 1 else (),  # of one thing nobody says a number later
            first=self.first or (topic, *self.topics)[-1],
        )

    def outside_of(self, signpost: str) -> "State":
        """The state after a reply that gave the number for a topic outside the plan."""
        return replace(self, outside=signpost, listed=self._still_listed(f"signpost/{signpost}"))

    def alarmed(self, emergency: str) -> "State":
        """The state after an alarm: whatever was listed before is of no concern any more."""
        return replace(self, outside=emergency, choices=(), kind="", listed=())

    def _still_listed(self, intent: str) -> tuple[str, ...]:
        """The list before the answers since, if it has what is spoken of now."""
        return self.listed if intent in self.listed else ()

    def offering(self, choices: tuple[str, ...]) -> "State":
        """The state after a reply that offered things to choose from."""
        return replace(self, choices=choices[:MOST_CHOICES], kind="", outside="", listed=())

    def asking_back(self, message: str) -> "State":
        """The state after a reply that asks for more about a message; an empty one where it does not."""
        return replace(self, asked_back=message[:LONGEST_QUESTION])

    def as_data(self) -> dict[str, Any]:
        """The state as JSON data."""
        return {
            "topics": list(self.topics),
            "question": self.question,
            "choices": list(self.choices),
            "kind": self.kind,
            "outside": self.outside,
            "listed": list(self.listed),
            "asked_back": self.asked_back,
            "first": self.first,
        }


def from_data(data: Mapping[str, Any]) -> State:
    """A state from JSON data; whatever does not fit is forgotten rather than refused."""
    return State(
        _strings(data.get("topics"))[:MOST_TOPICS],
        _string(data.get("question"))[:LONGEST_QUESTION],
        _strings(data.get("choices"))[:MOST_CHOICES],
        _string(data.get("kind")),
        _string(data.get("outside")),
        _strings(data.get("listed"))[:MOST_CHOICES],
        _string(data.get("asked_back"))[:LONGEST_QUESTION],
        _string(data.get("first")),
    )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, (list, tuple)) else ()


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
