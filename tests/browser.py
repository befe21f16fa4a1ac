"""Debian's Chromium under Playwright, and what every page is held to, whoever serves it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scripts.chromium import CHROMIUM, FLAGS

PATIENCE = 60

# Every element with text of its own whose contrast with the nearest opaque background is under 4.5.
_FAINT = """([candidates, exempt]) => {
  const rgb = (css) => css.match(/[\\d.]+/g).map(Number);
  const light = (css) => rgb(css).slice(0, 3)
    .map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    const css = getComputedStyle(e).backgroundColor;
    return (rgb(css)[3] ?? 1) === 1 ? css : ground(e.parentElement);
  };
  return [...document.querySelectorAll(candidates)]
    .filter((e) => e.checkVisibility() && !e.closest(exempt))
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .filter((e) => {
      const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05) < 4.5;
    })
    .map((e) => e.outerHTML);
}"""


def faint(page: Any, candidates: str = "body *", exempt: str = ".unseen, template") -> list[str]:
    """The elements of a page whose text is too faint for WCAG, as HTML."""
    return list(page.evaluate(_FAINT, [candidates, exempt]))


def needed() -> Any:
    """Playwright's synchronous interface; skips the module where it or Chromium is not to be had."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the Python package playwright")
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's package chromium", allow_module_level=True)
    return playwright


@contextmanager
def in_a_thread(serving: Callable[[Callable[[str], None]], Coroutine[Any, Any, None]]) -> Iterator[str]:
    """What a server said once it listened; on a loop of its own, as Playwright keeps this thread's."""
    said: list[str] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()

    def tell(line: str) -> None:
        said.append(line)
        ready.set()

    task = loop.create_task(serving(tell))
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([task])))
    thread.start()
    assert ready.wait(PATIENCE)
    yield said[0]
    loop.call_soon_threadsafe(task.cancel)
    thread.join()
    loop.close()


@contextmanager
def launched(playwright: Any, *flags: str) -> Iterator[Any]:
    """A browser; to be started after the servers of `in_a_thread`."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        yield browser
        browser.close()
