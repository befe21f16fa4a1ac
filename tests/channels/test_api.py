"""The HTTP API over HTTP: questions, the catalogue, keys, other sites, and what goes wrong."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import html5lib
import pytest
from api_fake import KNOWN_ANSWER, Told, server
from starlette.testclient import TestClient

from bot.app import gate as app
from bot.app.live_catalogue import published
from bot.catalogue.lookup import Lapse
from bot.channels.api import PREFIX
from bot.channels.api_keys import KeyRing, new_key, read_keys
from bot.channels.problems import sentences
from bot.errors import InputError, StoreError
from bot.messages import Message, as_data

ASKED = "低保一年多少钱"
LAST = date(2025, 12, 31)


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def client(yongwen, told):
    return TestClient(server(yongwen, told))


def problem(response):
    """The problem details of a response, checked to be some."""
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert found["status"] == response.status_code
    assert re.search(r"[\u4e00-\u9fff]{4}", found["detail"])
    return found


def ask(client, text, **more):
    response = client.post(f"{PREFIX}/ask", json={"text": text} | more)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.anyio
async def test_an_answer_has_the_shape_of_the_machines_door(client, yongwen):
    expected = json.loads(json.dumps(as_data(ASKED, await yongwen.answer(Message(ASKED)))))
    found = ask(client, ASKED)
    assert found["elapsed_us"] > 0
    assert found | {"elapsed_us": 0} == expected | {"elapsed_us": 0}
    assert "14000元" in found["reply"]


def test_questions_of_one_session_are_one_conversation(client):
    ask(client, ASKED, session="a")
    assert ask(client, "那电话呢", session="a")["topic"] == "service/dibao-standard"
    assert ask(client, "那电话呢", session="b")["topic"] != "service/dibao-standard"
    assert ask(client, "那电话呢")["topic"] != "service/dibao-standard"


JSON = {"content-type": "application/json"}
REFUSED = {
    "no JSON": (400, {"content": b"{", "headers": JSON}, "body"),
    "half a character": (400, {"content": b'"\xb5"', "headers": JSON}, None),
    "a surrogate": (400, {"content": b'{"text":"\\ud800"}', "headers": JSON}, "body"),
    "too long a body": (413, {"json": {"text": "x" * 70_000}}, None),
    "a form": (415, {"data": {"text": ASKED}}, "header/content-type"),
    "no text": (422, {"json": {}}, "body/text"),
    "text that is none": (422, {"json": {"text": 1}}, "body/text"),
    "too long a text": (422, {"json": {"text": "x" * 5001}}, "body/text"),
    "a session that is none": (422, {"json": {"text": "x", "session": "a b"}}, "body/session"),
    "a field nobody knows": (422, {"json": {"text": "x", "sesion": "a"}}, "body/sesion"),
    "not an object": (422, {"json": [ASKED]}, "body"),
}  # fmt: skip


@pytest.mark.parametrize(("status", "request_", "at"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_a_problem_that_says_where(client, status, request_, at):
    response = client.post(f"{PREFIX}/ask", **request_)
    assert response.status_code == status
    assert [e["at"] for e in problem(response)["errors"]] == ([at] if at else [])


def test_a_parameter_nobody_knows_is_named(client):
    for query in ("services?ofset=50", "figures?unit=x", "domains?limit=3", "services/dibao-standard?q=x"):
        response = client.get(f"{PREFIX}/{query}")
        assert response.status_code == 422
        [error] = problem(response)["errors"]
        assert error["at"] == f"query/{query.partition('?')[2].partition('=')[0]}"
        assert client.head(f"{PREFIX}/{query}").status_code == 422
    assert client.get(f"{PREFIX}/services?offset=1&limit=1").status_code == 200


def test_who_sends_no_json_is_told_to(client):
    response = client.post(f"{PREFIX}/ask", content=json.dumps({"text": ASKED}))
    assert (response.status_code, response.headers["accept"]) == (415, "application/json")
    assert [e["detail"] for e in problem(response)["errors"]] == ["want application/json"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/api/v1/services/nothing", 404),
        ("GET", "/api/v1/services/", 404),
        ("GET", "/api/v2/services", 404),
        ("GET", "/api/v1/ask", 405),
        ("PUT", "/api/v1/services", 405),
        ("GET", "/api/v1/services?limit=0", 422),
        ("GET", "/api/v1/search", 422),
        ("DELETE", "/api/v1/sessions/a%20b", 422),
    ],
)
def test_every_error_is_a_problem(client, method, path, status):
    response = client.request(method, path)
    assert response.status_code == status
    problem(response)
    assert ("allow" in response.headers) == (status == 405)


@pytest.mark.parametrize(
    ("path", "at", "named", "says"),
    [
        ("/services/dibao", "path/service", "dibao", "没有这项服务"),
        ("/services/低保", "path/service", "'低保'", "没有这项服务"),
        ("/nowhere/at/all", "path", "/api/v1/nowhere/at/all", "什么也没有"),
        (f"/{'x' * 300}", "path", f"/api/v1/{'x' * 192}'", "什么也没有"),
    ],
)
def test_what_is_not_there_is_named(client, path, at, named, says):
    found = problem(client.get(PREFIX + path))
    assert [e["at"] for e in found["errors"]] == [at]
    assert named in found["errors"][0]["detail"] and says in found["detail"]


@pytest.mark.parametrize(
    "path", ["/domains", "/services", "/services/dibao-standard", "/figures", "/search?q=低保"]
)
def test_what_can_be_read_can_be_asked_about_without_its_body(client, path):
    whole, head = client.get(PREFIX + path), client.head(PREFIX + path)
    assert (head.status_code, head.headers["etag"]) == (200, whole.headers["etag"])
    assert head.headers["content-length"] == str(len(whole.content))
    assert client.head(f"{PREFIX}/services/nothing").status_code == 404


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        *((path, "GET, HEAD") for path in ("/services", "/services/dibao-standard", "/domains", "/figures")),
        *((path, "GET, HEAD") for path in ("/search?q=低保", "/docs", "/openapi.json", "")),
        *(("/ask", "POST"), ("/feedback", "POST"), ("/sessions/a", "DELETE")),
    ],
)
def test_who_comes_by_a_wrong_method_is_told_all_the_right_ones(client, path, allowed):
    for method in {"GET", "PUT", "PATCH", "POST", "DELETE"} - set(allowed.split(", ")):
        response = client.request(method, PREFIX + path)
        assert response.status_code == 405
        assert ", ".join(sorted(response.headers["allow"].split(", "))) == allowed
        problem(response)


@pytest.mark.parametrize("path", [PREFIX, f"{PREFIX}/"])
def test_the_apis_own_address_leads_to_its_reference(client, key_and_client, path):
    for found in (client, key_and_client[2]):
        response = found.get(path)
        assert response.status_code == 200 and str(response.url).endswith(f"{PREFIX}/docs")


def examples_of(operation):
    """Values by parameter, and bodies, that an operation's description gives as examples."""
    parameters = operation.get("parameters", ())
    given = {p["name"]: p["schema"]["examples"][0] for p in parameters if p["in"] != "header"}
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return given, media.get("schema", {}).get("examples", [None])


