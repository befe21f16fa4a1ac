"""Files out of the console, and files back in as drafts."""

import io
import json
from typing import Any

import openpyxl
import pytest
from console_world import Person, another
from starlette.testclient import TestClient

from bot.staff.exports.formats import FORMATS
from bot.staff.xlsx_guard import LARGEST_FILE


def upload(person: Person, key: str, data: bytes, token: str | None = None) -> str:
    person.get("/staff/exchange")
    value = person.page.partition('name="token" value="')[2].partition('"')[0] if token is None else token
    response = person.client.post(
        f"/staff/exchange/{key}", data={"token": value}, files={"file": (f"a.{key}", data)}
    )
    return person.seen(response)


def workbook(person: Person) -> Any:
    return openpyxl.load_workbook(io.BytesIO(person.client.get("/staff/exchange/xlsx").content))


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_format_has_a_button_that_works(editor: Person) -> None:
    page = editor.get("/staff/exchange")
    for name, form in FORMATS.items():
        assert f'href="/staff/exchange/{name}"' in page
        if name == "pdf":
            continue  # tests/staff/exports reads the leaflets; ten of them take long
        response = editor.client.get(f"/staff/exchange/{name}")
        assert response.status_code == 200 and response.content
        assert form.filename in response.headers["content-disposition"]


def test_an_edited_workbook_becomes_a_draft(editor: Person) -> None:
    book = workbook(editor)
    page = book["服务"]
    fees = next(c.column for c in page[1] if c.value == "收费")
    page.cell(2, fees).value = "不收费<b>"
    upload(editor, "xlsx", saved(book))
    assert editor.status == 200 and editor.path.startswith("/staff/drafts/")
    assert "不收费<b>" in editor.text and "<b>" not in editor.page.replace("<body", "")


def test_a_file_sent_twice_makes_one_draft(editor: Person) -> None:
    book = workbook(editor)
    page = book["服务"]
    page.cell(2, next(c.column for c in page[1] if c.value == "收费")).value = "两次一样"
    data = saved(book)
    upload(editor, "xlsx", data)
    draft = editor.path
    upload(editor, "xlsx", data)
    assert editor.status == 200 and editor.path == draft


def test_a_fault_is_shown_by_row_and_nothing_is_kept(editor: Person) -> None:
    drafts = editor.get("/staff/drafts").count("从表格导入")
    book = workbook(editor)
    book["电话"].cell(2, 2).value = "打我"
    upload(editor, "xlsx", saved(book))
    assert editor.status == 422
    assert "电话 2 号码" in editor.text
    assert editor.get("/staff/drafts").count("从表格导入") == drafts


def test_a_fault_of_many_rows_is_one_line(editor: Person) -> None:
    book = workbook(editor)
    page = book["问法"]
    first = page.max_row + 1
    for row in (first, first + 1, first + 2, first + 4):
        page.cell(row, 1, "services/nobody")
        page.cell(row, 2, f"第{row}问")
    page.cell(first + 3, 1, "services/library")
    page.cell(first + 3, 2, "看书的新问法")
    upload(editor, "xlsx", saved(book))
    assert editor.status == 422
    assert "有 1 处不对" in editor.text
    assert f"问法 {first}–{first + 2}、{first + 4} 没有 services/nobody 这条记录" in editor.text


def test_a_sentence_taken_away_is_told_as_what_the_sheet_is_about(editor: Person) -> None:
    book = workbook(editor)
    key = book["回复"].cell(2, 1).value
    book["回复"].delete_rows(2)
    upload(editor, "xlsx", saved(book))
    assert editor.status == 422
    assert f"固定的话 — 缺 {key} 这一句" in editor.text


def test_an_untouched_export_changes_nothing(editor: Person) -> None:
    data = editor.client.get("/staff/exchange/json").content
    assert json.loads(data)["release"] == 1
    upload(editor, "json", data)
    assert editor.status == 400
    assert "没有要改的" in editor.text


@pytest.mark.parametrize(("key", "data"), [("xlsx", b"no"), ("json", b"[]"), ("xlsx", b"")])
def test_what_is_no_such_file_is_refused(editor: Person, key: str, data: bytes) -> None:
    upload(editor, key, data)
    assert editor.status == 400 and "这个文件没有收" in editor.text
    assert ("文件是空的" in editor.text) is (data == b"")
    assert f'action="/staff/exchange/{key}"' in editor.page  # another can be chosen at once


def test_fifty_megabytes_are_refused(editor: Person) -> None:
    upload(editor, "xlsx", bytes(5 * LARGEST_FILE))
    assert editor.status == 413


def test_a_forged_upload_is_refused(editor: Person) -> None:
    upload(editor, "xlsx", saved(workbook(editor)), token="x")
    assert editor.status == 403


def test_nobody_downloads_without_signing_in(client: TestClient) -> None:
    response = another(client).client.get("/staff/exchange/json", follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/staff/sign-in")
