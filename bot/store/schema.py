"""The tables. Each release of the catalogue is complete: every row carries its number."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, Float, ForeignKey, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


LONGEST_ACCOUNT = 100
"""Characters of the name of a member of staff."""
LONGEST_PATH = 200
"""Characters of the path of a knowledge file below its folder."""


class CatalogueBase(DeclarativeBase):
    """Tables of services.sqlite: nothing about residents or accounts."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}


class ResidentsBase(DeclarativeBase):
    """Tables of the second database: residents' words; they expire."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}


class ReleaseRow(CatalogueBase):
    """One immutable, complete state of the catalogue: who made it, when, why and from what.

    `created_at`: seconds since 1970. `editor` names everyone whose changes it holds, `reviewer` who approved
    them; both are empty for a release built from files. `draft`: the draft it was made from, or empty.
    """

    __tablename__ = "release"
    number: Mapped[int] = mapped_column(primary_key=True)
    created_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[float] = mapped_column(Float, server_default="0")
    editor: Mapped[str] = mapped_column(String(400), server_default="")
    reviewer: Mapped[str] = mapped_column(String(100), server_default="")
    reason: Mapped[str] = mapped_column(String(400), server_default="")
    based_on: Mapped[int | None]
    draft: Mapped[str] = mapped_column(String(12), server_default="")


class _Versioned(CatalogueBase):
    __abstract__ = True
    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)


class DomainRow(_Versioned):
    """One of the ten domains."""

    __tablename__ = "domain"
    number: Mapped[int]
    id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(String(200))


class ContactRow(_Versioned):
    """A telephone line that may be shown."""

    __tablename__ = "contact"
    id: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(String(200))
    checked_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)


class OrganizationRow(_Versioned):
    """A responsible department."""

    __tablename__ = "organization"
    id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))


class ServiceRow(_Versioned):
    """A service; its figures and phrasings stand in tables of their own."""

    __tablename__ = "service"
    __table_args__ = (Index("ix_service_release_id", "release", "id", unique=True),)
    id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    alternate_names: Mapped[list[Any]]
    summary: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(2000))
    audience: Mapped[list[Any]]
    organization: Mapped[str] = mapped_column(String(60))
    contacts: Mapped[list[Any]]
    section: Mapped[int]
    paragraph: Mapped[int]
    checked_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_through: Mapped[date] = mapped_column(Date)
    related: Mapped[list[Any]]
    conditions: Mapped[list[Any]]
    documents: Mapped[list[Any]]
    steps: Mapped[list[Any]]
    fees: Mapped[str | None] = mapped_column(String(200))
    processing_time: Mapped[str | None] = mapped_column(String(200))
    location: Mapped[str | None] = mapped_column(String(200))
    opening_hours: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(String(300))


class FigureRow(_Versioned):
    """A number of the plan: metric comparator value unit, in year."""

    __tablename__ = "figure"
    service: Mapped[str] = mapped_column(String(60))
    metric: Mapped[str] = mapped_column(String(200))
    comparator: Mapped[str] = mapped_column(String(1))
    value: Mapped[float] = mapped_column(Float)
    unit: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]


class ContentRow(CatalogueBase):
    """What releases have in common, under its hash: JSON as text, or an index as bytes."""

    __tablename__ = "content"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes]


class PhrasingRow(_Versioned):
    """The ways residents put it, a JSON list. `kind` is the catalogue's field that `owner` stands in."""

    __tablename__ = "phrasing"
    kind: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str] = mapped_column(ForeignKey("content.digest"))


class PartRow(_Versioned):
    """The rest of a release as JSON: plan, replies, cues, concepts, words."""

    __tablename__ = "part"
    name: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(ForeignKey("content.digest"))


class ModelRow(CatalogueBase):
    """What was learnt from a release's phrasings, so that starting need not learn it again."""

    __tablename__ = "model"
    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("content.digest"))


class TextRow(CatalogueBase):
    """A knowledge file's text, byte for byte, under its hash; releases share the files they have in common.

    `parsed` is what the text says, as JSON, so that checking a draft need not read all YAML again.
    """

    __tablename__ = "source_text"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes]
    parsed: Mapped[bytes]


class DocumentRow(CatalogueBase):
    """A knowledge file that a release was made from."""

    __tablename__ = "document"
    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    path: Mapped[str] = mapped_column(String(LONGEST_PATH), primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("source_text.digest"))


class ConversationRow(ResidentsBase):
    """Where a conversation stands. Key and person are keyed hashes; worthless after `expires_at`."""

    __tablename__ = "conversation"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), index=True, default="", server_default="")
    state: Mapped[dict[str, Any]]
    expires_at: Mapped[float] = mapped_column(index=True)