def test_every_example_of_the_document_can_be_executed(client):
    document = client.get(f"{PREFIX}/openapi.json").json()
    done = 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            given, bodies = examples_of(operation)
            for body in bodies:
                asked = {name: value for name, value in given.items() if f"{{{name}}}" not in path}
                response = client.request(method, PREFIX + path.format(**given), params=asked, json=body)
                assert response.status_code in (200, 204), (path, response.text)
                assert body is not None or method != "post", path
                done += 1
    assert done >= len(document["paths"]) >= 8


def test_a_failure_inside_is_a_problem_without_a_traceback(yongwen, told):
    async def broken(message):
        raise RuntimeError("secret detail")

    response = TestClient(server(yongwen, told, answer=broken)).post(f"{PREFIX}/ask", json={"text": "x"})
    assert problem(response)["title"] == "Internal Server Error"
    assert response.status_code == 500
    assert "secret" not in response.text


def test_every_documented_status_has_a_sentence(client):
    document = client.get(f"{PREFIX}/openapi.json").json()
    documented = {s for item in document["paths"].values() for o in item.values() for s in o["responses"]}
    assert documented >= {"400", "413", "415", "422", "429", "500", "503"}
    assert {s for s in documented if s >= "400"} <= set(sentences())


def pages(client, path, **query):
    """All items of a list, page by page."""
    items, total = [], None
    while total is None or len(items) < total:
        found = client.get(f"{PREFIX}{path}", params={"limit": 37, "offset": len(items)} | query).json()
        assert found["items"]
        total = found["total"]
        items += found["items"]
    return items


