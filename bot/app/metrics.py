"""What is counted of the running service, for Prometheus: no words, no people."""

from collections.abc import Callable
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.channels.base import CLOSED
from bot.messages import Message, Reply
from bot.store.inbox import InboxStore

_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Counts answers as they are given; what stands in queues it looks up when asked."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        to = self._registry
        self._questions = Counter("yongwen_questions", "Answers", ["channel", "status"], registry=to)
        self._refused = Counter("yongwen_refused", "Messages not let in", ["channel", "reason"], registry=to)
        self._seconds = Histogram(
            "yongwen_answer_seconds", "Time to an answer", ["channel"], buckets=_BUCKETS, registry=to
        )
        self._release = Gauge("yongwen_release", "The release that answers", registry=to)
        self._unwritten = Gauge("yongwen_log_waiting", "Questions not yet in the log", registry=to)
        self._waiting = Gauge("yongwen_inbox_waiting", "Updates not yet answered", ["channel"], registry=to)
        self._age = Gauge("yongwen_inbox_age_seconds", "Age of the oldest of them", ["channel"], registry=to)

    def observe(self, message: Message, reply: Reply, seconds: float) -> None:
        """Count one message and its reply."""
        if reply.wait or reply.topic == CLOSED:
            reason = "too often" if reply.wait else "closed"
            self._refused.labels(message.channel, reason).inc()
            return
        questions, times = self._of(message.channel, reply.status)
        questions.inc()
        times.observe(seconds)

    @lru_cache(maxsize=64)  # noqa: B019 — one Metrics lives as long as the service
    def _of(self, channel: str, status: str) -> tuple[Counter, Histogram]:
        return self._questions.labels(channel, status), self._seconds.labels(channel)

    def watch(self, release: Callable[[], int], unwritten: Callable[[], int]) -> None:
        """Where to look up the release that answers, and how much waits to be logged."""
        self._release.set_function(lambda: float(release()))
        self._unwritten.set_function(lambda: float(unwritten()))

    async def text(self, inbox: InboxStore, now: float) -> bytes:
        """All of it in Prometheus' text format. StoreError where the queues cannot be read."""
        self._waiting.clear()
        self._age.clear()
        for channel, (count, oldest) in (await inbox.waiting(now)).items():
            self._waiting.labels(channel).set(count)
            self._age.labels(channel).set(oldest)
        return generate_latest(self._registry)
