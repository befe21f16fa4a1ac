"""Every code of a fault, by knowledge that is broken in just that way."""

from datetime import date
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
import tiny_knowledge
from tiny_knowledge import DATES, TODAY, checked, tiny

from bot import config
from bot.catalogue.check import Checked, check
from bot.catalogue.documents import Code
from bot.staff.building import checked_files
from bot.staff.faults import as_line
from bot.staff.files import read_documents

KITCHEN, LIBRARY = "services/elderly/kitchen.yaml", "services/culture/library.yaml"
KITCHEN_EXAMPLES = "examples/elderly/kitchen.yaml"
OVERDUE = "01-01\n    due_on: 2026-11-22"
FIRST_EXAMPLE = "  - q: 请问食堂天\n    style: plain\n    kind: policy\n"


class Break(NamedTuple):
    """Put `new` for `old` in a file, and the check says `code` there, on the line that holds `at`."""

    code: str
    path: str
    old: str
    new: str
    at: str
    says: str


BREAKS = (
    Break("unknown-field", KITCHEN, "name:", "colour: 红\nname:", "colour", "删掉"),
    Break("unknown-field", "domains.yaml", "domains:", "regions:\n  - a\ndomains:", "regions", "删掉"),
    Break("missing-field", KITCHEN, "summary: 老年食堂到2025年要有130家。\n", "", "id: kitchen", "补上"),
    Break("bad-value", KITCHEN, "section: 5", "section: 11", "section: 11", "section"),
    Break("bad-value", KITCHEN, 'comparator: "="', "comparator: 大于", "comparator", "comparator"),
    Break("bad-value", KITCHEN, "id: kitchen\n", "id: Kitchen\n", "id: Kitchen", "id"),
    Break("bad-value", "confidence.yaml", "offer_from: 0.2", "offer_from: 2", "offer_from: 2", "offer_from"),
    Break("bad-value", "words.txt", "图书馆", "馆" * 201, "馆" * 201, "words"),
    Break("bad-value", "synonyms.yaml", "- 爷爷", f"- {'爷' * 201}", "老人:", "words"),
    Break("file-name", KITCHEN, "id: kitchen", "id: canteen", "id: canteen", "canteen.yaml"),
    Break("wrong-folder", KITCHEN, "section: 5", "section: 8", "source:", "elderly"),
    Break("unknown-organization", KITCHEN, "bureau", "office", "organization", "office"),
    Break("unknown-contact", KITCHEN, "- '12345'", "- '12399'", "12399", "12399"),
    Break("unknown-contact", "urgent.yaml", "- '120'", "- '121'", "- '121'", "121"),
    Break("bad-value", "urgent.yaml", "words: [晕倒, 昏倒]", "words: []", "words", "words"),
    Break("bad-value", "urgent.yaml", "- 没呼吸", "- 没【呼吸", "没【呼吸", "【】要成对"),
    Break("bad-value", "urgent.yaml", "- 没呼吸", "- 没呼吸+", "没呼吸+", "两边"),
    Break("unknown-group", "urgent.yaml", "【倒下】", "【倒】", "【倒】", "没有叫倒的一组词"),
    Break("unknown-group", "cues.yaml", "follow:", "distant:\n  - 【梦】里\nfollow:", "【梦】里", "梦"),
    Break(
        "unknown-domain", "cues.yaml", "follow:", "domains:\n  sports: [跑步]\nfollow:", "sports", "sports"
    ),
    Break(
        "unknown-emergency", "cues.yaml", "follow:", "dangers:\n  storm: [台风]\nfollow:", "storm", "storm"
    ),
    Break(
        "unknown-domain",
        "domains.yaml",
        "domains:",
        "menus:\n  - {id: sports, services: []}\ndomains:",
        "sports",
        "sports",
    ),
    Break(
        "unknown-service",
        "domains.yaml",
        "domains:",
        "menus:\n  - {id: elderly, services: [library]}\ndomains:",
        "library",
        "elderly",
    ),
    Break("too-many-wordings", "urgent.yaml", "【倒下】", "【倒下】" * 10, "【倒下】【", "1024"),
    Break(
        "duplicate-id",
        "urgent.yaml",
        "emergencies",
        "  - {id: 倒下, words: [倒]}\nemergencies",
        "[倒]",
        "倒下",
    ),
    Break(
        "duplicate-name",
        KITCHEN,
        "name: 老年食堂\n",
        "name: 老年食堂\nalternate_names: [食堂, 老年食堂]\n",
        "alternate_names",
        "老年食堂",
    ),
    Break(
        "duplicate-name",
        KITCHEN,
        "name: 老年食堂\n",
        "name: 老年食堂\nalternate_names:\n  - Canteen\n  - canteen\n",
        "- canteen",
        "canteen",
    ),
    Break("duplicate-name", KITCHEN, "name: 老年食堂", "name: 图书館！", "name:", "library"),
    Break(
        "duplicate-name", KITCHEN, "related:", "alternate_names: [图书馆]\nrelated:", "alternate", "library"
    ),
    Break("duplicate-name", "domains.yaml", "name: 老有颐养", "name: 图书馆", "图书馆", "library"),
    Break("duplicate-name", "signposts.yaml", "name: 护照", "name: 老有颐养", "老有颐养", "elderly"),
    Break(
        "duplicate-name",
        "signposts.yaml",
        "signposts:",
        "signposts:\n  - {id: visa, name: 护照, phrasings: [签证怎么办]}",
        "    name: 护照",
        "visa",
    ),
    Break("unknown-service", KITCHEN, "- library", "- cinema", "- cinema", "cinema"),
    Break("unknown-service", KITCHEN, "- library", "- kitchen", "- kitchen", "kitchen"),
    Break("unknown-service", KITCHEN_EXAMPLES, "lands: outside", "lands: cinema", "- q: 别处", "cinema"),
    Break(
        "unknown-topic",
        KITCHEN_EXAMPLES,
        "lands: outside",
        "lands: outside\n    topics: [x]",
        "- q: 别处",
        "x",
    ),
    Break("duplicate-phrasing", KITCHEN, "- 食堂甲", "- 看书甲！", "- 看书甲！", "“图书馆”"),
    Break("duplicate-word", "synonyms.yaml", "- 奶奶", "- 奶奶\n  - '奶奶'", "'奶奶'", "“老人”"),
    Break("duplicate-word", "synonyms.yaml", "老人:", "老小:\n  - 爺爺\n老人:", "- 爷爷", "“老小”"),
    Break("duplicate-word", "synonyms.yaml", "- 奶奶", "- 奶奶\n老小:\n  - 老人", "- 老人", "“老人”"),
    Break("few-phrasings", KITCHEN, "  - 食堂甲\n  - 食堂乙\n  - 食堂丙\n", "", "phrasings:", "24"),
    Break("unlisted-number", KITCHEN, "老人去社区吃饭。", "请打81850000。", "description", "81850000"),
    Break("unlisted-number", KITCHEN, "name: 老年食堂", "name: 老年食堂12318", "name:", "12318"),
    Break("unlisted-number", "replies.yaml", "thanks: '不", "thanks: '打96128,不", "thanks", "96128"),
    Break("unlisted-number", "urgent.yaml", "马上打120。", "马上打12349。", "reply", "12349"),
    Break("unlisted-number", "signposts.yaml", "name: 护照", "name: 护照12367", "name", "12367"),
    Break("unlisted-figure", "replies.yaml", "'不客气", "'一年8次不客气", "thanks", "8 不能写在这里"),
    Break("unlisted-figure", KITCHEN, "要有130家", "要有二百四十家", "summary", "240"),
    Break("unlisted-figure", KITCHEN, "related:", "fees: 一顿8元\nrelated:", "fees", "8"),
    Break("unlisted-figure", KITCHEN, "related:", "fees: 一年15000元\nrelated:", "fees", "15000"),
    Break("unlisted-figure", KITCHEN, "related:", "steps:\n  - 登记\n  - 等20天\nrelated:", "20天", "20"),
    Break("too-long", KITCHEN, "老人去社区吃饭。", "吃" * 150, "description", "160"),
    Break("overdue", KITCHEN, DATES, "checked_on: 2026-01-01\ndue_on: 2026-11-22\n", "due_on", "2026-11-22"),
    Break(
        "overdue",
        "contacts.yaml",
        "11-23\n    due_on: 2127-02-21",
        "01-01\n    due_on: 2026-11-22",
        "due_on",
        "11-22",
    ),
    Break("bad-dates", KITCHEN, "checked_on: 2026-11-23", "checked_on: 2127-03-01", "due_on", "早于"),
    Break("bad-dates", KITCHEN, "through: 2025-12-31", "through: 2020-12-31", "valid_through", "政策止"),
    Break("few-examples", KITCHEN_EXAMPLES, FIRST_EXAMPLE, "", "examples:", "11"),
    Break("copied-example", KITCHEN_EXAMPLES, "q: 请问食堂天", "q: 看书丑?", "看书丑", "照抄"),
    Break("bad-reply", "replies.yaml", "thanks: '不客气。'\n", "", "answer-contact", "thanks"),
    Break("bad-reply", "replies.yaml", "thanks: '不", "silence: 嘘\nthanks: '不", "silence", "删掉"),
    Break("bad-reply", "replies.yaml", "'不客气。'", "'不客气,{name}。'", "thanks", "{name}"),
    Break("bad-reply", "replies.yaml", "'不客气。'", "'不客气,{phone。'", "thanks", "花括号"),
)


