import pytest
import toy

from bot.catalogue.model import Cues
from bot.conversation.kinds import PRIORITY, Cued, cue_index, find_cues, question_kind
from bot.conversation.knowledge import Knowledge
from bot.text.normalise import normalise


def found(text: str) -> Cued:
    return find_cues(normalise(text), toy.knowledge().cues)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("低保", "policy"),
        ("低保多少", "howmany"),
        ("低保多少钱", "cost"),
        ("低保电话多少", "contact"),
        ("食堂在哪里", "where"),
        ("低保怎么申请", "how"),
        ("什么条件", "eligibility"),
        ("食堂几点开", "when"),
        ("有没有食堂", "yesno"),
        ("有没有人知道食堂在哪里", "where"),
        ("食堂什么时候开,多少钱", "cost"),
        ("HOW MUCH is it", "cost"),
        ("電話", "contact"),
    ],
)
def test_what_is_asked(text: str, kind: str) -> None:
    assert question_kind(found(text)) == kind


def test_the_longest_cue_wins_and_the_rest_is_kept() -> None:
    assert found("请问低保多少钱") == ({"follow-courtesy", "cost"}, "低保")


def test_cues_that_show_two_things_show_both() -> None:
    cues = Cues(kinds={"how": ("咋",)}, follow={"follow-also": ("咋",)})
    assert find_cues("咋", cue_index(cues)).shown == {"how", "follow-also"}


@pytest.mark.parametrize(
    ("text", "shown"), [("phone", True), ("打phone", True), ("phones", False), ("iphone", False)]
)
def test_a_latin_cue_is_a_whole_word(text: str, shown: bool) -> None:
    assert ("contact" in found(text).shown) is shown


def test_every_kind_of_the_real_cues_can_win(knowledge: Knowledge) -> None:
    kinds = frozenset().union(*knowledge.cues.words.values())
    only_looks_like_a_cue = {"policy"}
    assert set(PRIORITY) == {k for k in kinds if not k.startswith("follow-")} - only_looks_like_a_cue
