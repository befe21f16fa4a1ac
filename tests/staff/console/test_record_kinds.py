"""The kinds of record that say how 甬问 understands, and those that only programs write."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from console_world import Person, running, settings
from test_edit import faults, opened, sent
from tiny_knowledge import tiny

from bot.staff import console
from bot.staff.console.fields import FIELDS
from bot.staff.console.knowledge import grows

LIBRARY = "services/culture/library.yaml"
DANGER = """\
grid:
  least: {cries: 0.9, calm: 0.9}
  cries: {happens: [快来人 …]}
  calm: {topics: [哪里学…]}
  dangers:
    - numbers: ['120']
      said: {happens: [有人没呼吸了], topics: [急救]}
"""
TWICE = "telling:\n  apart: [要是]\ncases:\n  apart: [打算]\n"
MORE = {
    "cues.yaml": tiny()["cues.yaml"] + TWICE,
    "followups.yaml": "followups:\n  - id: contact\n    phrasings:\n      - 电话呢\n      - 打什么电话\n",
    "clauses.yaml": "clauses:\n  - {id: wanted, phrasings: [没人做饭]}\n",
    "domains.yaml": tiny()["domains.yaml"] + "menus:\n  - {id: elderly, services: []}\n",
    "known_failures.yaml": "kitchen:\n  - 一句答错的\n110/120:\n  - 一句没听出来的\n",
    "examples/talk/dialogues.yaml": "dialogues:\n  - - q: 食堂甲在哪\n      lands: kitchen\n    - q: 天气\n",
    "examples/talk/urgent.yaml": "urgent:\n  - numbers: ['120']\n    said:\n      - 有人没呼吸了\n",
    "examples/talk/danger.yaml": DANGER,
    "examples/talk/several.yaml": "several:\n  - q: 食堂和看书\n    lands: [kitchen, library]\n",
    "elsewhere.yaml": "elsewhere:\n  - id: games\n    name: 游戏\n    contacts: []\n    phrasings: [游戏]\n",
    LIBRARY: tiny()[LIBRARY].replace("description: 借书也免费。", "description: ''"),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with running(settings(tmp_path_factory.mktemp("service"), tiny() | MORE)) as found:
        yield found


EDITED = {
    "elsewhere/games": ({"phrasings": ["游戏\n打牌"]}, "<ins>打牌</ins>"),
    "services/library": ({"audience": ["爱看书的人"]}, "<ins>爱看书的人</ins>"),
    "cues/cues": ({"kinds-howmany": ["多少\n几家"]}, "<ins>几家</ins>"),
    "followups/contact": ({"phrasings": ["电话呢\n打什么电话\n怎么联系"]}, "<ins>怎么联系</ins>"),
    "clauses/wanted": ({"phrasings": ["没人做饭\n想借书"]}, "<ins>想借书</ins>"),
    "menus/elderly": ({"services": ["老年食堂"]}, "<ins>老年食堂</ins>"),
    "groups/倒下": ({"words": ["晕倒\n昏倒\n栽倒"]}, "<ins>栽倒</ins>"),
    "lookalikes/lookalikes": ({"lines": ["急救培训\n急救车多少钱"]}, "<ins>急救车多少钱</ins>"),
    "plan/plan": ({"short_title": ["新规划"]}, "<ins>新规划</ins>"),
    "confidence/confidence": ({"answer_from": ["0.45"]}, "<ins>0.45</ins>"),
    "talk/dialogues": ({"dialogues": ["食堂甲在哪 | kitchen\n天气\n\n看书 | 图书馆"]}, "<ins>看书 library"),
    "talk/urgent": ({"urgent": ["有人没呼吸了 | 120\n晕倒了 | 120"]}, "晕倒了"),
    "talk/several": (
        {"several": ["食堂和看书 | kitchen、library\n看书和食堂 | library、kitchen"]},
        "看书和食堂",
    ),
}


@pytest.mark.parametrize("record", EDITED)
def test_a_record_is_changed_by_its_form_and_nothing_else_of_it(editor, record):
    path, (change, said) = f"/staff/knowledge/{record}", EDITED[record]
    sent(editor, path, opened(editor, path), "save")
    assert "没有改动" in editor.text
    fields = opened(editor, path) | change
    sent(editor, path, fields, "look")
    assert editor.status == 200 and not faults(editor), faults(editor)
    assert said in editor.page
    sent(editor, path, fields, "save", draft="")
    assert editor.path.startswith("/staff/drafts/")
    assert said in editor.page and "没有不对的地方" in editor.text


def test_a_topic_further_away_is_new_with_a_name_and_phrasings(editor):
    path = "/staff/knowledge/elsewhere/new"
    fields = opened(editor, path) | {"id": ["stars"], "name": ["星星"], "phrasings": ["今晚看得到流星吗"]}
    sent(editor, path, fields, "save", draft="")
    assert editor.path.startswith("/staff/drafts/") and "没有不对的地方" in editor.text
    assert "12345" in editor.text.partition("居民会看到")[2]


WRONG = {
    "followups/contact": ({"phrasings": ["x" * 201]}, "phrasings"),
    "groups/倒下": ({"words": ["晕倒+昏倒"]}, "words"),
    "emergencies/medical": ({"signs": ["【倒】了"]}, "signs"),
    "plan/plan": ({"issued_on": ["昨天"], "issuer": [""]}, "issued_on"),
    "confidence/confidence": ({"answer_from": ["很"], "offer_from": ["2"]}, "offer_from"),
    "talk/dialogues": ({"dialogues": ["食堂 | nowhere"]}, "dialogues"),
    "talk/urgent": ({"urgent": ["着火 | 119"]}, "urgent"),
    "talk/several": ({"several": ["食堂 | kitchen"]}, "several"),
    "cues/cues": ({"kinds-howmany": ["x" * 201]}, "kinds"),
}
NO_CUES = {"a sign alone": ("+\n多少", "要写字"), "emptied": ("", "不能空着")}


@pytest.mark.parametrize(("words", "said"), NO_CUES.values(), ids=NO_CUES)
def test_a_cue_is_a_word(editor, words, said):
    path = "/staff/knowledge/cues/cues"
    sent(editor, path, opened(editor, path) | {"kinds-howmany": [words]}, "look")
    assert said in faults(editor)["kinds"]


@pytest.mark.parametrize("record", WRONG)
def test_what_is_wrong_is_said_at_its_field_in_chinese(editor, record):
    path, (change, field) = f"/staff/knowledge/{record}", WRONG[record]
    sent(editor, path, opened(editor, path) | change, "look")
    found = faults(editor)
    assert field in found
    assert set(found) >= {name.partition("-")[0] for name in change}
    for message in found.values():
        assert not {"string", "should", "Input"} & set(message.split()), message


@pytest.mark.parametrize("kind", ["plan", "cues", "confidence", "lookalikes"])
def test_of_what_there_is_only_one_the_list_is_the_record(editor, kind):
    editor.get(f"/staff/knowledge/{kind}")
    assert (editor.status, editor.path) == (200, f"/staff/knowledge/{kind}/{kind}")
    assert "删掉这一条" not in editor.page


def test_what_a_fit_writes_is_shown_with_a_word_why_and_cannot_be_sent(editor):
    path = "/staff/knowledge/confidence/confidence"
    fields = opened(editor, path)
    assert "程序从例句算出" in editor.text and "领先第二名多少" in editor.text
    assert "weights" not in fields
    sent(editor, path, fields | {"weights": ["9"], "intercept": ["9"]}, "save")
    assert "没有改动" in editor.text


def test_known_failures_are_only_shown(editor):
    assert "/staff/knowledge/known/kitchen" in editor.get("/staff/knowledge/known")
    assert "新增" not in editor.page
    editor.get("/staff/knowledge/known/kitchen")
    assert "一句答错的" in editor.text and "由程序列出" in editor.text
    assert "存入草稿" not in editor.page
    assert "/staff/knowledge/known/110/120" in editor.get("/staff/knowledge/known")
    editor.get("/staff/knowledge/known/110/120")
    assert (editor.status, "一句没听出来的" in editor.text) == (200, True)


def test_the_grid_of_dangers_is_only_shown_in_words(editor):
    editor.get("/staff/knowledge/talk/danger")
    for said in ("至少要答对", "喊出来的说法", "快来人 …", "该先打的电话 ：120", "有人没呼吸了"):
        assert said.replace(" ：", "：") in editor.text.replace(" ：", "："), said
    assert "least" not in editor.page and 'name="do"' not in editor.page


def test_ids_stand_beside_their_names_where_they_are_typed(editor):
    assert ">老有颐养</a>" in editor.get("/staff/knowledge/menus")
    assert "<h1>老有颐养</h1>" in editor.get("/staff/knowledge/menus/elderly")
    assert "<code>kitchen</code> 老年食堂" in editor.page and "<code>library</code>" not in editor.page
    editor.get("/staff/knowledge/talk/dialogues")
    assert "<code>kitchen</code> 老年食堂" in editor.page and "<code>library</code> 图书馆" in editor.page


def test_two_groups_of_one_name_are_told_apart(editor):
    editor.get("/staff/knowledge/cues/cues")
    labels = re.findall(r'<label for="(?:telling|cases)-apart">([^<]+)', editor.page)
    assert len(labels) == len(set(labels)) == 2
    wrong = {"telling-apart": ["+\n要是"], "cases-apart": ["+\n打算"]}
    sent(editor, "/staff/knowledge/cues/cues", editor.fields | wrong, "look")
    said = {name: faults(editor)[name] for name in ("telling", "cases")}
    assert [label in said[name] for label, name in zip(labels, said, strict=True)] == [True, True]


def test_the_console_opens_with_a_slash_too(editor):
    editor.get("/staff/")
    assert (editor.status, editor.path) == (200, "/staff")


def test_every_kind_is_reached_from_the_list_of_knowledge(editor):
    editor.get("/staff/knowledge")
    for kind in ("cues", "followups", "lookalikes", "plan", "confidence", "talk", "known"):
        assert f'href="/staff/knowledge/{kind}"' in editor.page


def test_what_the_real_catalogue_calls_by_an_id_has_a_name_for_staff(knowledge):
    words = json.loads((Path(console.__file__).parents[2] / "pages/console/words.json").read_text("utf-8"))
    catalogue = knowledge.catalogue
    kinds = ("emergencies", "smalltalk", "followups")
    called = {f"{kind}/{record.id}" for kind in kinds for record in getattr(catalogue, kind)}
    talks = Path(console.__file__).parents[3].glob("knowledge/examples/talk/*.yaml")
    told = {f"talk/{path.stem}" for path in talks}
    assert called and told and called | told <= words["names"].keys()
    cues = catalogue.cues
    assert {*cues.follow, *cues.cases, *cues.telling, *cues.places} <= words["groups"].keys()
    limits = catalogue.confidence
    weighed = (limits.weights, limits.pieces, limits.leaning, limits.alarm)
    assert all(weighed)
    assert words["evidence"].keys() == {name for weights in weighed for name in weights}


def test_lists_show_staff_what_residents_read_not_keys(editor):
    editor.get("/staff/knowledge/replies")
    assert '不客气。</a> <span class="quiet">thanks</span>' in editor.page
    editor.get("/staff/knowledge/known")
    assert ">老年食堂</a>" in editor.page
    editor.get("/staff/knowledge/smalltalk/thanks")
    assert '<option value="thanks" selected>不客气。</option>' in editor.page


ALL_KINDS = [kind for kind in FIELDS if kind != "examples"]


def emptied(who: Person) -> dict[str, Any]:
    """The form as opened, with nothing left in what can be typed."""
    kept = ("token", "mine", "version", "seen")
    return {name: value if name in kept else [""] for name, value in who.fields.items()}


@pytest.mark.parametrize("do", ["look", "save"])
@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_record_emptied_altogether_is_told_what_it_lacks(editor: Person, kind: str, do: str) -> None:
    listing = editor.get("/staff/knowledge" if kind == "services" else f"/staff/knowledge/{kind}")
    found = re.search(rf'href="(/staff/knowledge/{kind}/(?!new)[^"?]+)"', listing)
    path = editor.path if editor.path.count("/") == 4 else found[1] if found else ""
    assert path
    editor.get(path)
    editor.post(path, **emptied(editor), do=do)
    assert editor.status in (200, 409), editor.text
    if editor.path.startswith("/staff/drafts/"):
        draft = editor.path
        version = re.search(r'name="version" value="(\d+)"', editor.page)
        editor.post(draft, version=version[1] if version else "", do="discard")


@pytest.mark.parametrize("do", ["look", "try", "save"])
@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_new_record_with_nothing_in_it_is_told_so_or_not_to_be_had(
    editor: Person, kind: str, do: str
) -> None:
    path = f"/staff/knowledge/{kind}/new"
    editor.get(path)
    if not grows(kind):
        assert editor.status == 404
        editor.get("/staff/knowledge/services/new")
        editor.post(path, **editor.fields, do=do)
        assert editor.status == 404
        return
    editor.post(path, **editor.fields | {"id": "", "word": "", "do": do})
    assert editor.status in (200, 400, 409)
    assert "请写一个词" in editor.text if kind == "words" else "请给它一个编号" in editor.text


def test_only_a_service_is_said_to_need_so_many_phrasings(editor):
    for path, needs in (
        ("services/library", True),
        ("signposts/passport", False),
        ("followups/contact", False),
    ):
        editor.get(f"/staff/knowledge/{path}")
        assert editor.status == 200 and "居民的各种问法" in editor.page
        assert ("至少25句" in editor.page) == needs
