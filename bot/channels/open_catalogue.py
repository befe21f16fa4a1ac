"""The catalogue as machines may read it: what the app hands to the API and to assistants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figure(_Shape):
    """A number of the plan: `metric comparator value unit`, to be reached in `year`."""

    metric: str
    comparator: str
    value: int | float
    unit: str
    year: int


class ServiceFigure(Figure):
    """A number of the plan with the service it belongs to."""

    service: str
    domain: int


class Contact(_Shape):
    """A telephone line to ring."""

    name: str
    phone: str


class Source(_Shape):
    """Where the plan's text says it."""

    plan: str
    section: int
    paragraph: int


class Summary(_Shape):
    """A service in one line, empty where it is past its date; `domain` is 1–10."""

    id: str
    name: str
    domain: int
    summary: str


class Service(Summary):
    """A service whole. What the plan does not say is null or an empty list."""

    answer: str
    alternate_names: tuple[str, ...]
    figures: tuple[Figure, ...]
    audience: tuple[str, ...]
    organization: str
    contacts: tuple[Contact, ...]
    source: Source
    related: tuple[str, ...]
    conditions: tuple[str, ...]
    documents: tuple[str, ...]
    steps: tuple[str, ...]
    fees: str | None
    processing_time: str | None
    location: str | None
    opening_hours: str | None
    url: str | None
    checked_on: date
    valid_from: date
    valid_through: date
    due_on: date = Field(description="Until when it counts as verified; it was last on `checked_on`")
    ended: bool = Field(
        description="Whether `valid_through` is past: what was planned till then; `contacts` know what holds"
    )
    withheld: bool = Field(
        description="Whether what it says is left out, as in every reply: `ended` on a day that is not the "
        "plan's last, or past `due_on`"
    )
    in_force: bool = Field(
        description="Deprecated: the opposite of `withheld`. That is all it says; see `ended`",
        json_schema_extra={"deprecated": True},
    )


class Domain(_Shape):
    """One of the plan's ten fields, with the ids of its services."""

    number: int
    id: str
    name: str
    about: str
    services: tuple[str, ...]


class Found(_Shape):
    """A service found for a question; `score` is 0–1, to compare within one search."""

    service: Summary
    score: float


@dataclass(frozen=True)
class PublishedCatalogue:
    """One release. `tag` changes whenever anything in it does."""

    release: int
    tag: str
    domains: tuple[Domain, ...]
    services: Mapping[str, Service]

    @cached_property
    def summaries(self) -> Mapping[str, Summary]:
        """Each service in one line, in the catalogue's order."""
        return {id_: _summary(service) for id_, service in self.services.items()}

    @cached_property
    def figures(self) -> tuple[ServiceFigure, ...]:
        """Every figure, in the catalogue's order."""
        return tuple(
            ServiceFigure(**figure.model_dump(), service=service.id, domain=service.domain)
            for service in self.services.values()
            for figure in service.figures
        )


def _summary(service: Service) -> Summary:
    return Summary(id=service.id, name=service.name, domain=service.domain, summary=service.summary)


class CatalogueReader(Protocol):
    """Where channels read the catalogue; a newer release appears here by itself."""

    def catalogue(self) -> PublishedCatalogue:
        """The release in force now."""

    def find(self, question: str) -> Sequence[Found]:
        """The services that speak to a question, best first."""
