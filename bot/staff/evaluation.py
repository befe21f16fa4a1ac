"""How right 甬问 is on labelled questions: ask them, and count."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.catalogue.examples import NO_TOPIC
from bot.conversation.context import Context
from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.conversation.turn import outcome_of
from bot.messages import Message, Reply
from bot.staff.cases import Case, Conversation


@dataclass(frozen=True)
class Result:
    """A case with the reply it got; how long it took to find out what the message means by itself."""

    case: Case
    reply: Reply
    matching_us: int = 0

    @property
    def answers(self) -> tuple[str, ...]:
        """The services answered about."""
        return tuple(m.service for m in self.reply.matches if m.role == "answer")

    @property
    def first(self) -> str:
        """The service named first, answered or offered."""
        return self.reply.matches[0].service if self.reply.matches else ""

    @property
    def topic(self) -> str:
        """The signpost named, or NO_TOPIC."""
        kind, _, name = self.reply.topic.partition("/")
        return name if kind == "signpost" else NO_TOPIC

    @property
    def right(self) -> bool:
        """Whether the reply is what the label asks for."""
        case = self.case
        if case.numbers is not None:
            alarmed = self.reply.status == "emergency"
            return alarmed and self.reply.phones[0] in case.numbers if case.numbers else not alarmed
        if not case.expect:
            return self.reply.status not in ("answered", "emergency")
        if len(case.expect) == 1:
            return self.first in case.expect[0] and len(self.answers) <= 1
        return case.is_met_by(set(self.answers))


@dataclass
class Evaluation:
    """All results; how long a turn took is in `reply.elapsed_us`, what of that matching took in `matching_us`
    (microseconds).
    """

    results: list[Result] = field(default_factory=list)

    def of(self, sort: str) -> list[Result]:
        """The results of one sort of case."""
        return [r for r in self.results if r.case.sort == sort]

    @property
    def wrong(self) -> list[Result]:
        """What went wrong."""
        return [r for r in self.results if not r.right]


def evaluate(
    conversations: Iterable[Conversation],
    knowledge: Knowledge,
    progress: Callable[[int], None] = lambda done: None,
) -> Evaluation:
    """Hold the conversations, each from a fresh state."""
    evaluation = Evaluation()
    for done, conversation in enumerate(conversations, 1):
        state = State()
        for case in conversation:
            started = time.perf_counter_ns()
            context = Context(Message(case.q), state, knowledge)
            _ = context.understood
            matched = time.perf_counter_ns()
            reply, state = outcome_of(context)
            ended = time.perf_counter_ns()
            result = Result(case, reply.timed((ended - started) // 1000), (matched - started) // 1000)
            evaluation.results.append(result)
        progress(done)
    return evaluation
