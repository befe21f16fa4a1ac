"""What residents see, as pictures: each kind of reply in chat and widget, wide and narrow, light and dark."""

import argparse
import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright

from scripts.chromium import CHROMIUM, FLAGS
from scripts.ours import service

KINDS = {
    "answer": "低保一年多少钱",
    "candidates": "上学",
    "several": "低保多少钱 医保参保人数又是多少",
    "emergency": "家里着火了快来救命",
    "unknown": "如何给吉他换弦",
}
SIZES = {"wide": (1280, 800), "narrow": (360, 740)}
SCHEMES = ("light", "dark")
HOST = """<!doctype html>
<html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>别家的网页</title><h1>别家的网页</h1><p>甬问在右下角。</p>
<script src="{script}" defer></script></html>"""


class _OtherSite(BaseHTTPRequestHandler):
    def __init__(self, page: bytes, *connection: object) -> None:
        self._page = page
        super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self._page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def other_site(port: int) -> Iterator[str]:
    """The address of somebody else's page that holds our widget."""
    page = HOST.format(script=f"http://127.0.0.1:{port}/widget.js").encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_OtherSite, page))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


async def in_the_chat(page: Page, address: str, asked: str) -> Locator:
    """Ask in the chat of its own page; where the reply appears."""
    await page.goto(f"{address}/?q={asked}")
    return page.locator("#log article").last


async def in_the_widget(page: Page, address: str, asked: str) -> Locator:
    """Ask in the widget on another site's page."""
    await page.goto(address)
    await page.get_by_role("button", name="问甬问").click()
    frame = page.frame_locator("#yongwen-widget iframe")
    await frame.get_by_label("您想问什么").fill(asked)
    await page.keyboard.press("Enter")
    return frame.locator("#log article").nth(1)


async def pictured(browser: Browser, chat: str, other: str, folder: Path) -> int:
    """Take every picture; returns how many."""
    taken = 0
    places = {"chat": (in_the_chat, chat), "widget": (in_the_widget, other)}
    for place, (ask, address) in places.items():
        for size, (width, height) in SIZES.items():
            for scheme in SCHEMES:
                for kind, asked in KINDS.items():
                    context = await browser.new_context(
                        viewport={"width": width, "height": height},
                        color_scheme="dark" if scheme == "dark" else "light",
                        locale="zh-CN",
                    )
                    page = await context.new_page()
                    await (await ask(page, address, asked)).wait_for()
                    await page.wait_for_timeout(300)  # for what glides into its place
                    await page.screenshot(path=folder / f"{place}-{kind}-{size}-{scheme}.png")
                    await context.close()
                    taken += 1
    return taken


async def _all(port: int, folder: Path) -> int:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        with other_site(port) as other:
            taken = await pictured(browser, f"http://127.0.0.1:{port}", other, folder)
        await browser.close()
        return taken


def main() -> None:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with service({"YONGWEN_EMBED_ORIGINS": "*", "YONGWEN_LIMIT_ADDRESS": "off"}) as port:
        print(f"{asyncio.run(_all(port, folder))} pictures in {folder}")


if __name__ == "__main__":
    main()
