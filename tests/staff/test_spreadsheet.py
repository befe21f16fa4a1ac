"""The workbook: out, edited with somebody else's tool, and in again, with every fault by its row."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from staff.nasty import FORMULA, HTML, nasty, plain

from bot.catalogue.model import Catalogue
from bot.errors import InputError
from bot.staff import xlsx_guard
from bot.staff.cells import harmless, restored
from bot.staff.console.pages import ConsolePages
from bot.staff.importing import of_catalogue
from bot.staff.spreadsheet import Read, read
from bot.staff.workbook import layout, write

Edit = Callable[[Any], None]


def edited(edit: Edit) -> Read:
    """The tiny catalogue's workbook, edited with openpyxl and read."""
    book = openpyxl.load_workbook(io.BytesIO(write(plain(), 1)))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return read(out.getvalue())


def messages(found: Read) -> list[str]:
    return [str(fault) for faults in (found.faults, *found.strangers.values()) for fault in faults]


def differing(found: Read, catalogue: Catalogue) -> dict[tuple[str, str], Any]:
    """What a workbook says otherwise than a catalogue; None: no more."""
    before = of_catalogue(catalogue)
    now = {(kind, name): record for kind, rows in found.records.items() for name, record in rows.items()}
    was = {(kind, name): record for kind in found.records for name, record in before[kind].items()}
    return {key: now.get(key) for key in now | was if now.get(key) != was.get(key)}


def column(page: Worksheet, heading: str) -> int:
    return next(c.column for c in page[1] if c.value == heading)


@pytest.mark.parametrize("text", ["普通", HTML, FORMULA, "'=1", "''@x"])
def test_out_and_in_again_loses_nothing(text: str) -> None:
    catalogue = nasty(text)
    found = read(write(catalogue, 1))
    assert not found.faults
    assert differing(found, catalogue) == {}
    assert len(found.records["services"]) == len(catalogue.services)


def test_another_program_sees_text_and_drop_downs() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write(nasty(FORMULA), 1)))
    assert [s.title for s in book.worksheets] == [layout().about, *(s.name for s in layout().sheets)]
    for page in book.worksheets[1:]:
        assert all(
            cell.data_type in ("s", "n") and (cell.value is None or cell.data_type == "s")
            for row in page
            for cell in row
        )
    assert {v.type for v in book["数字"].data_validations.dataValidation} == {"list"}
    phones = [row[1].value for row in book["电话"].iter_rows(min_row=2)]
    assert phones and all(isinstance(phone, str) for phone in phones)


def test_a_lone_equals_sign_of_a_figure_is_shown_as_its_drop_down_has_it() -> None:
    catalogue = plain()
    book = openpyxl.load_workbook(io.BytesIO(write(catalogue, 1)))
    page = book["数字"]
    shown = [row[column(page, "比较") - 1].value for row in page.iter_rows(min_row=2)]
    assert shown == [f.comparator for s in catalogue.services for f in s.figures] and "=" in shown
    saved_again = io.BytesIO()
    book.save(saved_again)
    found = read(saved_again.getvalue())
    assert not found.faults and differing(found, catalogue) == {}


def test_a_comparator_behind_an_apostrophe_is_read_as_before() -> None:
    def edit(book: Any) -> None:
        book["数字"].cell(2, column(book["数字"], "比较"), "'=")

    assert differing(edited(edit), plain()) == {}


def test_an_edit_is_one_change() -> None:
    def edit(book: Any) -> None:
        page = book["服务"]
        page.cell(2, column(page, "收费"), "不收费")

    found = edited(edit)
    assert not found.faults
    (((kind, name), record),) = differing(found, plain()).items()
    assert (kind, record["fees"]) == ("services", "不收费")
    assert found.places[kind, name] == ("服务", 2)


def test_a_row_more_and_a_row_less() -> None:
    def edit(book: Any) -> None:
        book["生词"].append(["新词"])
        book["问法"].append([f"services/{plain().services[0].id}", "还有一种问法"])
        book["电话"].delete_rows(3)

    found = differing(edited(edit), plain())
    assert found["words", "新词"] == "新词"
    assert "还有一种问法" in found["services", plain().services[0].id]["phrasings"]
    assert found["contacts", plain().contacts[1].id] is None


@pytest.mark.parametrize(
    ("sheet", "heading", "value", "says"),
    [
        ("服务", "核对日期", "去年", "核对日期:这里要写日期"),
        ("服务", "出处段落", "x", "出处段落:这里要写数字"),
        ("服务", "网上入口", "http://x", "网上入口:要以 https:// 开头"),
        ("服务", "编号", "Not An Id", "编号:只能用小写英文字母"),
        ("电话", "号码", 5748100.0, "号码:号码请写成文字"),
        ("电话", "号码", "打我", "号码:要写 3 到 12 位数字"),
        ("数字", "比较", ">", "比较:只能是 ≥、=、≤、约 里的一个"),
        ("问法", "归属", "services/nobody", "没有 services/nobody 这条记录"),
        ("问法", "居民怎么问", None, "问法是空的"),
        ("问法", "归属", None, "没有写归属"),
        ("服务", "服务名", "=1+1", "公式"),
    ],
)
def test_each_fault_names_its_row(sheet: str, heading: str, value: object, says: str) -> None:
    def edit(book: Any) -> None:
        page = book[sheet]
        page.cell(2, column(page, heading)).value = value

    found = [m for m in messages(edited(edit)) if says in m]
    assert found
    assert found[0].startswith(f"{sheet}:2: ")


