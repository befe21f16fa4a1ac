"""今日: what is pressed there, besides attaching (the journey tells of that)."""

import re

import pytest
from console_world import another, running, settings
from tiny_knowledge import tiny

from bot.staff.clusters import Suggested, Suggestion

METRO, LOTTERY, DOG = "地铁末班车几点", "彩票去哪里买", "充电桩安装"


@pytest.fixture
def waiting(editor):
    """Questions of three topics asked in vain, written to the log by now."""
    for text in (METRO, LOTTERY, DOG):
        if f"<summary>{text}" not in editor.get("/staff", all="1"):
            editor.ask(text)
    for _ in range(100):
        editor.get("/staff", all="1")
        if all(text in editor.page for text in (METRO, LOTTERY, DOG)):
            return editor
    raise AssertionError("the log never got them")


def test_what_has_no_wording_ticked_or_no_service_chosen_does_nothing(waiting):
    waiting.post("/staff/asked", attach="kitchen")
    assert "没有选中哪句话" in waiting.text
    waiting.post("/staff/asked", wording=METRO, attach="", service="")
    assert "没有选服务" in waiting.text
    waiting.get("/staff")
    waiting.post("/staff/asked", wording=METRO, attach="no-such-service")
    assert waiting.status == 404


def test_what_the_release_says_already_makes_no_draft(person):
    reviewer = person("周审")
    reviewer.get("/staff/drafts")
    before = reviewer.page.count("/staff/drafts/")
    reviewer.get("/staff")
    reviewer.post("/staff/asked", wording="食堂甲", attach="kitchen")
    assert reviewer.path == "/staff"
    assert "没有改动" in reviewer.text
    reviewer.get("/staff/drafts")
    assert reviewer.page.count("/staff/drafts/") == before


def test_a_question_becomes_a_signpost_to_be_looked_at(waiting):
    waiting.post("/staff/asked", wording=METRO, signpost="1")
    assert re.match(r"/staff/knowledge/signposts/topic-\w+", waiting.path)
    assert waiting.fields["phrasings"] == [METRO]
    assert waiting.fields["contacts"][0] == "12345"
    assert waiting.fields["name"] == [METRO]
    waiting.get("/staff", all="1")
    part = waiting.page.partition(f"<summary>{METRO}")[2].partition("</details>")[0]
    assert "已在草稿里" in part


def test_a_question_is_attached_to_a_likely_signpost_that_is_there(waiting, monkeypatch):
    likely = Suggested([], [Suggestion("passport", "护照", 0.4)])  # the one here takes all near it
    monkeypatch.setattr("bot.staff.console.pending.suggestions", lambda *_: likely)
    text = "恐龙几时灭绝"
    waiting.ask(text)
    for _ in range(100):
        if f"<summary>{text}" in waiting.get("/staff", all="1"):
            break
    part = waiting.page.partition(f"<summary>{text}")[2].partition("</details>")[0]
    assert 'name="attach" value="signposts/passport">护照' in part.partition("归到一条指路")[2]
    waiting.post("/staff/asked", wording=text, attach="replies/thanks")
    assert waiting.status == 404
    waiting.get("/staff")
    waiting.post("/staff/asked", wording=text, attach="signposts/passport")
    assert re.fullmatch(r"/staff/drafts/\w+", waiting.path) and f"<ins>{text}</ins>" in waiting.page


def test_a_question_begins_a_new_service(waiting):
    waiting.post("/staff/asked", wording=[DOG, METRO], new="1")
    assert waiting.path == "/staff/knowledge/services/new"
    assert waiting.fields["phrasings"] == [f"{DOG}\n{METRO}"]
    assert waiting.fields["checked_on"] != [""]


def test_a_very_long_question_is_listed_by_its_beginning_and_shown_whole_within(editor):
    text = "卫星发射基地在月亮背面" * 30
    editor.ask(text)
    for _ in range(100):
        if text in editor.get("/staff", all="1"):
            break
    [heading] = [s for s in re.findall(r"<summary>(.*?)</summary>", editor.page) if "卫星" in s]
    assert len(re.match("[^<]*", heading)[0]) <= 61 and "…" in heading
    assert f'value="{text}"' in editor.page


