"""From a question asked in vain to a released answer and back, through the pages, by two people."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from console_world import Person

ASKED, LIKEWISE = "地铁末班车几点", "宁波地铁几点关门"


def act(who: Person, do: str, **more: str) -> None:
    """Press a button of the draft's page that is open."""
    version = re.search(r'name="version" value="(\d+)"', who.page)[1]
    who.post(who.path, do=do, version=version, **more)


def pressed_by_all(people: Sequence[Person], path: str, **fields: str) -> None:
    """The same button pressed by several people at the same moment."""
    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(lambda who: who.post(path, **fields), people))


def finished(who: Person) -> None:
    """Reload a job's page until the job is over."""
    for _ in range(200):
        if "/jobs/" not in who.path or 'http-equiv="refresh"' not in who.page:
            return
        who.get(who.path)
    raise AssertionError("the job never ended")


def group_of(who: Person, text: str) -> dict[str, str]:
    """The hidden field of the group of questions that a text stands for."""
    part = who.page.partition(f"<summary>{text}")[2].partition("</details>")[0]
    assert part, f"{text} is not on the page"
    return {"group": re.search(r'name="group" value="([^"]+)"', part)[1]}


def _a_question_asked_in_vain_is_found_on_today(editor):
    for _ in range(3):
        assert "食堂" not in editor.ask(ASKED)
    editor.ask(LIKEWISE)
    for _ in range(300):  # the log is written beside the answering
        if "4 次" in editor.get("/staff"):
            break
    assert f"<summary>{ASKED}" in editor.page
    part = editor.page.partition(f"<summary>{ASKED}")[2].partition("</details>")[0]
    assert "4 次，2 种说法" in part
    assert part.count('type="checkbox"') == 2


def _it_is_attached_to_a_service_with_one_press(editor, story):
    editor.post("/staff/asked", **group_of(editor, ASKED), wording=ASKED, attach="kitchen")
    assert re.fullmatch(r"/staff/drafts/\w+", editor.path)
    story["draft"] = editor.path
    assert f"<ins>{ASKED}</ins>" in editor.page
    assert "没有不对的地方" in editor.text
    assert "食堂" not in editor.ask(ASKED)


def _who_wrote_it_may_neither_approve_nor_release(editor, story):
    editor.get(story["draft"])
    act(editor, "submit", text="居民常问地铁")
    assert "送审了" in editor.text
    assert ">审核通过</button>" not in editor.page
    for do, said in (("approve", "不能审核"), ("release", "不能发布")):
        act_on = {"do": do, "version": re.search(r'name="version" value="(\d+)"', editor.page)[1]}
        editor.post(story["draft"], **act_on)
        assert (editor.status, editor.path) == (403, story["draft"]) and said in editor.text
        editor.get(story["draft"])
        assert "等审核" in editor.text


def _a_second_person_sees_it_discusses_and_sends_it_back(reviewer, editor, story):
    assert story["draft"] in reviewer.get("/staff")
    reviewer.get(story["draft"])
    assert f"<ins>{ASKED}</ins>" in reviewer.page and "居民常问地铁" in reviewer.text
    act(reviewer, "comment", text="地铁 <b>几点</b>？")
    assert "&lt;b&gt;几点" in reviewer.page and "<b>几点" not in reviewer.page
    act(reviewer, "send-back", text="再想想")
    assert "采编中" in reviewer.text and "再想想" in reviewer.text
    editor.get(story["draft"])
    act(editor, "submit")
    assert "等审核" in editor.text


def _a_trial_tells_what_would_be_answered_otherwise(reviewer, story):
    reviewer.get(story["draft"])
    act(reviewer, "try")
    finished(reviewer)
    row = reviewer.page.partition(f'<th scope="row">{ASKED}')[2].partition("</tr>")[0]
    assert "没答上" in row and "答上：老年食堂" in row
    assert "变差的例句：<strong>0</strong>" in reviewer.page


