"""Tables of the second database for staff: accounts, sessions, drafts in all versions, audit trail."""

from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.schema import LONGEST_ACCOUNT, LONGEST_PATH, ResidentsBase

_NAME = String(LONGEST_ACCOUNT)
_DRAFT = String(12)


class AccountRow(ResidentsBase):
    """A member of staff. Accounts are disabled, never deleted: history names them."""

    __tablename__ = "account"
    name: Mapped[str] = mapped_column(_NAME, primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(12))
    disabled: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[float] = mapped_column(Float)


class StaffSessionRow(ResidentsBase):
    """Someone signed in. Only the token's hash is kept; deleting the row ends the session."""

    __tablename__ = "staff_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.name"), index=True)
    address: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[float] = mapped_column(Float)
    expires_at: Mapped[float] = mapped_column(Float)


class LoginFailureRow(ResidentsBase):
    """A sign-in that failed: what throttling counts, by account and by address."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("ix_login_failure_account_at", "account", "at"),
        Index("ix_login_failure_address_at", "address", "at"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    account: Mapped[str] = mapped_column(_NAME)
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[float] = mapped_column(Float)


class DraftRow(ResidentsBase):
    """A set of changes to one release. `version` grows by one with every change of its contents."""

    __tablename__ = "draft"
    id: Mapped[str] = mapped_column(_DRAFT, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(400))
    base: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int] = mapped_column(Integer)
    author: Mapped[str] = mapped_column(_NAME)
    created_at: Mapped[float] = mapped_column(Float)
    changed_at: Mapped[float] = mapped_column(Float)
    approved_by: Mapped[str] = mapped_column(_NAME)
    released_as: Mapped[int | None] = mapped_column(Integer)


class DraftVersionRow(ResidentsBase):
    """Who made a version of a draft, when and how. `contributes`: whether it put content in."""

    __tablename__ = "draft_version"
    draft: Mapped[str] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    base: Mapped[int] = mapped_column(Integer)
    account: Mapped[str] = mapped_column(_NAME)
    at: Mapped[float] = mapped_column(Float)
    what: Mapped[str] = mapped_column(String(400))
    contributes: Mapped[bool] = mapped_column(Boolean)


class DraftDocumentRow(ResidentsBase):
    """A document as a version of a draft left it; null where it takes the document away.

    `restores`: from this version on the document is the base's again. Nothing is ever overwritten.
    """

    __tablename__ = "draft_document"
    draft: Mapped[str] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    path: Mapped[str] = mapped_column(String(LONGEST_PATH), primary_key=True)
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    restores: Mapped[bool] = mapped_column(Boolean)


class DraftCommentRow(ResidentsBase):
    """One remark in a draft's thread; `place` is the record or field it is about, or empty."""

    __tablename__ = "draft_comment"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    draft: Mapped[str] = mapped_column(ForeignKey("draft.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    account: Mapped[str] = mapped_column(_NAME)
    at: Mapped[float] = mapped_column(Float)
    place: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(2000))


class AuditRow(ResidentsBase):
    """Who did what to what, and when. Rows are only ever added."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(Float, index=True)
    account: Mapped[str] = mapped_column(_NAME)
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]]