@pytest.mark.parametrize(
    ("sheet", "heading", "value", "read_as"),
    [
        ("服务", "核对日期", "2026/3/1", {"checked_on": "2026-03-01"}),
        ("服务", "核对日期", "2026年11月25日", {"checked_on": "2026-11-25"}),
        ("服务", "核对日期", datetime(2026, 3, 1), {"checked_on": "2026-03-01"}),
        (
            "服务",
            "电话编号（一行一个，最合适的在前）",
            "12345、12333，120",
            {"contacts": ["12345", "12333", "120"]},
        ),
        ("数字", "数值", "14,000", {"value": "14000"}),
    ],
)
def test_what_people_write_otherwise_is_read_as_it_is_meant(
    sheet: str, heading: str, value: object, read_as: dict[str, Any]
) -> None:
    def edit(book: Any) -> None:
        page = book[sheet]
        page.cell(2, column(page, heading)).value = value

    found = edited(edit)
    assert not found.faults
    services = found.records["services"].values()
    assert any(read_as.items() <= record.items() for s in services for record in (s, *(s["figures"] or ())))


def test_a_phrasing_or_figure_with_a_fault_is_told_once_at_its_own_row() -> None:
    def edit(book: Any) -> None:
        book["问法"].cell(3, 2).value = "长" * 500
        book["数字"].cell(2, column(book["数字"], "数值")).value = "很多"

    assert sorted(message.rpartition(":")[0] for message in messages(edited(edit))) == [
        "数字:2: 数值",
        "问法:3: 居民怎么问",
    ]


def test_all_faults_come_at_once() -> None:
    def edit(book: Any) -> None:
        for row in (2, 3):
            book["服务"].cell(row, column(book["服务"], "核对日期"), "?")
        book["电话"].cell(2, 2, "?")

    assert len(edited(edit).faults) == 3


def test_an_id_used_twice_and_a_missing_sheet_are_told() -> None:
    def twice(book: Any) -> None:
        book["单位"].append([plain().organizations[0].id, "又一个"])

    def gone(book: Any) -> None:
        del book["近义词"]

    assert any("用了两次" in m for m in messages(edited(twice)))
    assert any("缺“近义词”这张表" in m for m in messages(edited(gone)))


def test_a_first_row_that_is_gone_is_told_once() -> None:
    def edit(book: Any) -> None:
        for page in book.worksheets[1:]:
            page.delete_rows(1)

    found = messages(edited(edit))
    assert sorted(found) == sorted(
        f"{sheet.name}:1: {layout().faults['no-headings']}" for sheet in layout().sheets
    )


@pytest.mark.parametrize("heading", ["", "服务名"])
def test_where_the_services_cannot_be_read_not_every_row_about_one_complains(heading: str) -> None:
    def edit(book: Any) -> None:
        if heading:
            book["服务"].cell(1, column(book["服务"], heading)).value = "名字"
        else:
            del book["服务"]

    (message,) = messages(edited(edit))
    assert message.startswith("服务:1: ")


def test_ten_thousand_rows_are_read() -> None:
    def edit(book: Any) -> None:
        page = book["问法"]
        for row in range(page.max_row + 1, page.max_row + 10_001):
            page.cell(row, 1, f"services/{plain().services[0].id}")
            page.cell(row, 2, f"第{row}种问法")

    found = edited(edit)
    assert not found.faults
    assert len(found.records["services"][plain().services[0].id]["phrasings"]) >= 10_000


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (xlsx_guard.LARGEST_UNPACKED + 1))
    return out.getvalue()


def with_sheet(text: str, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "不是能读的"),
        (b"PK\x03\x04 not a zip", "不是能读的"),
        (with_sheet("<x/>"), "不是能读的"),
        (bytes(xlsx_guard.LARGEST_FILE + 1), "最多 10 MB"),
        (with_sheet('<row r="1048576"><c r="A1048576"/></row>'), "最多 500000 行"),
        (with_sheet("<row r = '1048576'><c r = 'a1048576'/></row>"), "最多 500000 行"),
        (with_sheet('<row r="1048576"/>', "xl/elsewhere.xml"), "最多 500000 行"),
        (with_sheet('<row r="1"><c r="XFD1"/></row>'), "最多 200 列"),
        (with_sheet('<row r="99999"><c r="GR99999"/></row>'), "最多 15000 行"),
        (with_sheet("<c " * 300_000), "不是能读的"),
        (with_sheet('<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "DOCTYPE"),
    ],
)
def test_what_is_no_workbook_is_refused_in_staffs_words(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read(data)
    assert says in ConsolePages().unread(refused.value)


def test_a_zip_bomb_is_refused() -> None:
    data = bomb()
    assert len(data) < 1_000_000
    with pytest.raises(InputError) as refused:
        read(data)
    assert "大得不正常" in ConsolePages().unread(refused.value)


@given(st.text())
def test_what_is_made_harmless_comes_back(text: str) -> None:
    assert restored(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@"))
