"""The running service, its people. One service serves a whole module of tests."""

from collections.abc import Callable, Iterator

import pytest
from console_world import Person, another, running, settings
from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a service that runs as long as the module's tests."""
    with running(settings(tmp_path_factory.mktemp("service"))) as found:
        yield found


@pytest.fixture
def person(client: TestClient) -> Callable[..., Person]:
    """Makes a person at a browser of their own, signed in where a name is given."""

    def made(name: str = "") -> Person:
        found = another(client)
        return found.sign_in(name) if name else found

    return made


@pytest.fixture(scope="module")
def _signed_in(client: TestClient) -> Callable[[str], Person]:
    """People signed in once for all tests of a module: a password costs a computer a lot."""
    found: dict[str, Person] = {}

    def made(name: str) -> Person:
        if name not in found:
            found[name] = another(client).sign_in(name)
        found[name].get("/staff")
        return found[name]

    return made


@pytest.fixture
def editor(_signed_in: Callable[[str], Person]) -> Person:
    return _signed_in("林编")


@pytest.fixture
def reviewer(_signed_in: Callable[[str], Person]) -> Person:
    return _signed_in("周审")


@pytest.fixture
def admin(_signed_in: Callable[[str], Person]) -> Person:
    return _signed_in("管理")