def broken(fault: Break) -> dict[str, str]:
    files = tiny()
    assert fault.old in files[fault.path]
    files[fault.path] = files[fault.path].replace(fault.old, fault.new, 1)
    return files


def line_with(text: str, at: str) -> int:
    return next(i for i, line in enumerate(text.split("\n"), 1) if at in line)


def said(files: dict[str, str], today: date = TODAY) -> list[str]:
    return [as_line(fault) for fault in checked(files, today).faults]


def test_every_service_has_a_name_for_whoever_asks_in_english(real: Checked) -> None:
    assert real.catalogue is not None
    nameless = [s.id for s in real.catalogue.services if not any(n.isascii() for n in s.alternate_names)]
    assert real.catalogue.services and nameless == []


def test_the_tiny_knowledge_has_no_fault() -> None:
    assert said(tiny()) == []
    assert checked(tiny()).catalogue is not None


@pytest.mark.parametrize("fault", BREAKS, ids=lambda f: f"{f.code} {f.path} {f.at[:10]}")
def test_one_fault_is_found_where_it_stands(fault: Break) -> None:
    files = broken(fault)
    line = line_with(files[fault.path], fault.at)
    (only,) = [s for s in said(files) if not is_consequence(s, fault)]
    assert only.startswith(f"[{fault.code}] {fault.path}:{line}: ")
    assert fault.says in only


