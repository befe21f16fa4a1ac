"""Forms of records: every fault at its field, previews, drafts, two people at once, HTML as text."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import escape

import pytest

from bot.staff.console import knowledge

KITCHEN = "/staff/knowledge/services/kitchen"


def opened(who, path=KITCHEN):
    who.get(path)
    assert who.status == 200
    return who.fields


def sent(who, path, fields, do, **more):
    who.post(path, **{**fields, "do": do, **more})


def faults(who):
    return {m[1]: m[2] for m in re.finditer(r'<p class="fault" id="([\w-]+)-fault">([^<]*)</p>', who.page)}


def test_saving_what_was_opened_changes_nothing(editor):
    sent(editor, KITCHEN, opened(editor), "save")
    assert "没有改动" in editor.text
    assert "改：老年食堂" not in editor.get("/staff/drafts")


def test_what_is_lacking_hides_nothing_that_is_wrong_beside_it(editor):
    wrong = {
        "name": [""],
        "summary": [""],
        "organization": [""],
        "contacts": [""],
        "checked_on": [""],
        "description": ["一年15000元，打13812345678。"],
        "valid_through": ["2020-01-01"],
    }
    sent(editor, KITCHEN, opened(editor) | wrong, "look")
    lacking = {"name", "summary", "organization", "contacts", "checked_on"}
    assert faults(editor).keys() >= {*lacking, "description", "valid_through"}
    assert "<h1>老年食堂</h1>" in editor.page


def drafts_called(who, title):
    who.get("/staff/drafts")
    return set(re.findall(rf'href="(/staff/drafts/\w+)"[^>]*>{title}', who.page))


def test_a_button_pressed_twice_without_javascript_makes_one_draft(editor):
    before = drafts_called(editor, "改：老年食堂")
    fields = opened(editor) | {"fees": ["一顿6元6角"], "draft": [""]}
    sent(editor, KITCHEN, fields, "save")
    first = editor.path
    sent(editor, KITCHEN, fields, "save")
    assert editor.path == first and "一顿6元6角" in editor.page
    with ThreadPoolExecutor(4) as pool:
        post = {"do": "save", **fields, "fees": ["一顿6元7角"]}
        pages = list(pool.map(lambda _: editor.client.post(KITCHEN, data=post), range(4)))
    (second,) = {page.url.path for page in pages}
    assert all(page.status_code == 200 and "一顿6元7角" in page.text for page in pages)
    assert drafts_called(editor, "改：老年食堂") - before == {first, second}


def test_every_open_draft_is_listed_and_of_those_done_with_the_last(editor):
    fees = [f"一顿{number}角" for number in range(21)]
    drafts = []
    for said in fees:
        sent(editor, KITCHEN, opened(editor) | {"fees": [said], "draft": [""]}, "save")
        drafts.append(editor.path)
    assert set(drafts) <= drafts_called(editor, "改：老年食堂")
    for draft in drafts:
        editor.post(draft, do="discard", version="1")
    assert not set(drafts) <= drafts_called(editor, "改：老年食堂")
    assert "只列出最近的 20 份" in editor.text


def test_what_is_saved_anew_after_its_draft_went_on_is_another_draft(editor, reviewer):
    fields = opened(editor) | {"fees": ["一顿6元8角"], "draft": [""]}
    sent(editor, KITCHEN, fields, "save")
    first = editor.path
    editor.post(first, do="discard", version="1")
    sent(editor, KITCHEN, fields, "save")
    second = editor.path
    sent(reviewer, KITCHEN, opened(reviewer) | {"fees": ["一顿6元8角"], "draft": [""]}, "save")
    assert len({first, second, reviewer.path}) == 3


def test_all_faults_are_shown_at_once_each_at_its_field(editor):
    wrong = {
        "summary": ["老年食堂有999家。"],
        "due_on": ["2020-01-01"],
        "url": ["ftp://x"],
        "phrasings": ["食堂甲"],
        "organization": ["nobody"],
        "examples": ["食堂甲 | plain | policy\n多少钱 | nope | xx"],
        "figure-value": ["130", "7", "", ""],
    }
    sent(editor, KITCHEN, opened(editor) | wrong, "look")
    found = faults(editor)
    assert set(found) >= {"summary", "due_on", "url", "phrasings", "organization", "examples", "figures"}
    told = [re.sub(r"\s+", "", one) for one in re.findall(r'<p class="fault"[^>]*>([^<]*)</p>', editor.page)]
    assert any("“食堂甲”也是问法" in one for one in told) and len(told) == len(set(told))
    assert "999" in found["summary"] and "nobody" in found["organization"]
    assert editor.page.count('aria-invalid="true"') >= 5
    assert editor.fields["summary"] == wrong["summary"]


def test_a_preview_shows_the_reply_as_each_channel_would(editor):
    sent(editor, KITCHEN, opened(editor) | {"description": ["老人去食堂<b>吃饭</b>。"]}, "look")
    assert editor.status == 200 and not faults(editor)
    for channel in ("Telegram", "网页", "纯文字"):
        assert channel in editor.page
    shown = editor.page.partition("居民会看到")[2].partition("data-careful")[0]
    assert shown.count("老人去食堂&lt;b&gt;吃饭&lt;/b&gt;。") == 3
    assert "<del>老人去社区吃饭。</del>" in editor.page
    assert "<code>12345</code>" in shown and 'href="tel:12345"' in shown


def test_whoever_looks_at_a_change_reads_what_is_said_to_who_asks_about_it(editor, reviewer):
    details = {
        "fees": "按街道定的收",
        "location": "社区门口",
        "opening_hours": "中午开门",
        "conditions": "老人都行",
        "steps": "先登记",
    }
    sent(editor, KITCHEN, opened(editor) | {name: [said] for name, said in details.items()}, "look")
    shown = editor.page.partition("居民会看到")[2].partition("data-careful")[0]
    assert [said for said in details.values() if said not in shown] == []
    sent(editor, KITCHEN, editor.fields | {"location": [""], "draft": [""]}, "save")
    shown = reviewer.get(editor.path).partition('id="reads"')[2].partition('id="thread"')[0]
    assert [said for said in details.values() if said not in shown] == [details["location"]]
    sent(editor, KITCHEN, opened(editor) | {"alternate_names": ["食堂戊"], "draft": [""]}, "save")
    shown = editor.page.partition('id="reads"')[2].partition('id="thread"')[0]
    assert shown.count("<h4>") == 3, "the policy alone, as each channel shows it"


@pytest.mark.parametrize("field", ["documents", "processing_time"])
def test_what_is_told_beside_another_detail_is_previewed_by_itself_too(editor, field):
    sent(editor, KITCHEN, opened(editor) | {field: ["三样都要"]}, "look")
    assert "三样都要" in editor.page.partition("居民会看到")[2].partition("data-careful")[0]


def test_a_preview_withholds_what_is_past_its_date_as_the_chat_does(editor):
    late = {"checked_on": ["2020-01-01"], "due_on": ["2020-02-01"]}
    sent(editor, KITCHEN, opened(editor) | late, "look")
    shown = editor.page.partition("居民会看到")[2].partition("data-careful")[0]
    assert "lapsed-overdue" in shown and "老人去社区吃饭" not in shown
    sent(editor, KITCHEN, editor.fields, "save")
    shown = editor.page.partition('id="reads"')[2].partition('id="thread"')[0]
    assert "lapsed-overdue" in shown and "老人去社区吃饭" not in shown


EVIL = "<script>alert(1)</script>"


def test_markup_in_every_field_is_shown_as_text_everywhere(editor, reviewer):
    fields = opened(editor)
    texts = [n for n, v in fields.items() if n not in ("token", "version", "seen", "draft") and v != ["5"]]
    evil = {n: [EVIL] for n in texts if n not in ("figure-comparator", "source-paragraph", "source-section")}
    for do in ("look", "save"):
        sent(editor, KITCHEN, fields | evil, do)
        assert "<script>alert" not in editor.page
        assert escape(EVIL, quote=False) in editor.page
    draft = editor.path
    for path in (
        draft,
        f"{KITCHEN}?draft={draft[-12:]}",
        f"/staff/knowledge?q=alert&draft={draft[-12:]}",
        "/staff",
    ):
        reviewer.get(path)
        assert reviewer.status == 200
        assert "<script>alert" not in reviewer.page
    editor.get(draft)
    version = re.search(r'name="version" value="(\d+)"', editor.page)[1]
    editor.post(draft, do="submit", version=version, text=EVIL)
    assert "还有不对的地方" in editor.text and "<script>alert" not in editor.page
    editor.post(draft, do="discard", version=version)
    assert "作废" in editor.text


def test_two_people_change_different_fields_and_both_stay(editor, reviewer):
    hers = opened(editor)
    sent(editor, KITCHEN, hers | {"fees": ["一顿8元"], "draft": [""]}, "save")
    draft = editor.path[-12:]
    path = f"{KITCHEN}?draft={draft}"
    one, other = opened(editor, path), opened(reviewer, path)
    sent(editor, KITCHEN, one | {"location": ["社区"], "draft": [draft]}, "save")
    sent(reviewer, KITCHEN, other | {"opening_hours": ["中午"], "draft": [draft]}, "save")
    assert reviewer.status == 409
    assert "已经合在一起" in reviewer.text
    merged = reviewer.fields
    assert (merged["location"], merged["opening_hours"]) == (["社区"], ["中午"])
    sent(reviewer, KITCHEN, merged, "save")
    assert reviewer.path == f"/staff/drafts/{draft}"
    for said in ("一顿8元", "社区", "中午"):
        assert f"<ins>{said}</ins>" in reviewer.page


def test_two_people_change_the_same_field_and_the_second_sees_both(editor, reviewer):
    sent(editor, KITCHEN, opened(editor) | {"fees": ["一顿9元"], "draft": [""]}, "save")
    draft = editor.path[-12:]
    path = f"{KITCHEN}?draft={draft}"
    one, other = opened(editor, path), opened(reviewer, path)
    sent(editor, KITCHEN, one | {"fees": ["一顿10元"], "draft": [draft]}, "save")
    sent(reviewer, KITCHEN, other | {"fees": ["一顿11元"], "draft": [draft]}, "save")
    assert reviewer.status == 409
    both = reviewer.page.partition('id="both"')[2].partition("</section>")[0]
    assert "一顿9元" in both and "一顿10元" in both and "一顿11元" in both and "林编写的" in both
    sent(reviewer, KITCHEN, reviewer.fields | {"fees": ["一顿11元"]}, "save")
    assert "<ins>一顿11元</ins>" in reviewer.page


def test_what_someone_put_into_another_draft_is_not_lost_either(editor, reviewer):
    sent(editor, KITCHEN, opened(editor) | {"fees": ["一顿12元"], "draft": [""]}, "save")
    draft = editor.path[-12:]
    from_the_release = opened(reviewer)
    sent(reviewer, KITCHEN, from_the_release | {"fees": ["免费"], "draft": [draft]}, "save")
    assert reviewer.status == 409
    assert "一顿12元" in reviewer.text and "免费" in reviewer.text


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (KITCHEN, {"fees": ["一顿14元"]}),
        ("/staff/knowledge/signposts/new", {"id": ["visa"], "name": ["签证"]}),
    ],
)
def test_the_draft_chosen_stays_chosen_after_a_look_even_once_it_is_handed_in(editor, path, change):
    bureau = "/staff/knowledge/organizations/bureau"
    sent(editor, bureau, opened(editor, bureau) | {"name": [f"{change}局"[:100]], "draft": [""]}, "save")
    draft = editor.path
    sent(editor, path, opened(editor, path) | change | {"draft": [draft[-12:]]}, "look")
    assert editor.fields["draft"] == [draft[-12:]]
    typed = editor.fields
    step(editor, draft, "submit", text="写清楚")
    sent(editor, path, typed, "look")
    assert editor.fields["draft"] == [draft[-12:]]
    sent(editor, path, typed | {"draft": [""]}, "look")
    assert editor.fields["draft"] == [""]
    sent(editor, path, typed, "save")
    assert editor.path == draft


def test_drafts_of_one_name_can_be_told_apart_where_one_is_chosen(editor):
    drafts = []
    for fees in ("一顿15元", "一顿16元"):
        sent(editor, KITCHEN, opened(editor) | {"fees": [fees], "draft": [""]}, "save")
        drafts.append(editor.path[-12:])
    opened(editor)
    offered = dict(re.findall(r'<option value="(\w{12})"[^>]*>(草稿《改：老年食堂》[^<]*)<', editor.page))
    assert all(re.search(r"（林编，\d{4}-\d\d-\d\d \d\d:\d\d，编号 \w{4}）$", offered[id_]) for id_ in drafts)
    assert len({offered[id_] for id_ in drafts}) == 2
    number = re.search(r"编号 \w{4}", offered[drafts[0]])[0]
    assert number in editor.get("/staff/drafts") and number in editor.get(f"/staff/drafts/{drafts[0]}")


def test_many_who_save_other_records_into_one_draft_at_once_all_get_theirs_in(editor, person):
    sent(editor, KITCHEN, opened(editor) | {"fees": ["一顿13元"], "draft": [""]}, "save")
    draft = editor.path[-12:]
    kinds = ("contacts/12333", "contacts/12345", "organizations/bureau", "domains/culture")
    paths = [f"/staff/knowledge/{kind}?draft={draft}" for kind in kinds]
    people = [person("林编" if turn % 2 else "周审") for turn in range(len(paths))]
    forms = [opened(who, path) | {"draft": [draft]} for who, path in zip(people, paths, strict=True)]
    for number, form in enumerate(forms):
        form["name"] = [f"第{number}个名字"]
    with ThreadPoolExecutor(len(paths)) as pool:
        list(pool.map(sent, people, paths, forms, ["save"] * len(paths)))
    assert [who.status for who in people] == [200] * len(paths)
    editor.get(f"/staff/drafts/{draft}")
    for number in range(len(paths)):
        assert f"<ins>第{number}个名字</ins>" in editor.page


def test_a_new_service_is_born_with_its_examples(editor):
    editor.get("/staff/knowledge/services/new?phrasing=码头在哪&phrasing=码头几点开")
    fields = editor.fields
    assert fields["phrasings"] == ["码头在哪\n码头几点开"]
    filled = fields | {
        "id": ["pier"],
        "name": ["码头"],
        "summary": ["码头可以坐船。"],
        "description": ["每天都开。"],
        "organization": ["bureau"],
        "contacts": ["12345"],
        "source-section": ["8"],
        "source-paragraph": ["2"],
        "valid_from": ["2026-01-01"],
        "valid_through": ["2030-12-31"],
        "phrasings": ["\n".join(f"码头{i}号在哪" for i in range(25))],
        "examples": ["\n".join(f"请问{i}号码头 | plain | where" for i in range(12))],
    }
    sent(editor, "/staff/knowledge/services/new", filled | {"id": [""]}, "save")
    assert faults(editor).keys() == {"id"}
    sent(editor, "/staff/knowledge/services/new", filled | {"id": ["kitchen"]}, "save")
    assert "已经有了" in faults(editor)["id"]
    sent(editor, "/staff/knowledge/services/new", filled | {"id": ["码头"]}, "save")
    assert "小写英文字母" in faults(editor)["id"], "in a draft nobody could change it any more"
    assert editor.fields["summary"] == filled["summary"], "nothing typed is lost"
    sent(editor, "/staff/knowledge/services/new", filled, "look")
    assert not faults(editor) and "码头可以坐船。" in editor.page.partition("居民会看到")[2]
    assert "<ins>某局</ins>" in editor.page, "not by its id"
    sent(editor, "/staff/knowledge/services/new", filled, "save")
    assert re.fullmatch(r"/staff/drafts/\w+", editor.path) and "没有不对的地方" in editor.text
    assert "<ins>某局</ins>" in editor.page and "<ins>12345 便民热线</ins>" in editor.page
    assert "改 服务 码头，改 例句 码头" in editor.text and "第 2 稿" not in editor.text
    editor.get(f"/staff/knowledge/services/pier?draft={editor.path[-12:]}")
    assert editor.fields["examples"][0].startswith("请问0号码头 | plain | where")


def test_what_is_changed_in_a_draft_handed_in_goes_into_it_and_it_must_be_handed_in_again(editor):
    path = "/staff/knowledge/organizations/bureau"
    sent(editor, path, opened(editor, path) | {"name": ["新局"], "draft": [""]}, "save")
    draft = editor.path
    version = re.search(r'name="version" value="(\d+)"', editor.page)[1]
    editor.post(draft, do="submit", version=version, text="改名")
    assert "等审核" in editor.text
    fields = opened(editor, f"{path}?draft={draft[-12:]}")
    assert "您一存，它就回到采编" in editor.text and fields["draft"] == [draft[-12:]]
    sent(editor, path, fields | {"name": ["某某局"]}, "save")
    assert editor.path == draft and "采编中" in editor.text
    assert "<ins>某某局</ins>" in editor.page


def test_a_record_is_taken_away(editor):
    fields = opened(editor, "/staff/knowledge/words/图书馆")
    sent(editor, "/staff/knowledge/words/图书馆", fields, "remove", draft="")
    assert "<del>图书馆</del>" in editor.page


def test_a_line_that_must_be_there_is_missed_in_the_list_and_not_in_another_line(editor):
    path = "/staff/knowledge/contacts/12345"
    sent(editor, path, opened(editor, path) | {"draft": [""]}, "remove")
    assert "contacts.yaml 第 1 行：登记的电话里必须有 12345" in editor.text
    assert "电话 12333" not in editor.text


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("contacts/12333", {"purpose": ["社保和工资"]}, "<ins>社保和工资</ins>"),
        ("organizations/bureau", {"name": ["某某局"]}, "<ins>某某局</ins>"),
        ("domains/culture", {"about": ["文化和书"]}, "<ins>文化和书</ins>"),
        ("signposts/passport", {"phrasings": ["护照怎么办\n护照丢了"]}, "<ins>护照丢了</ins>"),
        ("smalltalk/thanks", {"phrasings": ["谢谢\n多谢"]}, "<ins>多谢</ins>"),
        ("emergencies/medical", {"signs": ["没呼吸\n昏迷"]}, "<ins>昏迷</ins>"),
        ("replies/thanks", {"text": ["不用谢。"]}, "<ins>不用谢。</ins>"),
        ("concepts/老人", {"words": ["爷爷\n奶奶\n银发族"]}, "<ins>银发族</ins>"),
    ],
)
def test_every_kind_of_record_has_a_form(editor, path, change, said):
    path = f"/staff/knowledge/{path}"
    fields = opened(editor, path) | change
    sent(editor, path, fields, "look")
    assert editor.status == 200 and not faults(editor)
    assert said in editor.page
    sent(editor, path, fields, "save", draft="")
    assert said in editor.page and editor.path.startswith("/staff/drafts/")


def test_a_reply_with_a_blank_nobody_fills_is_refused_at_its_field(editor):
    path = "/staff/knowledge/replies/thanks"
    sent(editor, path, opened(editor, path) | {"text": ["{money}"]}, "look")
    assert "money" in faults(editor)["text"]


def test_a_word_of_another_group_or_written_twice_is_told_at_its_field(editor):
    fields = opened(editor, "/staff/knowledge/concepts/new")
    typed = fields | {"id": ["毛脚"], "words": ["奶奶\n毛脚女婿\n毛脚女婿"]}
    sent(editor, "/staff/knowledge/concepts/new", typed, "look")
    told = re.findall(r'<p class="fault"[^>]*>([^<]*)</p>', editor.page)
    assert told == ["“奶奶”已经在“老人”里，只留一处", "“毛脚女婿”已经在“毛脚”里，只留一处"]


def test_a_new_word_shows_at_once_how_sentences_are_cut(editor):
    editor.get("/staff/knowledge/words/new?id=堂甲")
    fields = editor.fields | {"word": ["食堂甲"], "sentence": ["去食堂甲吃饭"]}
    sent(editor, "/staff/knowledge/words/new", fields, "look")
    cut = editor.page.partition("切词会变成这样")[2].partition("</section>")[0]
    assert '<span class="new">食堂甲</span>' in cut
    assert "去食堂甲吃饭" in cut and "<strong>食堂甲</strong>" in cut


def test_words_can_be_tried_before_anything_is_written(editor):
    editor.get("/staff/cut", sentence="去桑榆码头的路", word="桑榆码头")
    assert '<span class="new">桑榆码头</span>' in editor.page
    editor.get("/staff/cut", sentence="银发族吃饭", word="银发族", means="老人")
    assert "银发族→老人" in editor.page


def test_search_finds_a_record_by_words_in_it(editor):
    assert "/staff/knowledge/services/kitchen" in editor.get("/staff/knowledge", q="130家")
    assert "找到" in editor.text
    page = editor.get("/staff/knowledge", q="食堂")
    kinds = re.findall(r'href="/staff/knowledge/(\w+)/', page.partition("找到")[2].partition("<h2")[0])
    assert len(set(kinds)) > 1 and kinds[0] == "services"
    assert "找到 0 条" in " ".join(editor.get("/staff/knowledge", q="绝对没有的词") and editor.text.split())


def test_search_says_how_many_there_are_where_it_lists_only_the_first(editor, monkeypatch):
    monkeypatch.setattr(knowledge, "MOST_FOUND", 20)
    editor.get("/staff/knowledge", q="e")
    every = int(re.search(r"找到 (\d+) 条", editor.text)[1])
    listed = editor.page.partition("找到")[2].count("<li>")
    assert every > listed == 20 and "只列出前 20 条" in editor.text
    assert "只列出" not in editor.get("/staff/knowledge", q="食堂")


def test_nothing_is_saved_by_a_trial_until_it_is_pressed(editor):
    fields = opened(editor) | {"description": ["老人去社区吃。"], "draft": [""]}
    sent(editor, KITCHEN, fields, "try")
    for _ in range(200):
        if 'http-equiv="refresh"' not in editor.page:
            break
        editor.get(editor.path)
    assert "字句变了" in editor.text
    before = editor.client.get("/staff/drafts").text.count("/staff/drafts/")
    editor.post(editor.path)
    assert "<ins>老人去社区吃。</ins>" in editor.page
    assert editor.client.get("/staff/drafts").text.count("/staff/drafts/") == before + 1


def test_an_example_that_gets_worse_is_shown_first_and_marked(editor):
    stolen = "\n".join(f"请问看书{c}吗" for c in "天地玄黄宇宙洪荒日月盈昃")
    fields = opened(editor)
    fields |= {"phrasings": [fields["phrasings"][0] + "\n" + stolen], "draft": [""]}
    sent(editor, KITCHEN, fields, "try")
    for _ in range(200):
        if 'http-equiv="refresh"' not in editor.page:
            break
        editor.get(editor.path)
    first = re.search(r'<tr class="(\w+)">', editor.page)
    assert first and first[1] == "worse"
    assert "变差的例句" in editor.text


def test_verified_today_becomes_a_draft(editor):
    editor.post("/staff/verified", kind="contacts", id="12333")
    assert editor.path.startswith("/staff/drafts/")
    assert "核对日期放进草稿了" in editor.text
    assert "没有这一页" in (editor.post("/staff/verified", kind="replies", id="greeting") and editor.text)


def test_a_release_that_would_lose_questions_names_them_in_chinese(editor, reviewer):
    stolen = "\n".join(f"请问看书{c}吗" for c in "天地玄黄宇宙洪荒日月盈昃")
    fields = opened(editor)
    fields |= {"phrasings": [fields["phrasings"][0] + "\n" + stolen], "draft": [""]}
    sent(editor, KITCHEN, fields, "save")
    draft = editor.path
    for who, do in ((editor, "submit"), (reviewer, "approve"), (reviewer, "release")):
        version = re.search(r'name="version" value="(\d+)"', who.get(draft))[1]
        who.post(draft, do=do, version=version, text="多写几句")
    for _ in range(200):
        if 'http-equiv="refresh"' not in reviewer.page:
            break
        reviewer.get(reviewer.path)
    assert reviewer.status == 409 and "没有发布" in reviewer.text
    assert re.search("“请问看书.” ?原来 ?图书馆，改后 ?老年食堂", reviewer.text)
    assert "would" not in reviewer.page
    assert f'href="/staff/knowledge/services/library?draft={draft[-12:]}"' in reviewer.page
    reviewer.post(reviewer.path, do="save")  # a form only trials have
    assert reviewer.status == 404
    version = re.search(r'name="version" value="(\d+)"', reviewer.get(draft))[1]
    reviewer.post(draft, do="discard", version=version)


def test_what_may_not_be_typed_is_refused_in_chinese(admin):
    admin.get("/staff/users")
    for sent_, said in (
        ({"name": "x", "password": "lang genug!!", "role": "editor"}, "2 到 100 个"),
        ({"name": "新人", "password": "kurz", "role": "editor"}, "密码要有 10 到 200 位"),
        ({"name": "林编", "password": "lang genug!!", "role": "editor"}, "已经有叫 林编 的账号"),
    ):
        admin.post("/staff/users", **sent_)
        assert admin.status == 400 and said in admin.text


def test_a_draft_leads_to_its_last_trial_in_this_version(editor):
    editor.get("/staff")
    editor.post("/staff/verified", kind="contacts", id="120")
    draft = editor.path
    version = re.search(r'name="version" value="(\d+)"', editor.page)[1]
    assert "看上次试答的结果" not in editor.text
    editor.post(draft, do="try", version=version)
    trial = editor.path
    assert f'<a href="{trial}">看上次试答的结果' in editor.get(draft)
    editor.get("/staff")
    editor.post("/staff/verified", kind="contacts", id="12345")
    assert editor.path == draft and "看上次试答的结果" not in editor.text


def test_what_no_button_says_is_not_called_done(admin):
    admin.get("/staff")
    admin.post("/staff/verified", kind="contacts", id="12333")
    for path in (admin.path, "/staff/users/林编"):
        admin.post(path, do="no such thing", version="1")
        assert admin.status == 400, path


@pytest.mark.parametrize("do", ["no such thing", ""])
def test_a_form_that_no_button_sent_is_not_saved(editor, do):
    before = drafts_called(editor, "改：老年食堂")
    sent(editor, KITCHEN, opened(editor) | {"fees": ["一顿9元"], "draft": [""]}, do)
    assert editor.status == 400
    assert drafts_called(editor, "改：老年食堂") == before


@pytest.mark.parametrize(
    ("path", "said"), [("/staff/history/999", "没有第 999 版"), ("/staff/drafts/zzz", "没有这份草稿")]
)
def test_what_is_not_there_is_not_found(editor, path, said):
    editor.get(path)
    assert editor.status == 404 and "没有这一页" in editor.text and said in editor.text


def test_a_new_word_is_typed_once_and_one_that_is_there_is_said_at_its_field(editor):
    editor.get("/staff/knowledge/words/new", id="社区食堂")
    assert editor.fields["word"] == ["社区食堂"] and "id" not in editor.fields
    sent(editor, "/staff/knowledge/words/new", editor.fields | {"word": ["图书馆"]}, "save", draft="")
    assert editor.status == 400 and "word" in faults(editor)


@pytest.mark.parametrize("word", ["a#b", "#", "甲\u2028乙"])
def test_a_word_that_no_line_of_the_list_can_hold_is_refused(editor, word):
    editor.get("/staff/knowledge/words/new", id="新词")
    sent(editor, "/staff/knowledge/words/new", editor.fields | {"word": [word]}, "save", draft="")
    assert editor.status == 400 and "不能有 #" in editor.text


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "9" * 5000])
def test_what_is_no_number_stays_as_it_was_typed(editor, value):
    fields = opened(editor)
    fields["figure-value"] = [value, *fields["figure-value"][1:]]
    sent(editor, KITCHEN, fields, "look")
    assert editor.fields["figure-value"][0] == value and "figures" in faults(editor)


def test_work_that_nobody_remembers_is_not_called_a_page_that_is_not_there(editor):
    editor.get("/staff/jobs/of-before-the-restart")
    assert editor.status == 404 and "请看草稿和发布记录" in editor.text


def version_shown(who):
    return re.search(r'name="version" value="(\d+)"', who.page)[1]


def step(who, draft, do, **more):
    who.get(draft)
    who.post(draft, version=version_shown(who), do=do, **more)


def test_a_step_on_a_draft_that_changed_meanwhile_shows_it_and_keeps_what_was_typed(editor, reviewer):
    sent(editor, KITCHEN, opened(editor) | {"alternate_names": "食堂丙"}, "save")
    draft = editor.path
    step(editor, draft, "submit", text="写清楚")
    reviewer.get(draft)
    seen = version_shown(reviewer)
    typed = re.findall(r'<(?:input|textarea)[^>]*name="text"[^>]*>', editor.get(draft) + reviewer.page)
    assert len(typed) == 3 and all("maxlength=" in field for field in typed)  # more is not kept
    step(editor, draft, "withdraw")
    again = f"{KITCHEN}?draft={draft.rpartition('/')[2]}"
    sent(editor, KITCHEN, opened(editor, again) | {"alternate_names": "食堂丁"}, "save")
    for resubmitted in (False, True):
        if resubmitted:
            step(editor, draft, "submit", text="写清楚")
        for do in ("approve", "send-back"):
            reviewer.post(draft, version=seen, do=do, text="依据在哪里？")
            assert reviewer.status == 409 and "草稿又变了" in reviewer.text and "食堂丁" in reviewer.text
        assert reviewer.page.count("依据在哪里？") == 1
    step(editor, draft, "withdraw")
    step(editor, draft, "discard")


@pytest.mark.parametrize(("typed", "said"), [("", "请给它一个编号"), ("Ab C", "只能用小写英文字母")])
def test_what_is_wrong_with_a_new_records_name_is_said_at_its_field_and_once(editor, typed, said):
    editor.get("/staff/knowledge/services/new")
    editor.post("/staff/knowledge/services/new", **editor.fields | {"id": typed}, do="look")
    assert editor.page.count(said) == 2  # in the summary, and at the field
    assert re.search(rf'id="id-fault">[^<]*{said}', editor.page)
