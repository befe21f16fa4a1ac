"""What somebody sent when their session had ended: kept in the page to sign in on, and nowhere else."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from bot.staff.console.forms import Form

MINE = "mine"
KEPT = "kept"
LONGEST_KEPT = 512 * 1024
"""In bytes. The longest record's form has some 60 KB; whoever sends it is a stranger yet."""
SECRETS = ("old", "password")
_BELOW = "/staff/"
_KNOWLEDGE = "/staff/knowledge/"


def mine_of(door_secret: str, name: str) -> str:
    """What a form carries besides its session's token: whose it is, and in which browser it was filled in.

    It outlives the session, so that words which came too late are given back to whoever typed them, and
    to nobody else. Empty where the browser keeps no cookie.
    """
    return hashlib.sha256(f"mine\0{door_secret}\0{name}".encode()).hexdigest() if door_secret else ""


class LateForm(NamedTuple):
    """A form that came too late: where it was sent to, and its fields without the tokens."""

    path: str
    mine: str
    fields: Mapping[str, Sequence[str]]

    def belongs_to(self, door_secret: str, name: str) -> bool:
        """Whether this person filled it in, in this browser."""
        return hmac.compare_digest(self.mine.encode(), mine_of(door_secret, name).encode())

    @property
    def action(self) -> str:
        """Where it is sent again."""
        return quote(self.path)

    @property
    def is_record(self) -> bool:
        """Whether it is the form of a record, which shows what was typed when it is looked at."""
        return self.path.startswith(_KNOWLEDGE)


def kept_of(path: str, form: Form, ours: Sequence[str] = (MINE,)) -> LateForm | None:
    """A form as it was sent to a path; None where there is nothing to keep, or a secret in it."""
    fields = {name: form.all(name) for name in form.names() if name not in ours}
    secret = any(name in form for name in SECRETS)
    if secret or not fields or not form.one(MINE) or not path.startswith(_BELOW):
        return None
    return LateForm(path, form.one(MINE), fields)


def kept_in(form: Form) -> LateForm | None:
    """What a sign-in's form holds besides the name and the password."""
    fields = {name: form.all(f"{KEPT}-{name}") for name in form.parts(KEPT)}
    return kept_of(form.one(KEPT), Form({**fields, MINE: [form.one(MINE)]}))
