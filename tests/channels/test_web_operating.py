"""Who may read the metrics, and what a service that is not ready says."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.channels.web_operating import routes


async def _metrics() -> bytes:
    return b"yongwen_release 3.0\n"


def client(wrong: str = "", token: str = "", address: str = "127.0.0.1") -> TestClient:
    async def ready() -> str:
        return wrong

    return TestClient(Starlette(routes=routes(ready, _metrics, token)), client=(address, 1))


def test_not_ready_is_a_503_without_details() -> None:
    response = client("residents: disk full").get("/readyz")
    assert (response.status_code, response.text) == (503, "not ready\n")
    assert client("broken").get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 404), ("x", 404)]
)
def test_without_a_token_only_this_machine_reads_the_metrics(address: str, status: int) -> None:
    assert client(address=address).get("/metrics").status_code == status


@pytest.mark.parametrize(
    ("shown", "status"), [("Bearer s3cret", 200), ("Bearer other", 404), ("", 404), ("Bearer é", 404)]
)
def test_with_a_token_whoever_shows_it_does(shown: str, status: int) -> None:
    headers = {b"authorization": shown.encode("latin-1")}
    assert client(token="s3cret", address="10.0.0.7").get("/metrics", headers=headers).status_code == status
    assert client(token="s3cret").get("/metrics").status_code == 404
