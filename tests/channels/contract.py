"""What a resident is shown of a reply in each channel, read back from what the channel sends."""

import html
import json
import re
import unicodedata
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import html5lib
from api_fake import Told
from starlette.testclient import TestClient

from bot.channels import dingtalk, feishu, telegram_text, tencent, terminal, xml
from bot.channels.api import ApiBackend, routes
from bot.channels.base import plain
from bot.channels.web import create_app
from bot.messages import Reply


class Carried(NamedTuple):
    """The text shown, and what can be touched: addresses, telephone numbers, buttons as (label, text).

    None where a channel has no such thing to touch, and the text alone has to carry it.
    """

    text: str
    links: set[str] | None
    phones: set[str] | None
    buttons: set[tuple[str, str]] | None


def always(reply: Reply):
    """An answering function with one reply."""

    async def answer(message):
        return reply

    return answer


async def in_terminal(reply: Reply, capsys) -> Carried:
    lines = iter(["低保", "exit"])
    await terminal.chat(always(reply), lambda _: next(lines))
    shown = capsys.readouterr().out
    return Carried(shown, None, None, None)


def _page(markup: str) -> Carried:
    """What a browser makes of the last reply in a page, or of a reply's HTML alone."""
    root = html5lib.parse(markup, namespaceHTMLElements=False)
    log = next((e for e in root.iter("div") if e.get("id") == "log"), root)
    article = list(log.iter("article"))[-1]
    links = [a.get("href") for a in article.iter("a")]
    buttons = [b for b in article.iter("button") if b.get("name") == "text"]
    return Carried(
        "".join(article.itertext()),
        {link for link in links if link.startswith("http")},
        {link.removeprefix("tel:") for link in links if link.startswith("tel:")},
        {(_label(b), b.get("value")) for b in buttons},
    )


def _label(button) -> str:
    """A choice's label is in bold, beside its number and a note; else it is all there is."""
    bold = button.find(".//b")
    return "".join((button if bold is None else bold).itertext())


async def on_the_page(reply: Reply, capsys) -> Carried:
    return _page(TestClient(create_app(always(reply))).post("/", data={"text": "低保"}).text)


async def in_the_widget(reply: Reply, capsys) -> Carried:
    return _page(TestClient(create_app(always(reply))).post("/embed", data={"text": "低保"}).text)


async def by_json(reply: Reply, capsys) -> Carried:
    data = TestClient(create_app(always(reply))).post("/chat", json={"text": "低保"}).json()
    shown = _page(data["html"])
    assert set(data["phones"]) == set(reply.phones)
    assert {(b["label"], b["text"]) for b in data["buttons"]} == shown.buttons
    return shown._replace(text=data["text"])


def _object(data: dict) -> Carried:
    """The documented object: what to touch stands beside the text; addresses stand in it."""
    buttons = {(b["label"], b["text"]) for b in data["buttons"]}
    return Carried(data["reply"], None, set(data["phones"]), buttons)


class _Empty:
    def catalogue(self):
        raise NotImplementedError

    def find(self, question):
        raise NotImplementedError


async def by_the_api(reply: Reply, capsys) -> Carried:
    told = Told()
    backend = ApiBackend(always(reply), always(None), _Empty(), told.judge, told.forget)
    client = TestClient(create_app(backend.answer, routes=routes(backend)))
    return _object(client.post("/api/v1/ask", json={"text": "低保"}).json())


async def to_an_assistant(reply: Reply, capsys) -> Carried:
    import mcp

    from bot.channels.mcp import create_server

    async with mcp.Client(create_server(always(reply), _Empty())) as client:
        result = await client.call_tool("find_service", {"question": "低保"})
    assert json.loads(result.content[0].text) == result.structured_content
    return _object(result.structured_content)