def is_consequence(said: str, fault: Break) -> bool:
    """A service under another id leaves its examples and those who name it behind."""
    return fault.code == "file-name" and said.startswith(("[orphan-example]", "[no-examples]"))


@pytest.mark.parametrize(
    ("path", "old", "new", "line"),
    [
        ("domains.yaml", "number: 8", "number: 5", 8),
        ("domains.yaml", "id: culture", "id: elderly", 9),
        ("contacts.yaml", "id: '12333'", "id: '120'", 16),
        ("smalltalk.yaml", "id: thanks", "id: greeting", 6),
    ],
)
def test_an_id_is_used_once(path: str, old: str, new: str, line: int) -> None:
    files = tiny()
    files[path] = files[path].replace(old, new)
    assert any(s.startswith(f"[duplicate-id] {path}:{line}: ") for s in said(files))


def test_an_orphan_example_file_is_found() -> None:
    files = tiny()
    files["examples/elderly/cinema.yaml"] = files[KITCHEN_EXAMPLES].replace("kitchen", "cinema")
    assert [s.split(" ")[:2] for s in said(files)] == [
        ["[orphan-example]", "examples/elderly/cinema.yaml:1:"]
    ]


def test_examples_of_talk_name_what_there_is() -> None:
    several = "several:\n  - q: 食堂和看书\n    lands: [kitchen, {0}]\n"
    talk = several + "urgent:\n  - numbers: ['{1}']\n    said: [晕倒了]\noutside:\n  - 你好\n"
    talk += "  - q: 护照\n    topics: [{2}]\n  - q: 嗯嗯\n    topics: [none]\n"
    path = "examples/talk/talk.yaml"
    assert said(tiny() | {path: talk.format("library", "120", "passport")}) == []
    faults = said(tiny() | {path: talk.format("cinema", "119", "visa")})
    assert [f.split(" ")[:2] for f in faults] == [
        ["[unknown-service]", f"{path}:2:"],
        ["[unknown-contact]", f"{path}:5:"],
        ["[unknown-topic]", f"{path}:9:"],
    ]


