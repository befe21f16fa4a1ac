"""The import form of the 12345 hotline's knowledge base: 类目/标题/内容/发文单位/材料性质/关键字."""

import io
from datetime import date

import xlsxwriter

from bot.catalogue.model import Catalogue
from bot.staff.cells import harmless
from bot.staff.exports.faq import Item, items, words
from bot.staff.workbook import EPOCH, OPTIONS

_WIDTHS = (14, 36, 80, 24, 12, 36)


def write(catalogue: Catalogue, day: date) -> bytes:
    """The form with a row for each service; the same catalogue and day give the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties({"created": EPOCH})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        page = book.add_worksheet(words()["hotline_sheet"])
        for x, (heading, width) in enumerate(zip(words()["hotline"], _WIDTHS, strict=True)):
            page.set_column(x, x, width, text)
            page.write_string(0, x, heading, text)
        for y, item in enumerate(items(catalogue, day), 1):
            for x, cell in enumerate(_cells(item)):
                page.write_string(y, x, harmless(cell), text)
    return out.getvalue()


def _cells(item: Item) -> tuple[str, ...]:
    s = item.service
    keywords = dict.fromkeys((s.name, *s.alternate_names, *s.audience))
    material = words()["hotline_material"]
    return (
        item.domain.name,
        item.question,
        "\n".join(item.answer),
        item.organization,
        material,
        "、".join(keywords),
    )
