"""Two drafts change one field; the second is put on the first's release by choosing, field by field."""

import re

KITCHEN = "/staff/knowledge/services/kitchen"


def draft_with(who, fee: str) -> str:
    who.get(KITCHEN)
    who.post(KITCHEN, **{**who.fields, "fees": [fee], "draft": [""], "do": "save"})
    return who.path


def press(who, path: str, do: str) -> None:
    who.get(path)
    who.post(path, do=do, version=re.search(r'name="version" value="(\d+)"', who.page)[1])
    while 'http-equiv="refresh"' in who.page:
        who.get(who.path)


def test_the_second_draft_chooses_between_its_words_and_the_releases(editor, reviewer):
    first, second = draft_with(editor, "不要钱"), draft_with(editor, "便宜")
    press(editor, first, "submit")
    press(reviewer, first, "approve")
    press(reviewer, first, "release")
    assert reviewer.path == "/staff/history/2"
    editor.get(second)
    assert "要先合到新版上" in editor.text
    editor.post(f"{second}/rebase")
    assert editor.status == 409
    assert "不要钱" in editor.text and "便宜" in editor.text
    name = re.search(r'type="radio" name="([^"]+)" value="mine"', editor.page)[1]
    editor.post(f"{second}/rebase", **{name: "mine"})
    assert editor.path == second and "要先合到新版上" not in editor.text
    assert "<del>不要钱</del>" in editor.page and "<ins>便宜</ins>" in editor.page
    press(editor, second, "submit")
    press(reviewer, second, "approve")
    press(reviewer, second, "release")
    assert reviewer.path == "/staff/history/3"
    assert "便宜" in reviewer.text