def test_a_question_put_aside_stays_away(waiting):
    waiting.post("/staff/asked", wording=LOTTERY, dismiss="1")
    assert f"<summary>{LOTTERY}" not in waiting.page
    waiting.ask(LOTTERY)
    assert f"<summary>{LOTTERY}" not in waiting.get("/staff", all="1")


def test_what_a_signpost_took_is_listed_apart_by_signpost(editor):
    for text in ("护照去哪里办", "办护照", "护照去哪里办"):
        editor.ask(text)
    for _ in range(100):
        if 'id="elsewhere"' in editor.get("/staff"):
            break
    apart = editor.page.partition('id="elsewhere"')[2].partition("</section>")[0]
    assert (
        "护照" in apart and 'value="护照去哪里办"' in apart and "/staff/knowledge/signposts/passport" in apart
    )
    vain = editor.page.partition('id="vain"')[2].partition("</section>")[0]
    assert "护照" not in vain
    editor.post("/staff/asked", wording=["护照去哪里办", "办护照"], dismiss="1")
    assert 'value="护照去哪里办"' not in editor.page


def called_wrong(editor, question):
    """The id of the answer, and what today's page shows of it."""
    html = editor.client.post("/chat", json={"text": question}).json()["html"]
    id_ = re.search(r'name="answer" value="([^"]+)"', html)[1]
    editor.client.post("/feedback", data={"answer": id_, "verdict": "wrong"})
    return id_, editor.get("/staff").partition('id="wrong"')[2].partition("</section>")[0]


def test_a_signpost_called_wrong_leads_to_it_and_what_was_not_known_says_so(editor):
    id_, wrong = called_wrong(editor, "护照去哪里办")
    assert '<a href="/staff/knowledge/signposts/passport">护照</a>' in wrong
    editor.post("/staff/settle", answer=id_)
    id_, wrong = called_wrong(editor, METRO)
    assert "没有答上" in wrong
    editor.post("/staff/settle", answer=id_)


def test_an_answer_called_wrong_is_shown_until_seen_to(editor):
    id_, wrong = called_wrong(editor, "食堂甲<i>")
    assert "食堂甲&lt;i&gt;" in wrong
    assert '<a href="/staff/knowledge/services/kitchen">老年食堂</a>' in wrong
    assert "老年食堂到2025年要有130家。老人去社区吃饭。" in wrong
    editor.post("/staff/settle", answer=id_)
    wrong = editor.page.partition('id="wrong"')[2].partition("</section>")[0]
    assert "食堂甲" not in wrong and "没有。" in wrong


def test_the_charts_are_drawn_with_their_figures_beneath(editor):
    editor.ask("食堂甲")
    for _ in range(100):
        if "Telegram" not in editor.get("/staff", days="7") and "老年食堂</th>" in editor.page:
            break
    assert editor.page.count('<svg class="chart"') >= 4
    assert re.search(r'<th scope="row">老年食堂</th><td class="number">\d', editor.page)
    assert "近 7 天" in editor.text


def test_only_what_is_really_due_is_counted_and_what_ended_with_the_plan_is_one_line(tmp_path):
    files = {path: text.replace("due_on: 2127-02-21", "due_on: 2100-01-01") for path, text in tiny().items()}
    kitchen = "services/elderly/kitchen.yaml"
    files[kitchen] = files[kitchen].replace("valid_through: 2025-12-31", "valid_through: 2025-06-30")
    with running(settings(tmp_path, files)) as client:
        page = another(client).sign_in("林编").get("/staff")
    part = page.partition('id="due"')[2].partition("</section>")[0]
    counted, over = part.partition("<summary>规划期满")[::2]
    assert f'<span class="count">{counted.count("<li")} 条</span></h2>' in counted
    assert "/services/kitchen" in counted and "/services/library" not in counted
    assert over.startswith(' <span class="count">1 条') and over.count("<li>") == 1
    assert "/services/library" in over and "核对过" not in over
    assert "open" not in counted.rpartition("<details")[2]
