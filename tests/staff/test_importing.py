"""A workbook or a JSON export becomes a draft that changes just what was changed, or nothing at all."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from editorial import ADMIN, EDITOR, REVIEWER, Here, built, opened
from tiny_knowledge import tiny

from bot.app.editorial import Editorial
from bot.catalogue.model import Catalogue
from bot.catalogue.records import Address
from bot.errors import InputError, KnowledgeError
from bot.staff import importing, workbook
from bot.staff.console.pages import ConsolePages
from bot.staff.exports.faq import Stamp
from bot.staff.exports.formats import made

pytestmark = pytest.mark.anyio
LIBRARY = Address("services", "library")
STAMP = Stamp(1, date(2026, 11, 28))


async def catalogue(editorial: Editorial) -> Catalogue:
    found = (await editorial.drafts.checker.check(await editorial.drafts.history.live())).catalogue
    assert found is not None
    return found


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def book_of(editorial: Editorial) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook.write(await catalogue(editorial), 1)))


def cell(page: Any, row: int, heading: str) -> Any:
    return page.cell(row, next(c.column for c in page[1] if c.value == heading))


def row_of(page: Any, name: str) -> int:
    return next(row[0].row for row in page.iter_rows(min_row=2) if row[0].value == name)


async def test_an_untouched_workbook_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        imported = await importing.workbook(
            editorial.drafts, workbook.write(await catalogue(editorial), 1), Here()
        )
        assert imported == importing.Imported({}, (), 1)
        with pytest.raises(InputError, match="nothing to change"):
            await importing.into_draft(editorial.drafts, EDITOR, imported, "表格")
        assert await editorial.drafts.all() == []


async def test_a_sheet_that_was_sorted_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        for page in book.worksheets[1:]:
            rows = sorted(page.iter_rows(min_row=2, values_only=True), key=str, reverse=True)
            for number, row in enumerate(rows, 2):
                for column, value in enumerate(row, 1):
                    page.cell(number, column).value = value
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
    assert imported == importing.Imported({}, (), 1)


async def test_among_sorted_rows_a_new_one_and_a_missing_one_are_seen(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        page = book["问法"]
        said = [cell.value for cell in page["B"][1:]]
        page.insert_rows(2)
        page.cell(2, 1).value, page.cell(2, 2).value = "services/library", "图书馆怎么去"
        page.delete_rows(said.index("看书甲") + 3)
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
    ((path, text),) = imported.texts.items()
    before = tiny()[path].splitlines()
    assert (text or "").splitlines() == [line for line in before if "看书甲" not in line] + [
        "  - 图书馆怎么去"
    ]


async def test_a_fault_of_a_phrasing_is_told_at_its_own_row(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        page = book["问法"]
        page.append(["services/library", "食堂甲"])
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
    (fault,) = imported.faults
    assert (fault.sheet, fault.column) == ("问法", "居民怎么问")
    assert page.cell(fault.row, 2).value == "食堂甲" and "食堂甲" in fault.message


async def test_an_untouched_export_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        (data,) = made("json", await catalogue(editorial), STAMP).values()
        assert await importing.exported(editorial.drafts, data, Here()) == importing.Imported({}, (), 1)


async def test_an_edited_cell_becomes_a_draft_of_one_field(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        page = book["服务"]
        kitchen = row_of(page, "kitchen")
        cell(page, kitchen, "收费").value = "不收费"
        cell(page, kitchen, "一句话答案").value = "老年食堂到2025年要有131家。"
        cell(book["数字"], row_of(book["数字"], "kitchen"), "数值").value = 131
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
        draft = await importing.into_draft(editorial.drafts, EDITOR, imported, "表格")
        changes = await editorial.drafts.changes(draft.id)
    assert {(str(c.address), c.field) for c in changes} == {
        ("services/kitchen", "fees"),
        ("services/kitchen", "summary"),
        ("services/kitchen", "figures"),
    }
    (path,) = imported.texts
    before, after = tiny()[path].splitlines(), (imported.texts[path] or "").splitlines()
    assert len(set(after) - set(before)) == 3, "every other line stays as it was"


async def released_meanwhile(editorial: Editorial) -> None:
    """Somebody else's change of the library becomes release 2."""
    drafts, reviews = editorial.drafts, editorial.reviews
    draft = await drafts.create(ADMIN, "别人的")
    fields = {**(await drafts.records())[LIBRARY], "fees": "借书免费"}
    draft = await drafts.save(ADMIN, draft.id, draft.version, {LIBRARY: fields})
    await reviews.submit(ADMIN, draft.id, draft.version)
    await reviews.approve(REVIEWER, draft.id, draft.version)
    assert (await editorial.publisher.release(REVIEWER, draft.id, draft.version)).number == 2


