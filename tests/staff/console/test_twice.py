"""Buttons pressed twice by a browser without JavaScript, which would send a form only once."""

import re

from console_world import Person

KITCHEN = "/staff/knowledge/services/kitchen"
STEPS = [  # who presses what next, what is typed for it, and where the draft then stands
    ("editor", "comment", "还差收费", "采编中"),
    ("editor", "submit", "收费变了", "等审核"),
    ("editor", "withdraw", "", "采编中"),
    ("editor", "submit", "收费变了", "等审核"),
    ("reviewer", "send-back", "请写明单位", "采编中"),
    ("editor", "discard", "", "作废"),
    ("editor", "reopen", "", "采编中"),
    ("editor", "submit", "收费变了", "等审核"),
    ("reviewer", "approve", "", "审核通过，等发布"),
]


def press(who: Person, draft: str, do: str, text: str) -> None:
    who.get(draft)
    version = re.search(r'name="version" value="(\d+)"', who.page)
    assert version
    for _ in range(2):
        who.post(draft, do=do, version=version[1], text=text)
        assert (who.status, who.path) == (200, draft), who.text


def saved(editor: Person, fees: str) -> str:
    editor.get(KITCHEN)
    editor.post(KITCHEN, **editor.fields | {"fees": [fees], "draft": [""]}, do="save")
    return editor.path


def test_a_step_pressed_twice_is_taken_once_and_shows_no_fault(editor: Person, reviewer: Person) -> None:
    draft, people = saved(editor, "两次"), {"editor": editor, "reviewer": reviewer}
    for who, do, text, state in STEPS:
        press(people[who], draft, do, text)
        tag = re.search(r'<h1>.*?<span class="tag">(.*?)</span>', people[who].page, re.S)
        assert tag and tag[1] == state
        assert 'role="alert"' not in people[who].page
    thread = editor.get(draft).partition('id="thread"')[2]
    assert [thread.count(text) for text in ("还差收费", "请写明单位")] == [1, 1]


def test_a_step_that_somebody_undid_is_not_called_done(editor: Person, reviewer: Person) -> None:
    draft = saved(editor, "撤回")
    press(editor, draft, "submit", "收费变了")
    press(editor, draft, "withdraw", "")
    for do in ("approve", "send-back"):
        reviewer.get(draft)
        reviewer.post(draft, do=do, version="1", text="请写明单位")
        assert reviewer.status == 403 and "已经不在那一步" in reviewer.text


def test_what_another_person_writes_in_the_same_words_is_kept(editor: Person, reviewer: Person) -> None:
    draft = saved(editor, "同意")
    for who in (editor, reviewer):
        press(who, draft, "comment", "同意")
    assert editor.get(draft).partition('id="thread"')[2].count("同意") == 2


def test_mentions_taken_along_twice_go_once(editor: Person) -> None:
    library = "/staff/knowledge/services/library"
    editor.get(library)
    editor.post(library, **editor.fields | {"draft": [""]}, do="remove")
    assert "一并去掉提到的地方" in editor.page
    press(editor, editor.path, "clear", "")
    assert "没有不对的地方" in editor.text and 'role="alert"' not in editor.page