def _the_second_person_approves_and_releases(reviewer, admin, story):
    reviewer.get(story["draft"])
    act(reviewer, "approve")
    assert "可以发布" in reviewer.text
    version = re.search(r'name="version" value="(\d+)"', reviewer.page)[1]
    pressed_by_all([reviewer, admin], story["draft"], do="release", version=version)
    for who in (reviewer, admin):  # one release, whose end both see
        finished(who)
        assert (who.status, who.path) == (200, "/staff/history/2")
    assert "发布好了" in reviewer.text
    for said in ("林编 写", "周审 审", "居民常问地铁", f"+ {ASKED}"):
        assert said.removeprefix("+ ") in reviewer.text
    reviewer.get(story["draft"])
    assert "已发布" in reviewer.text


def _the_chat_answers_it_now_and_today_no_longer_lists_it(editor):
    for _ in range(100):
        if "老年食堂" in editor.ask(ASKED):
            break
    assert "老年食堂" in editor.ask(ASKED)
    assert f"<summary>{ASKED}" not in editor.get("/staff")


def _history_tells_what_was_said_on_a_day(editor):
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    editor.get("/staff/history", service="kitchen", day=today.isoformat())
    assert "老年食堂到2025年要有130家。老人去社区吃饭。" in editor.text
    editor.get("/staff/history", service="kitchen", day="1999-01-01")
    assert "那天还没有发布过" in editor.text


def _an_editor_may_not_roll_back(editor):
    editor.get("/staff/history/1")
    assert "整个退回" not in editor.page
    editor.post("/staff/history/1/back", reason="试试", service="")
    assert editor.status == 403


def _a_reviewer_rolls_back_for_a_reason_and_is_asked_once(reviewer, admin, editor):
    reviewer.get("/staff/history")
    reviewer.get("/staff/history/1")
    assert "整个退回到这一版" in reviewer.text and "老年食堂" in reviewer.text
    reviewer.post("/staff/history/1/back", reason=" ", service="")
    assert reviewer.status == 400 and "请写为什么退回，最多 400 字" in reviewer.text
    reviewer.post("/staff/history/1/back", reason="改了点", service="")
    assert "整个退回到第 1 版？" in reviewer.text and "老年食堂" in reviewer.text
    assert "第 3 版" not in reviewer.get("/staff/history")
    pressed_by_all([reviewer, admin], "/staff/history/1/back", reason="改了点", service="", sure="1")
    for who in (reviewer, admin):
        finished(who)
        assert (who.status, who.path) == (200, "/staff/history/3")
    assert "改了点" in reviewer.text
    for _ in range(100):
        if "老年食堂" not in editor.ask(ASKED):
            break
    assert "老年食堂" not in editor.ask(ASKED)


def _the_trail_tells_of_both(admin):
    admin.get("/staff/users")
    trail = admin.text.partition("最近的记录")[2]
    assert "退回 到第 1 版，成为 第 3 版 改了点" in trail
    assert "退回 老年食堂 到第 2 版，成为 第 4 版 又搬回来了" in trail


def _one_service_alone_comes_back(reviewer):
    reviewer.get("/staff/history/2")
    reviewer.post("/staff/history/2/back", reason="又搬回来了", service="kitchen")
    finished(reviewer)
    assert (reviewer.status, reviewer.path) == (200, "/staff/history/4")
    assert ASKED in reviewer.text


def test_from_a_question_asked_in_vain_to_its_answer_and_back(editor, reviewer, admin):
    """One story; each step stands on the one before."""
    story: dict[str, str] = {}
    _a_question_asked_in_vain_is_found_on_today(editor)
    _it_is_attached_to_a_service_with_one_press(editor, story)
    _who_wrote_it_may_neither_approve_nor_release(editor, story)
    _a_second_person_sees_it_discusses_and_sends_it_back(reviewer, editor, story)
    _a_trial_tells_what_would_be_answered_otherwise(reviewer, story)
    _the_second_person_approves_and_releases(reviewer, admin, story)
    _the_chat_answers_it_now_and_today_no_longer_lists_it(editor)
    _history_tells_what_was_said_on_a_day(editor)
    _an_editor_may_not_roll_back(editor)
    _a_reviewer_rolls_back_for_a_reason_and_is_asked_once(reviewer, admin, editor)
    _one_service_alone_comes_back(reviewer)
    _the_trail_tells_of_both(admin)
