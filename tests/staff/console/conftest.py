"""The running service, its people."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from console_world import Person, another, running, settings
from starlette.testclient import TestClient


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A client of a service that runs as long as the test."""
    with running(settings(tmp_path)) as found:
        yield found


@pytest.fixture
def person(client: TestClient) -> Callable[..., Person]:
    """Makes a person at a browser of their own, signed in where a name is given."""

    def made(name: str = "") -> Person:
        found = another(client)
        return found.sign_in(name) if name else found

    return made


@pytest.fixture
def editor(person: Callable[..., Person]) -> Person:
    return person("林编")


@pytest.fixture
def reviewer(person: Callable[..., Person]) -> Person:
    return person("周审")
