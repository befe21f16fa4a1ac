"""The list of what was done names drafts and channels as staff know them."""

import getpass
from pathlib import Path

import pytest
from console_world import Person, another, running, settings

from bot.cli import main

KITCHEN = "/staff/knowledge/services/kitchen"


def rows(admin: Person) -> list[str]:
    """The table's rows, the newest first."""
    table = admin.get("/staff/users").partition("最近的记录")[2].partition("</table>")[0]
    whole, read = admin.page, []
    for row in table.split("<tr>")[2:]:
        admin.page = row
        read.append(admin.text)
    admin.page = whole
    return read


def test_a_draft_is_listed_by_its_title_with_what_was_done_to_it(editor: Person, admin: Person) -> None:
    editor.get(KITCHEN)
    editor.post(KITCHEN, **editor.fields | {"name": ["老年<食堂>"]}, do="save")
    draft = editor.path
    saved, created = rows(admin)[:2]
    assert saved.endswith("林编 改草稿 改：老年<食堂> 改 服务 老年食堂")
    assert created.endswith("林编 新开草稿 改：老年<食堂>")
    assert admin.page.count(f'<a href="{draft}">改：老年&lt;食堂&gt;</a>') == 2
    assert draft.rpartition("/")[2] not in "".join(rows(admin))


def test_what_is_not_there_any_more_is_listed_by_its_id(editor: Person, admin: Person) -> None:
    editor.get("/staff/knowledge/contacts/new")
    phone = {"phone": ["12348"], "name": ["法律"], "id": ["12348"]}
    editor.post("/staff/knowledge/contacts/new", **editor.fields | phone, do="save")
    assert rows(admin)[0].endswith("改 电话 12348")


def test_a_channel_and_an_account_are_listed_by_their_names(reviewer: Person, admin: Person) -> None:
    reviewer.get("/staff/channels")
    reviewer.post("/staff/channels/wechat", do="off", why="试试")
    reviewer.post("/staff/channels/wechat", do="on")
    on, off = rows(admin)[:2]
    assert off.endswith("周审 停掉渠道 微信公众号") and on.endswith("周审 恢复渠道 微信公众号")
    assert any(row.endswith("登录 管理") for row in rows(admin))


def test_what_was_done_in_a_shell_is_listed_in_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise OSError

    made = settings(tmp_path)
    monkeypatch.setattr(getpass, "getuser", nobody)  # as in a container
    monkeypatch.setenv("YONGWEN_CATALOGUE", str(made.catalogue))
    monkeypatch.setenv("YONGWEN_RESIDENTS", str(made.residents))
    assert main(["user", "disable", "林编"]) == 0
    assert main(["channel", "off", "wechat", "--why", "试试"]) == 0
    with running(made) as client:
        admin = another(client).sign_in("管理")
        lines = rows(admin)
        admin.get("/staff/channels")
    assert any(line.endswith("命令行 停用 林编") for line in lines)
    assert any(line.endswith("命令行 停掉渠道 微信公众号") for line in lines)
    assert "命令行 在" in admin.text and "command" not in admin.text