def test_services_are_listed_page_by_page_and_by_domain(client, knowledge):
    assert [s["id"] for s in pages(client, "/services")] == list(knowledge.lookup.services)
    sixth = pages(client, "/services", domain=6)
    assert [s["id"] for s in sixth] == [s.id for s in knowledge.lookup.of_domain(6)]


def test_a_service_holds_all_that_the_catalogue_says(client, knowledge):
    service = knowledge.lookup.services["dibao-standard"]
    found = client.get(f"{PREFIX}/services/dibao-standard").json()
    assert (found["name"], found["answer"], found["domain"]) == (service.name, service.answer, 6)
    assert found["figures"][0]["value"] == 14000
    assert {c["phone"] for c in found["contacts"]} == {"12345"}
    assert found["source"]["paragraph"] == service.source.paragraph
    assert set(found["related"]) == set(service.related)
    assert found["due_on"] == service.due_on.isoformat()
    assert "phrasings" not in found


def test_the_domains_hold_every_service_once(client, knowledge):
    domains = client.get(f"{PREFIX}/domains").json()["items"]
    assert [d["number"] for d in domains] == list(range(1, 11))
    listed = [s for d in domains for s in d["services"]]
    assert sorted(listed) == sorted(knowledge.lookup.services)


def test_figures_are_numbers_with_their_service(client, knowledge):
    found = pages(client, "/figures")
    assert len(found) == sum(len(s.figures) for s in knowledge.lookup.services.values()) > 50
    [dibao] = pages(client, "/figures", service="dibao-standard")
    assert (dibao["value"], dibao["unit"], dibao["service"]) == (14000, "元/年", "dibao-standard")
    assert {f["domain"] for f in pages(client, "/figures", domain=3)} == {3}


def test_search_ranks_services_and_decides_nothing(client):
    found = client.get(f"{PREFIX}/search", params={"q": ASKED, "limit": 3}).json()["items"]
    assert found[0]["service"]["id"] == "dibao-standard"
    assert len(found) == 3
    assert client.get(f"{PREFIX}/search", params={"q": "🙂"}).json()["items"] == []


READ = ("/services", "/services/dibao-standard", "/domains", "/figures", "/search?q=低保")


@pytest.mark.parametrize("path", READ)
def test_what_a_client_has_is_not_sent_again(client, path):
    first = client.get(f"{PREFIX}{path}")
    tag = first.headers["etag"]
    assert "max-age" in first.headers["cache-control"]
    for has in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(f"{PREFIX}{path}", headers={"if-none-match": has})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"{PREFIX}{path}", headers={"if-none-match": '"other"'}).status_code == 200