@pytest.mark.parametrize("kind", ["xlsx", "json"])
async def test_what_others_released_since_the_file_was_made_stays(tmp_path: Path, kind: str) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        (data,) = made("json", await catalogue(editorial), STAMP).values()
        await released_meanwhile(editorial)
        if kind == "xlsx":
            cell(book["服务"], row_of(book["服务"], "kitchen"), "收费").value = "不收费"
            imported = await importing.workbook(editorial.drafts, saved(book), Here())
        else:
            whole = json.loads(data)
            next(s for s in whole["catalogue"]["services"] if s["id"] == "kitchen")["fees"] = "不收费"
            imported = await importing.exported(editorial.drafts, json.dumps(whole).encode(), Here())
        draft = await importing.into_draft(editorial.drafts, EDITOR, imported, "上周的表格")
        assert draft.base == 1
        draft, _ = await editorial.drafts.rebase(EDITOR, draft.id)
        changes = await editorial.drafts.changes(draft.id)
        records = await editorial.drafts.records(draft.id)
    assert [(str(c.address), c.field, c.after) for c in changes] == [("services/kitchen", "fees", "不收费")]
    assert records[LIBRARY]["fees"] == "借书免费"


async def test_a_file_that_does_not_say_its_release_is_compared_with_the_live_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        await released_meanwhile(editorial)
        for line in ("", "第 77 版", str(book["说明"]["A1"].value).replace("1", "77")):
            book["说明"]["A1"].value = line
            assert (await importing.workbook(editorial.drafts, saved(book), Here())).base == 2
        del book["说明"]
        assert (await importing.workbook(editorial.drafts, saved(book), Here())).base == 2


async def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        data = workbook.write(await catalogue(editorial), 1)
        assert (await importing.workbook(editorial.drafts, data)).faults == ()


async def test_a_file_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    """Each wrong record of a few bytes is told in a kilobyte."""
    data = b'{"release": 1, "catalogue": {"services": [' + b"0," * 1_000_000 + b"0]}}"
    async with opened(tmp_path) as editorial:
        with pytest.raises(InputError, match="memory") as refused:
            await importing.exported(editorial.drafts, data)
    assert "大得不正常" in ConsolePages().unread(refused.value)


async def test_a_service_whose_row_is_deleted_goes_with_all_that_is_its_and_names_it(tmp_path: Path) -> None:
    files = tiny()
    files["examples/elderly/kitchen.yaml"] += "  - q: 哪里看书\n    lands: library\n"
    files["examples/talk/several.yaml"] = """\
several:
  - q: 看书和吃饭
    lands: [library, kitchen]
  - q: 护照和吃饭
    lands: [outside, kitchen]
"""
    files["domains.yaml"] += "menus:\n  - id: culture\n    services:\n      - library\n"
    await built(tmp_path, files)
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        book["服务"].delete_rows(row_of(book["服务"], "library"))
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
    assert imported.faults == ()
    texts = {path: text for path, text in imported.texts.items() if text is not None}
    assert texts.keys() == {
        "services/elderly/kitchen.yaml",
        "examples/elderly/kitchen.yaml",
        "examples/talk/several.yaml",
        "domains.yaml",
    }
    assert not [path for path, text in texts.items() if "library" in text or "看书" in text]
    assert "护照和吃饭" in texts["examples/talk/several.yaml"]
    gone = {path for path, text in imported.texts.items() if text is None}
    assert gone == {p for p in tiny() if p.endswith("/library.yaml")}
    assert len(gone) == 2


