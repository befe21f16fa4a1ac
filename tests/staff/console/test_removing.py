"""A service taken away: one line for each place that still names it, and one press to take them along."""

import re
import time
from collections.abc import Iterator
from html import unescape

import pytest
from console_world import Person, another, running, settings
from tiny_knowledge import tiny

LIBRARY = "/staff/knowledge/services/library"
TALK = """\
# 对话
dialogues:
  - - q: 看书要钱吗
      lands: library
    - q: 借书呢
      lands: library
  - - q: 食堂几点开
      lands: kitchen
several:
  - q: 看书和吃饭
    lands: [library, kitchen]
"""


@pytest.fixture
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Somebody whose draft takes the library away, on the draft's page."""
    files = tiny()
    files["examples/elderly/kitchen.yaml"] += "  - q: 哪里看书\n    lands: library\n"
    files["examples/talk/dialogues.yaml"] = TALK
    files["known_failures.yaml"] = "library:\n  - 请问看书天\n"
    with running(settings(tmp_path_factory.mktemp("removing"), files)) as client:
        found = another(client).sign_in("林编")
        found.get(LIBRARY)
        found.post(LIBRARY, **found.fields, do="remove")
        yield found


def faults(editor: Person) -> list[str]:
    """The lines of the box of what is wrong."""
    box = editor.page.partition('<div class="fault-box">')[2].partition("</div>")[0]
    lines = re.findall(r"<li>(.*?)</li>", box, re.S)
    return ["".join(unescape(re.sub(r"<[^>]+>", "", line)).split()) for line in lines]


def press(editor: Person, do: str) -> None:
    version = re.search(r'name="version" value="(\d+)"', editor.page)
    assert version
    editor.post(editor.path, do=do, version=version[1])


def test_each_place_that_names_it_is_one_line_with_how_often_and_an_example(editor: Person) -> None:
    assert "5 处不对" in editor.text
    assert sorted(faults(editor)) == [
        "例句老年食堂：听着像、其实不是的，第2项，该落到的library不对，请写别的服务或outside（“哪里看书”）",
        "对话的例句整段对话：一句问几件事，第1项，没有服务叫library，请写别的服务或outside（“看书和吃饭”）",
        "对话的例句整段对话：对话，2处，如第1项，第1项，没有服务叫library，请写别的服务或outside（“看书要钱吗”）",
        "服务老年食堂：接下来可能想问，第1项，没有别的服务叫library，请改正",
    ]


def test_what_is_taken_away_is_told_before_all_changes(editor: Person) -> None:
    part = editor.page.partition('<h2 id="changes">')[2]
    assert "删掉 1 条：服务 图书馆</p>" in part.partition("<h3>")[0]


def test_one_press_takes_them_along_and_the_draft_can_be_handed_in(editor: Person) -> None:
    draft = editor.path
    assert "图书馆删掉了" in editor.text
    press(editor, "clear")
    assert editor.path == draft
    assert not faults(editor) and "没有不对的地方" in editor.text and "图书馆删掉了" not in editor.text
    changed = editor.page.partition('id="changes"')[2].partition('id="thread"')[0]
    for gone in ("哪里看书", "看书和吃饭", "借书呢"):
        assert re.search(rf"<del>[^<]*{gone}", changed), gone
    assert "<del>食堂几点开" not in changed and "去掉提到“图书馆”的地方" in editor.text
    press(editor, "submit")
    assert "等审核" in editor.text
    assert "图书馆看书免费" in editor.ask("图书馆")
    reviewer = another(editor.client).sign_in("周审")
    for do in ("approve", "release"):
        reviewer.get(draft)
        press(reviewer, do)
    for _ in range(600):
        if not reviewer.path.startswith("/staff/jobs/"):
            break
        time.sleep(0.05)
        reviewer.get(reviewer.path)
    assert "发布好了" in reviewer.text
    for _ in range(200):
        if "图书馆看书免费" not in editor.ask("图书馆"):
            break
        time.sleep(0.05)
    assert "图书馆看书免费" not in editor.ask("图书馆")
    assert "老年食堂到2025年要有130家" in editor.ask("老年食堂")


def test_a_draft_changed_meanwhile_is_looked_at_again(editor: Person) -> None:
    draft = editor.path
    editor.post(draft, do="clear", version="0")
    assert editor.status == 409 and "草稿又变了" in editor.text
    assert len(faults(editor)) == 4