def test_a_new_release_is_served_under_a_new_tag(client, yongwen):
    path = f"{PREFIX}/services/dibao-standard"
    before = client.get(path)
    services = dict(yongwen.knowledge.lookup.services)
    services["dibao-standard"] = services["dibao-standard"].model_copy(update={"summary": "新的一句。"})
    newer = replace(yongwen.knowledge.lookup, services=services)
    yongwen.switch(yongwen.release + 1, replace(yongwen.knowledge, lookup=newer))
    after = client.get(path, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["summary"] == "新的一句。"
    assert after.headers["etag"] != before.headers["etag"]


def test_what_is_past_its_date_is_withheld_as_in_the_chat(client, yongwen):
    path = f"{PREFIX}/services/dibao-standard"
    found = client.get(path).json()
    assert (found["withheld"], found["in_force"]) == (False, True) and "14000" in client.get(path).text
    lookup = yongwen.knowledge.lookup
    lapsed = replace(lookup, lapsed={"dibao-standard": Lapse("expired", date(2026, 1, 1))})
    yongwen.switch(yongwen.release + 1, replace(yongwen.knowledge, lookup=lapsed))
    found = client.get(path).json()
    assert (found["withheld"], found["in_force"]) == (True, False)
    assert found["name"] == "低保标准" and found["contacts"]
    assert (found["summary"], found["answer"], found["figures"], found["audience"]) == ("", "", [], [])
    assert client.get(f"{PREFIX}/figures", params={"service": "dibao-standard"}).json()["total"] == 0
    listed = {s["id"]: s["summary"] for s in pages(client, "/services", domain=6)}
    assert listed.pop("dibao-standard") == "" and all(listed.values())


def test_the_tag_tells_contents_apart_even_under_one_number(knowledge):
    fewer = dict(list(knowledge.lookup.services.items())[1:])
    changed = replace(knowledge.lookup, services=fewer)
    assert published(knowledge.lookup, 1, LAST).tag != published(changed, 1, LAST).tag


def test_past_the_plans_last_day_what_it_says_is_told_as_ended_and_not_withheld(knowledge):
    for day, ended in ((LAST, False), (LAST + timedelta(1), True)):
        found = published(knowledge.lookup, 1, day).services["dibao-standard"]
        assert (found.valid_through, found.ended, found.withheld, found.in_force) == (
            LAST,
            ended,
            False,
            True,
        )
    assert published(knowledge.lookup, 1, LAST).tag != published(knowledge.lookup, 1, day).tag


def test_the_document_says_what_its_dates_and_flags_mean(client):
    fields = client.get(f"{PREFIX}/openapi.json").json()["components"]["schemas"]["Service"]["properties"]
    assert all(fields[name]["description"] for name in ("due_on", "ended", "withheld", "in_force"))
    assert [name for name, field in fields.items() if field.get("deprecated")] == ["in_force"]


def test_feedback_reaches_the_answer_it_names(client, told):
    body = {"answer_id": KNOWN_ANSWER, "verdict": "wrong", "comment": "数字不对"}
    assert client.post(f"{PREFIX}/feedback", json=body).status_code == 204
    assert told.verdicts == [(KNOWN_ANSWER, "wrong", "数字不对")]
    unknown = client.post(f"{PREFIX}/feedback", json=body | {"answer_id": "x"})
    assert unknown.status_code == 404
    assert problem(unknown)["errors"] == [{"at": "body/answer_id", "detail": "there is no answer 'x'"}]
    assert client.post(f"{PREFIX}/feedback", json=body | {"verdict": "maybe"}).status_code == 422
    assert client.post(f"{PREFIX}/feedback", json=body | {"answer_id": "x\0"}).status_code == 422


def test_a_session_is_forgotten_under_the_name_it_was_asked_by(client, told, yongwen):
    heard = []
    inner = yongwen.answer

    async def listening(message):
        heard.append(message)
        return await inner(message)

    client = TestClient(server(yongwen, told, answer=listening))
    ask(client, ASKED, session="mine")
    assert client.delete(f"{PREFIX}/sessions/mine").status_code == 204
    assert told.forgotten == [(heard[0].channel, heard[0].person)]


def test_forgetting_that_fails_is_not_called_done(yongwen, told):
    async def failing(channel, person):
        raise StoreError("locked")

    told.forget = failing
    assert TestClient(server(yongwen, told)).delete(f"{PREFIX}/sessions/mine").status_code == 503


SITE = "https://www.example.org"


def test_pages_of_the_named_sites_may_call(yongwen, told):
    client = TestClient(server(yongwen, told, origins=(SITE,)))
    preflight = {"origin": SITE, "access-control-request-method": "POST"}
    allowed = client.options(
        f"{PREFIX}/ask", headers=preflight | {"access-control-request-headers": "content-type"}
    )
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == SITE
    response = client.post(f"{PREFIX}/ask", json={"text": ASKED}, headers={"origin": SITE})
    assert response.headers["access-control-allow-origin"] == SITE
    refused = client.options(f"{PREFIX}/ask", headers=preflight | {"origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers
    problem(refused)


def test_no_site_may_call_unless_named(client):
    response = client.get(f"{PREFIX}/domains", headers={"origin": SITE})
    assert "access-control-allow-origin" not in response.headers


@pytest.fixture
def key_and_client(yongwen, told):
    key, line = new_key("library", "3/day")
    other, other_line = new_key("museum", "100/minute")
    keys = read_keys(f"# keys\n\n{line}  # the city library\n{other_line}\n")
    ring = KeyRing(keys, app.Gate(app.InMemoryCounter()).key)
    return key, other, TestClient(server(yongwen, told, keys=ring))


def bearer(key):
    return {"authorization": f"Bearer {key}"}


def test_with_keys_nobody_else_is_let_in(key_and_client):
    key, _, client = key_and_client
    for headers in ({}, bearer("wrong"), bearer(f"{key}x"), {"authorization": f"Basic {key}"}):
        response = client.get(f"{PREFIX}/domains", headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert [e["at"] for e in problem(response)["errors"]] == ["header/authorization"]
    response = client.get(f"{PREFIX}/domains", headers=bearer(key))
    assert response.status_code == 200
    assert "private" in response.headers["cache-control"], "a cache on the way must not let others in"


@pytest.mark.parametrize("name", ["docs", "openapi.json"])
def test_only_the_two_paths_that_tell_how_to_call_need_no_key(key_and_client, name):
    _, _, client = key_and_client
    assert client.get(f"{PREFIX}/{name}").status_code == 200
    for method, path in (
        ("DELETE", "/sessions"),
        ("GET", "/services"),
        ("GET", "/nowhere"),
        ("GET", "/docs"),
    ):
        assert client.request(method, f"{PREFIX}{path}/{name}").status_code == 401


def test_a_spent_quota_tells_when_there_is_more(key_and_client):
    key, other, client = key_and_client
    codes = [client.get(f"{PREFIX}/domains", headers=bearer(key)).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    response = client.get(f"{PREFIX}/domains", headers=bearer(key))
    assert 0 < int(response.headers["retry-after"]) <= 24 * 3600
    problem(response)
    assert client.get(f"{PREFIX}/domains", headers=bearer(other)).status_code == 200


CRIES = ("我不想活了", "家里着火了", "my house is on fire")


@pytest.mark.anyio
async def test_a_cry_for_help_is_answered_over_the_quota_and_nothing_else_is(key_and_client, yongwen):
    key, _, client = key_and_client

    def asked(text, path="/ask"):
        return client.post(f"{PREFIX}{path}", json={"text": text}, headers=bearer(key))

    assert [asked(ASKED).status_code for _ in range(3)] == [200] * 3
    for text in CRIES:
        response = asked(text)
        assert (response.status_code, response.json()["status"]) == (200, "emergency")
        assert response.json()["reply"] == (await yongwen.answer(Message(text))).text
    for response in (asked(ASKED), asked("/start"), asked(CRIES[0], "/feedback"), asked("着火" * 301)):
        assert response.status_code == 429
        assert 0 < int(response.headers["retry-after"]) <= 24 * 3600
        assert problem(response)["detail"] == sentences()["429"]
    assert client.post(f"{PREFIX}/ask", content=b"{", headers=bearer(key) | JSON).status_code == 400
    assert client.post(f"{PREFIX}/ask", json={"text": CRIES[0]}).status_code == 401


def test_whoever_is_turned_away_is_told_whom_to_ring_in_danger(real):
    told = [sentences()[status] for status in ("401", "429", "503")]
    told += [real.catalogue.replies[key].format(phone="12345") for key in ("too-often", "channel-off")]
    for sentence in told:
        assert all(number in sentence for number in ("12345", "110", "119", "120")), sentence


def test_callers_do_not_reach_into_each_others_sessions(key_and_client):
    key, other, client = key_and_client

    def topic(text, key):
        body = {"text": text, "session": "s"}
        return client.post(f"{PREFIX}/ask", json=body, headers=bearer(key)).json()["topic"]

    assert topic(ASKED, key) == "service/dibao-standard"
    assert topic("那电话呢", other) != "service/dibao-standard"
    assert topic("那电话呢", key) == "service/dibao-standard"


def test_the_document_names_the_key_and_is_free_to_read(key_and_client, client):
    document = key_and_client[2].get(f"{PREFIX}/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["security"] == [{"key": []}]
    assert all("401" in o["responses"] for item in document["paths"].values() for o in item.values())
    assert "security" not in client.get(f"{PREFIX}/openapi.json").json()


@pytest.mark.parametrize(
    "line", ["library", "library 3/day abc", f"library 3/fortnight {'0' * 64}", "a b c d"]
)
def test_a_line_that_is_no_key_is_named(line):
    with pytest.raises(InputError, match="line 2"):
        read_keys(f"# keys\n{line}")


def test_the_reference_shows_every_operation_and_needs_nothing_from_elsewhere(client):
    response = client.get(f"{PREFIX}/docs")
    assert "'unsafe" not in response.headers["content-security-policy"]
    html5lib.HTMLParser(strict=True).parse(response.text)
    for path, item in client.get(f"{PREFIX}/openapi.json").json()["paths"].items():
        for method in item:
            assert f"{method.upper()} {path}" in response.text
    assert re.findall(r'(?:src|href)="(?!/|#)([^"]*)"', response.text) == []
    assert not re.search(r"<style|style=|<script|\son\w+=", response.text)
    icon, style = re.findall(r'href="(/static/[^"]+)"', response.text)
    assert client.get(icon).status_code == client.get(style).status_code == 200
    assert f"curl {client.base_url}{PREFIX}/ask" in response.text
    assert f"curl -G {client.base_url}{PREFIX}/search --data-urlencode" in response.text
    assert "`" not in response.text
    targets = set(re.findall(r'href="#([^"]+)"', response.text))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', response.text))
