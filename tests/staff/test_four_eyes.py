"""Four eyes as a property: whatever one account calls, in whatever order, its own words never go out alone.

The machine makes random calls by three accounts of every role. Each text a draft holds carries its writer's
name; whenever a release appears, every writer's text in it must have been approved by someone else, in
exactly that version. Calls that are refused change nothing that is live.
"""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from editorial import Clock, opened
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.catalogue.records import Address
from bot.errors import AccessError, ConflictError, InputError, KnowledgeError
from bot.staff.accounts import Account
from bot.staff.progress import Progress
from bot.staff.quality_gate import Judged, learn
from bot.store.drafts import Draft

REFUSED = (AccessError, ConflictError, InputError, KnowledgeError)
ROLES = {"a": "admin", "r": "reviewer", "e": "editor"}
STAFF = {name: Account(name, role, False, 0.0) for name, role in ROLES.items()}
MOVES = st.sampled_from(["withdraw", "discard", "reopen", "rebase"])
MAYBE = st.none() | st.sampled_from(sorted(STAFF))
RECORDS = (Address("replies", "thanks"), Address("services", "library"))
FIELD = {RECORDS[0]: "text", RECORDS[1]: "description"}
ANYONE, DRAFTS = st.sampled_from(sorted(STAFF)), st.integers(0, 1)


async def nodding(
    work: Callable[..., Any], known: Any, *_rest: Any, progress: Progress, **_limits: Any
) -> Any:
    """Learning that finds nothing to say: what is at stake here is who may, not what is good."""
    if work is learn:
        return {"topics": b"", "alarm": b""}
    return Judged(dict(known.models), (), (), (), (), 0, 0)


class FourEyes(RuleBasedStateMachine):
    """Two drafts, three accounts, any order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.folder = tempfile.TemporaryDirectory()
        self.approvals: set[tuple[str, int, str]] = set()
        self.count = self.live = 0

    def run(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.folder.cleanup()

    @initialize()
    def open(self) -> None:
        self.editorial = self.run(
            self.stack.enter_async_context(opened(Path(self.folder.name), Clock(), nodding))
        )
        self.drafts = [self.run(self.editorial.drafts.create(STAFF[who], "草")).id for who in ("e", "r")]
        self.live = 1

    def called(self, coroutine: Any) -> Any:
        try:
            return self.run(coroutine)
        except REFUSED:
            return None

    def draft(self, which: int) -> Draft:
        found: Draft = self.run(self.editorial.drafts.get(self.drafts[which]))
        return found

    @rule(who=ANYONE, which=DRAFTS, record=st.sampled_from(RECORDS), stale=st.booleans())
    def save(self, who: str, which: int, record: Address, stale: bool) -> None:
        self.count += 1
        draft = self.draft(which)
        fields = dict(self.run(self.editorial.drafts.records(draft.id))[record])
        fields[FIELD[record]] = f"<{who}>" + "字" * (self.count % 7)
        self.called(
            self.editorial.drafts.save(STAFF[who], draft.id, max(0, draft.version - stale), {record: fields})
        )

    @rule(who=ANYONE, which=DRAFTS)
    def submit(self, who: str, which: int) -> None:
        draft = self.draft(which)
        self.called(self.editorial.reviews.submit(STAFF[who], draft.id, draft.version))

    @rule(who=ANYONE, second=ANYONE, which=DRAFTS, record=st.sampled_from(RECORDS), late=MAYBE)
    def all_the_way(self, who: str, second: str, which: int, record: Address, late: str | None) -> None:
        """The whole way at once, often by one account alone, and with an edit after the approval."""
        self.save(who, which, record, False)
        self.submit(who, which)
        self.approve(second, which, 0)
        if late:
            self.save(late, which, record, False)
        self.release(second, which)

    @rule(who=ANYONE, which=DRAFTS, back=st.integers(0, 1))
    def approve(self, who: str, which: int, back: int) -> None:
        draft = self.draft(which)
        done = self.called(self.editorial.reviews.approve(STAFF[who], draft.id, draft.version - back))
        if done is not None:
            self.approvals.add((draft.id, draft.version, who))

    @rule(who=ANYONE, which=DRAFTS, action=MOVES)
    def move(self, who: str, which: int, action: str) -> None:
        draft = self.draft(which)
        if action == "rebase":
            self.called(self.editorial.drafts.rebase(STAFF[who], draft.id))
        else:
            self.called(getattr(self.editorial.reviews, action)(STAFF[who], draft.id, draft.version))

    @rule(who=ANYONE, which=DRAFTS)
    def release(self, who: str, which: int) -> None:
        draft = self.draft(which)
        self.called(self.editorial.publisher.release(STAFF[who], draft.id, draft.version))
        if self.draft(which).state == "released":
            self.drafts[which] = self.run(self.editorial.drafts.create(STAFF[who], "又")).id

    @rule(who=ANYONE, number=st.integers(1, 3))
    def roll_back(self, who: str, number: int) -> None:
        self.called(self.editorial.publisher.roll_back(STAFF[who], number, "回去"))

    @invariant()
    def nobody_released_alone(self) -> None:
        if not self.live:
            return
        for release in reversed(self.run(self.editorial.drafts.history.all())):
            if release.number <= self.live:
                continue
            self.live = release.number
            history = self.editorial.drafts.history
            records = self.run(history.snapshot(release.number)).records
            before = self.run(history.snapshot(release.based_on)).records
            said = {records[r][FIELD[r]] for r in RECORDS if records[r] != before[r]}
            if not release.draft:
                older = [self.run(history.snapshot(n)).texts for n in range(1, release.number)]
                assert self.run(history.snapshot(release.number)).texts in older
                continue
            writers = {text[1] for text in said if text.startswith("<")}
            assert release.reviewer in STAFF and STAFF[release.reviewer].role != "editor"
            assert release.reviewer not in writers
            draft = self.run(self.editorial.drafts.get(release.draft))
            assert (draft.id, draft.version, release.reviewer) in self.approvals


# Some seconds, as every call goes through real databases: fewer would hardly ever reach a release.
FourEyes.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    phases=(Phase.generate,),
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
TestFourEyes = FourEyes.TestCase


def test_the_machine_does_reach_releases() -> None:
    """A property over calls that are all refused would prove nothing."""
    machine = FourEyes()
    machine.open()
    machine.save("e", 0, RECORDS[0], False)
    machine.submit("e", 0)
    machine.approve("e", 0, 0)
    machine.release("a", 0)
    machine.nobody_released_alone()
    assert machine.live == 1
    machine.approve("r", 0, 0)
    machine.release("r", 0)
    machine.nobody_released_alone()
    assert machine.live == 2
    machine.roll_back("r", 1)
    machine.nobody_released_alone()
    assert machine.live == 3
    tries = (("r", "e", False), ("r", "r", False), ("e", None, False), ("r", None, False), ("a", None, True))
    for second, late, goes_out in tries:
        machine.called(machine.editorial.drafts.rebase(STAFF["e"], machine.drafts[0]))
        machine.all_the_way("e", second, 0, RECORDS[1], late)
        assert (machine.draft(0).state == "editing" and machine.draft(0).version == 0) is goes_out
        machine.nobody_released_alone()
    machine.teardown()
