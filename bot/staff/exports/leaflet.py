"""A leaflet to print for each domain: A4, large type, the phone numbers largest."""

import logging
import re
import string
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.subset import Options, Subsetter, load_font, save_font
from fpdf import FPDF

from bot.catalogue.model import Catalogue, Domain
from bot.errors import YongwenError
from bot.staff.exports.faq import Item, Stamp, items, words

_FONT_PACKAGE, _FONT_FILE = "noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc"
_SIMPLIFIED = 2  # the face of the collection with the mainland's letter forms
_MARGIN, _GAP = 18, 5  # millimetres
_LEADING = 0.55  # millimetres of line height for a point of type
_TITLE, _HEADING, _BODY, _SMALL = 30, 18, 16, 11
_CLOSING, _OPENING = "，。、；：？！）”》〉】’…—%℃", "（“《〈【‘"
_PIECE = re.compile(rf"[{_OPENING}]*(?:[\x21-\x7e]{{1,30}}|[^{_OPENING}])[{_CLOSING}]*|[{_OPENING}]+$")
_INK, _QUIET, _ACCENT = (23, 36, 43), (84, 98, 104), (11, 79, 92)


def leaflets(catalogue: Catalogue, stamp: Stamp) -> dict[str, bytes]:
    """One PDF for each domain, by file name."""
    found = list(items(catalogue, stamp.day))
    with TemporaryDirectory() as folder:
        font = Path(folder) / "small.otf"
        _small_font(_letters(found, catalogue), font)
        return {
            f"{domain.number:02}-{domain.id}.pdf": _leaflet(domain, list(group), catalogue, stamp, font)
            for domain, group in groupby(found, lambda item: item.domain)
        }


def _letters(found: Sequence[Item], catalogue: Catalogue) -> set[str]:
    """Every character that may be printed."""
    printed = [*words().values(), *catalogue.plan.model_dump(mode="json").values(), string.printable]
    for item in found:
        printed += [item.domain.name, item.domain.about, item.service.name, *item.answer]
    return set("".join(text for text in printed if isinstance(text, str)))


def _small_font(letters: set[str], target: Path) -> None:
    """The font with these letters only: taking the whole apart once is slow enough, ten times too slow."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table and every glyph
    options = Options(layout_features=[], hinting=False, notdef_outline=True, font_number=_SIMPLIFIED)
    with closing(load_font(str(_font()), options)) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(letters))
        subsetter.subset(font)
        save_font(font, str(target), options)


class _Page(FPDF):
    """A4 with the release and the page's number at its foot."""

    foot = ""

    def footer(self) -> None:
        """Drawn by the library at the end of each page."""
        self.set_y(-14)
        _type(self, _SMALL, _QUIET)
        self.cell(0, 8, f"{self.foot}  {self.page_no()}", align="C")


def _leaflet(domain: Domain, found: Sequence[Item], catalogue: Catalogue, stamp: Stamp, font: Path) -> bytes:
    said = words()
    page = _Page(format="A4")
    page.set_creation_date(datetime.combine(stamp.day, datetime.min.time()))
    page.set_title(f"{said['title']} · {domain.name}")
    page.set_lang("zh-Hans")
    page.set_margins(_MARGIN, _MARGIN)
    page.set_auto_page_break(True, margin=_MARGIN + 2)
    page.add_font("cjk", fname=font)
    page.foot = said["made"].format(release=stamp.release, day=stamp.day)
    page.add_page()
    _write(page, _TITLE, _ACCENT, domain.name)
    _write(page, _BODY, _QUIET, domain.about)
    for item in found:
        _entry(page, item)
    plan = catalogue.plan
    page.ln(_GAP)
    note = said["note"].format(
        plan=plan.title, issuer=plan.issuer, issued_on=plan.issued_on, valid_through=plan.valid_through
    )
    _write(page, _SMALL, _QUIET, note)
    _write(page, _HEADING, _ACCENT, said["fallback"])
    return bytes(page.output())


def _entry(page: FPDF, item: Item) -> None:
    """One service, on one page: broken in two it would be read without its phone number."""
    page.ln(_GAP)
    lines = [(_HEADING, _ACCENT, item.service.name), *(_styled(line, item) for line in item.answer)]
    if page.will_page_break(sum(_height(page, size, text) for size, _, text in lines)):
        page.add_page()
    for size, ink, text in lines:
        _write(page, size, ink, text)


def _styled(line: str, item: Item) -> tuple[int, tuple[int, int, int], str]:
    """A line that says whom to ring stands out."""
    rings = any(contact.phone in line for contact in item.phones)
    return (_HEADING, _ACCENT, line) if rings else (_BODY, _INK, line)


def _height(page: FPDF, size: int, text: str) -> float:
    page.set_font("cjk", size=size)
    return len(_lines(page, text)) * size * _LEADING


def _write(page: FPDF, size: int, ink: tuple[int, int, int], text: str) -> None:
    _type(page, size, ink)
    for line in _lines(page, text):
        page.cell(0, size * _LEADING, line, new_x="LMARGIN", new_y="NEXT")


def _lines(page: FPDF, text: str) -> list[str]:
    """A text in lines that fit; none begins with what closes a clause, none ends with what opens one.

    A number or a word stays whole. What keeps together is moved down together.
    """
    room = page.epw - 2 * page.c_margin
    lines: list[str] = []
    for paragraph in text.splitlines():
        lines.append("")
        for piece in _PIECE.findall(paragraph):
            if lines[-1] and page.get_string_width(lines[-1] + piece) > room:
                lines.append("")
            lines[-1] += piece
    return lines


def _type(page: FPDF, size: int, ink: tuple[int, int, int]) -> None:
    page.set_font("cjk", size=size)
    page.set_text_color(*ink)


def _font() -> Path:
    found = find_spec(_FONT_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise YongwenError(
            f"leaflets need the package {_FONT_PACKAGE.replace('_', '-')}; run scripts/run again"
        )
    return Path(found.submodule_search_locations[0]) / _FONT_FILE