async def test_a_topic_whose_row_is_deleted_goes_with_its_phrasings(tmp_path: Path) -> None:
    files = tiny()
    files["signposts.yaml"] += (
        files["signposts.yaml"].partition("\n")[2].replace("护照", "签证").replace("passport", "visa")
    )
    files["elsewhere.yaml"] = (
        files["signposts.yaml"]
        .replace("signposts:", "elsewhere:")
        .replace("passport", "weather")
        .replace("护照", "天气")
        .replace("visa", "stocks")
        .replace("签证", "股票")
    )
    await built(tmp_path, files)
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        for name in ("passport", "weather"):
            book["指路"].delete_rows(row_of(book["指路"], name))
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
    assert imported.faults == ()
    assert imported.texts.keys() == {"signposts.yaml", "elsewhere.yaml"}
    for gone, left in (("护照", "签证"), ("天气", "股票")):
        texts = "".join(text or "" for text in imported.texts.values())
        assert gone not in texts and left in texts


async def test_an_id_changed_is_one_fault_at_its_row(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        row = row_of(book["服务"], "library")
        cell(book["服务"], row, "编号").value = "reading"
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
    (fault,) = imported.faults
    assert fault[:3] == ("服务", row, "编号")
    assert "library" in fault.message


async def test_a_new_service_becomes_a_draft_that_asks_for_its_examples(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        page = book["服务"]
        page.append([c.value for c in page[row_of(page, "library")]])
        for heading, value in (("编号", "museum"), ("服务名", "博物馆")):
            cell(page, page.max_row, heading).value = value
        for number in range(30):
            book["问法"].append(["services/museum", f"博物馆{'很' * number}好"])
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
        draft = await importing.into_draft(editorial.drafts, EDITOR, imported, "表格")
        (fault,) = (await editorial.drafts.faults(draft.id)).blocking
    assert imported.texts.keys() == {"services/culture/museum.yaml"}
    assert (fault.address, fault.fault.code) == (Address("services", "museum"), "no-examples")


async def test_rows_about_what_never_was_are_faults(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        for owner in ("services/libary", "library", "contacts/12333"):
            book["问法"].append([owner, f"{owner}几点开"])
        book["数字"].append(["libary", "座位", "=", 5, "个", 2025])
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
    told = {fault.message for fault in imported.faults}
    assert told == {f"没有 {o} 这条记录" for o in ("services/libary", "library", "contacts/12333", "libary")}


async def test_faults_between_records_are_told_by_row_and_nothing_is_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        book = await book_of(editorial)
        cell(book["服务"], 3, "一句话答案").value = "请打 88888888。"
        cell(book["服务"], 2, "责任单位编号").value = "nobody"
        imported = await importing.workbook(editorial.drafts, saved(book), Here())
        with pytest.raises(KnowledgeError) as refused:
            await importing.into_draft(editorial.drafts, EDITOR, imported, "表格")
        assert await editorial.drafts.all() == []
    assert [(f.sheet, f.row, f.column) for f in sorted(imported.faults)] == [
        ("服务", 2, "责任单位编号"),
        ("服务", 3, "一句话答案"),
    ]
    assert len(refused.value.faults) == 2


async def test_an_export_of_another_hand_is_read_whole(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        (data,) = made("json", await catalogue(editorial), STAMP).values()
        whole = json.loads(data)
        whole["catalogue"]["replies"]["greeting"] = "您好。"
        whole["catalogue"]["smalltalk"] = whole["catalogue"]["smalltalk"][1:]
        imported = await importing.exported(editorial.drafts, json.dumps(whole).encode(), Here())
    assert "replies.yaml" in imported.texts
    assert "'您好。'" in (imported.texts["replies.yaml"] or "")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"catalogue": {"plan": 1}}', b"\xff"])
async def test_what_is_no_export_is_refused(tmp_path: Path, data: bytes) -> None:
    async with opened(tmp_path) as editorial:
        with pytest.raises(InputError):
            await importing.exported(editorial.drafts, data, Here())
