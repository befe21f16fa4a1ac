"""What every page of the console is built on."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from bot.conversation.knowledge import Knowledge
from bot.local_time import day_of
from bot.messages import Reply
from bot.staff.accounts import Accounts
from bot.staff.console.jobs import Jobs
from bot.staff.console.pages import ConsolePages
from bot.staff.console.pending import PendingQuestions
from bot.staff.drafts import Drafts
from bot.staff.publishing import Publisher
from bot.staff.review import Reviews
from bot.staff.workers import Runner, in_process
from bot.store.questions import Questions
from bot.store.switches import Switches

if TYPE_CHECKING:
    from bot.staff.provider import Provider


class Preview(NamedTuple):
    """How a channel would show a reply: plain text, or markup the channel made; its `buttons` below."""

    channel: str
    text: str
    buttons: tuple[str, ...] = ()
    is_html: bool = False


@dataclass(frozen=True)
class Console:
    """The console's parts. `knowledge` is what residents are answered from now; `clock` gives seconds.

    `run` says where files to download are made.
    """

    accounts: Accounts
    drafts: Drafts
    reviews: Reviews
    publisher: Publisher
    questions: Questions
    switches: Switches
    knowledge: Callable[[], Knowledge]
    previews: Callable[[Reply], Sequence[Preview]]
    run: Runner = in_process
    channels: Sequence[str] = ()
    provider: "Provider | None" = None
    clock: Callable[[], float] = time.time
    pages: ConsolePages = field(default_factory=ConsolePages)
    jobs: Jobs = field(default_factory=Jobs)
    pending: PendingQuestions = field(default_factory=PendingQuestions)

    @property
    def today(self) -> date:
        """The day in Ningbo."""
        return day_of(self.clock())