def test_a_service_without_examples_is_found() -> None:
    files = tiny()
    del files[KITCHEN_EXAMPLES]
    assert [s.split(" ")[:2] for s in said(files)] == [["[no-examples]", f"{KITCHEN}:1:"]]


@pytest.mark.parametrize("name", ["plan", "domains", "contacts", "replies", "cues", "confidence"])
def test_a_missing_file_is_named(name: str) -> None:
    files = tiny()
    del files[f"{name}.yaml"]
    assert [s for s in said(files) if s.startswith(f"[missing-file] {name}.yaml:1: ")]


def test_an_unknown_file_is_named() -> None:
    files = tiny() | {"prices.yaml": "a: 1\n"}
    assert [s.split(" ")[:2] for s in said(files)] == [["[unknown-file]", "prices.yaml:1:"]]


def test_a_knowledge_without_services_is_refused() -> None:
    files = {path: text for path, text in tiny().items() if not path.startswith(("services/", "examples/"))}
    assert [s.split(" ")[:2] for s in said(files)] == [["[bad-value]", "knowledge:1:"]]


def test_the_fall_back_line_must_be_there() -> None:
    files = tiny()
    files["contacts.yaml"] = files["contacts.yaml"].replace("12345", "12346")
    assert any(
        s.startswith("[unknown-contact] contacts.yaml:1: 登记的电话里必须有 12345") for s in said(files)
    )


@pytest.mark.parametrize("text", ["", "- 1\n- 2\n", "just words\n", "domains:\n", "domains: 5\n"])
@pytest.mark.parametrize("path", ["domains.yaml", "urgent.yaml", "synonyms.yaml", KITCHEN, KITCHEN_EXAMPLES])
def test_a_file_of_the_wrong_shape_is_named(path: str, text: str) -> None:
    faults = checked(tiny() | {path: text}).faults
    assert any(f.path == path and f.code in get_args(Code) for f in faults)


def test_several_faults_are_found_in_one_pass_in_the_order_of_files() -> None:
    files = tiny()
    files[KITCHEN] = files[KITCHEN].replace("- '12345'", "- '12399'").replace("- library", "- cinema")
    files[LIBRARY] = files[LIBRARY].replace("bureau", "office")
    files["replies.yaml"] += "silence: 嘘\n"
    faults = checked(files).faults
    codes = [f.code for f in faults]
    assert codes == ["bad-reply", "unknown-organization", "unknown-contact", "unknown-service"]
    assert [(f.path, f.line) for f in faults] == sorted((f.path, f.line) for f in faults)