async def in_telegram(reply: Reply, capsys) -> Carried:
    pieces = telegram_text.pieces(reply)
    shown = [html.unescape(re.sub(r"</?code>", "", p.html)) for p in pieces]
    assert max(len(text.encode("utf-16-le")) // 2 for text in shown) <= 4096
    markup = "\n".join(p.html for p in pieces)
    keys = [k for p in pieces if p.markup for row in p.markup.inline_keyboard for k in row]
    said = {(k.text, k.callback_data or k.copy_text.text) for k in keys}
    phones = set(re.findall(r"<code>(.*?)</code>", markup))
    assert set(re.findall(r"<(\w+)", markup)) <= {"code"}
    return Carried("\n".join(shown), None, phones, said)


async def in_wechat(reply: Reply, capsys) -> Carried:
    more = "（更多）"
    shown = tencent.pages(reply, more)
    assert all(len(page.encode()) <= 2048 for page in shown)
    assert not any("<" in page for page in shown)
    sent = xml.read_xml(xml.write_xml({f"Page{i}": page for i, page in enumerate(shown)}).encode())
    return Carried("\n".join(page.removesuffix(more) for page in sent.values()), None, None, None)


async def in_dingtalk(reply: Reply, capsys) -> Carried:
    shown = [payload["text"]["content"] for payload in dingtalk.payloads(reply)]
    return Carried("\n".join(shown), None, None, None)


async def in_feishu(reply: Reply, capsys) -> Carried:
    posts = [json.loads(payload["content"])["zh_cn"]["content"] for payload in feishu.payloads(reply)]
    lines = ["".join(part["text"] for part in line) for post in posts for line in post]
    return Carried("\n".join(lines), None, None, None)


CHANNELS: dict[str, Callable[[Reply, object], Awaitable[Carried]]] = {
    "terminal": in_terminal,
    "web page": on_the_page,
    "web JSON": by_json,
    "widget": in_the_widget,
    "API": by_the_api,
    "MCP": to_an_assistant,
    "Telegram": in_telegram,
    "WeChat, WeCom": in_wechat,
    "DingTalk": in_dingtalk,
    "Feishu": in_feishu,
}

_URL = re.compile(r"https?://[!#-&*-;=?-~]*[#-&*+\-/0-9=@-Z_a-z~]")
_OPTION = re.compile(r"\s*\d{1,2}[.\uff0e、]\s*(.+)")


def bare(text: str) -> str:
    """Text without white space, width and look alike."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def lost(reply: Reply, carried: Carried) -> list[str]:
    """What of a reply a channel does not show. Each line has to be there, whole and in order."""
    missing = []
    shown, at = bare(carried.text), 0
    for line in reply.text.splitlines():
        for part in _parts(line, reply, carried):
            found = shown.find(part, at)
            if found < 0:
                missing.append(f"words: {line!r}")
                break
            at = found + len(part)
    missing += [
        f"link: {u}" for u in set(_URL.findall(reply.text)) if not _has(u, carried.links, carried.text)
    ]
    dialled = {re.sub(r"[^\d+*#]", "", phone): phone for phone in reply.phones}
    touched = {re.sub(r"[^\d+*#]", "", phone) for phone in carried.phones or ()}
    for number, phone in dialled.items():
        if bare(phone) not in shown or (carried.phones is not None and number not in touched):
            missing.append(f"number: {phone}")
    for button in reply.buttons:
        if carried.buttons is None and bare(button.label) not in shown:
            missing.append(f"button: {button.label}")
        if carried.buttons is not None and (button.label, button.text) not in carried.buttons:
            missing.append(f"button: {button}")
    return missing


def _parts(line: str, reply: Reply, carried: Carried) -> list[str]:
    """What of a line must be read: all of it, but what only lists a button may be laid out anew.

    Where nothing can be pressed, a line that asks to press says what to type.
    """
    line = line if carried.buttons is not None else plain(Reply(line, reply.status))
    labels = [b.label for b in reply.buttons]
    if line and line == "、".join(labels) and carried.buttons is not None:
        return []
    option = _OPTION.fullmatch(line)
    if option and any(option[1].startswith(label) for label in labels):
        return re.findall(r"[\w“”\"]+", bare(line))
    return [bare(line)]


def _has(url: str, links: set[str] | None, text: str) -> bool:
    return url in text if links is None else url in links