def test_faults_of_shape_come_together() -> None:
    files = tiny()
    files[KITCHEN] = files[KITCHEN].replace("section: 5", "section: 99").replace("name:", "title:")
    files[KITCHEN_EXAMPLES] = files[KITCHEN_EXAMPLES].replace("style: plain", "style: sung", 1)
    assert {f.code for f in checked(files).faults} == {"bad-value", "unknown-field", "missing-field"}


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("- 食堂甲", f"- {'食' * 201}", ("phrasings", 0)),
        ("name:", "colour: 红\nname:", ("colour",)),
        ("checked_on: 2026-11-23", "checked_on: 昨天", ("checked_on",)),
        ("name: 老年食堂", f"name: {'老' * 201}", ("name",)),
        ("related:", "url: http://x\nrelated:", ("url",)),
    ],
)
def test_a_fault_of_shape_hides_no_other(old: str, new: str, place: tuple[str, ...]) -> None:
    files = tiny()
    assert old in files[KITCHEN]
    files[KITCHEN] = files[KITCHEN].replace(old, new, 1).replace("要有130家", "要有240家")
    found = {(f.code, f.place) for f in checked(files).faults}
    assert ("unlisted-figure", ("summary",)) in found
    assert {p for c, p in found if c in ("bad-value", "unknown-field")} == {place}
    assert len(found) == 2
    assert checked(files).catalogue is None


@pytest.mark.parametrize(
    ("path", "old", "new", "unfit"),
    [
        (KITCHEN, "    year: 2025\n", "    year: 2025\n  - value: 1\n", 4),
        (KITCHEN, "year: 2025", "year: 1025", 1),
        (KITCHEN, 'comparator: "="', "comparator: ''", 1),
        (KITCHEN, "figures:", "figures:\n  - 一些", 1),
        (KITCHEN_EXAMPLES, "kind: policy", "kind: nope", 1),
        (KITCHEN_EXAMPLES, "examples:", "examples:\n  - 食堂开门吗", 1),
        ("cues.yaml", "  howmany:\n", "  howmuch:\n", 1),
    ],
)
def test_what_stands_half_written_hides_no_other(path: str, old: str, new: str, unfit: int) -> None:
    files = tiny()
    files[KITCHEN] = files[KITCHEN].replace("due_on: 2127", "due_on: 2020").replace("gh: 2025", "gh: 2020")
    late = {(f.code, f.place) for f in checked(files).faults}
    assert late == {("bad-dates", ("due_on",)), ("overdue", ("due_on",)), ("bad-dates", ("valid_through",))}
    assert old in files[path]
    files[path] = files[path].replace(old, new, 1)
    found = [(f.code, f.place) for f in checked(files).faults]
    assert late < set(found) and len(found) == len(late) + unfit


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"id: a\nname: \xff\n", "encoding", 1),
        (b"id: a\nname: [1\n", "syntax", 3),
        (b"id: a\nid: b\n", "syntax", 2),
        (b"a: \x07\n", "syntax", 1),
        (b"a:\na:  # x\n    j\n\n", "syntax", 1),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault_beside_the_others(
    tmp_path: Path, content: bytes, code: str, line: int
) -> None:
    folder = tiny_knowledge.write(tiny(), tmp_path)
    (folder / "signposts.yaml").write_bytes(content)
    faults = checked_files(folder, TODAY).faults
    assert [(f.code, f.path, f.line) for f in faults] == [(code, "signposts.yaml", line)]


def test_words_are_counted_by_their_lines(tmp_path: Path) -> None:
    folder = tiny_knowledge.write(tiny() | {"words.txt": f"# 词\n\n食堂 # 吃饭\n{'馆' * 201}\n"}, tmp_path)
    assert [as_line(f)[:24] for f in checked_files(folder, TODAY).faults] == ["[bad-value] words.txt:4:"]


def test_the_real_knowledge_is_free_of_faults_until_it_is_due(real: Checked) -> None:
    assert [as_line(fault) for fault in real.faults] == []
    documents, _ = read_documents(config.load({}).knowledge)
    later = check(documents, date(2027, 3, 1)).faults
    assert {f.code for f in later} == {"overdue"}
    assert len(later) > 70


def test_every_code_is_broken_here() -> None:
    elsewhere = {
        "encoding",
        "syntax",
        "unknown-file",
        "missing-file",
        "orphan-example",
        "no-examples",
    }
    assert {fault.code for fault in BREAKS} | elsewhere == set(get_args(Code))
