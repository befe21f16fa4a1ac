import pytest

from bot.matching.features import (
    Reader,
    extract,
    parse,
    seam,
    sound_only,
    stem,
    views,
)
from bot.matching.lexicon import Lexicon


def of_kind(kind: str, text: str, lex: Lexicon) -> set[str]:
    return {f[1:] for f in parse(text, lex).features if f[0] == kind}


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("w", "图书馆借书", {"图书馆", "借书"}),
        ("w", "甬易养是啥", {"甬易养"}),
        ("c", "低保 2025", {"低", "保"}),
        ("b", "低保金", {"低保", "保金"}),
        ("b", "低 保", {"低保"}),
        ("b", "低保 社保", {"低保", "社保"}),
        ("s", "低保", {"di bao"}),
        ("s", "最低工资", {"zui di", "di gon", "gon zi", "zui gon", "di zi"}),
        ("p", "爷爷坐公交车去小区", {"公交+老人", "公交+社区", "社区+老人"}),
        ("s", "dibao", {"di bao"}),
        ("s", "住房", {"zu fan"}),
        ("k", "爷爷坐公交车", {"老人", "公交"}),
        ("e", "public libraries 2025", {"public", "librar", "2025"}),
        ("e", "达到60%", {"60%"}),
    ],
)
def test_each_kind_of_feature(kind: str, text: str, found: set[str], lex: Lexicon) -> None:
    assert of_kind(kind, text, lex) == found


def test_a_feature_is_named_once_and_in_a_fixed_order(lex: Lexicon) -> None:
    found = extract("低保低保低保", lex)
    assert len(found) == len(set(found))
    assert found == extract("低保低保低保", lex)


def test_nothing_typed_has_no_features(lex: Lexicon) -> None:
    assert parse("!?😭\u200b", lex) == ("", [], [], [], [], [])


def test_what_two_texts_have_only_together_are_the_features_of_their_seam(lex: Lexicon) -> None:
    one, other = parse("爷爷要坐", lex), parse("公交车去小区", lex)
    apart = {*one.features, *other.features}
    assert set(seam(one, other)) - apart == {"szuo gon", "syao gon", "szuo jiao", "p公交+老人", "p社区+老人"}
    assert {*apart, *seam(one, other)} == set(parse("爷爷要坐,公交车去小区", lex).features)


def test_pinyin_and_characters_share_what_is_left_when_typed_in_pinyin(lex: Lexicon) -> None:
    spoken = sound_only(extract("低保标准", lex))
    assert spoken == ["sdi bao", "sbao biao", "sbiao zun"]
    assert sound_only(parse("低保标准", lex).features) == [*spoken, "sdi biao", "sbao zun"]
    assert set(spoken) <= set(extract("dibao biaozhun", lex))


def test_what_was_read_before_is_read_the_same_again(lex: Lexicon) -> None:
    reader = Reader(lex)
    for text in ("低保标准多少", "", "爷爷坐公交车去小区", "the bus"):
        read = parse(text, lex)
        assert reader.wide(text) == views(read, lex)
        assert reader.plain(text) == reader.plain(text) == (read.plain, sound_only(read.plain))
    assert Reader(lex).plain("低保标准")[0] == extract("低保标准", lex)


def test_what_bridges_no_gap_is_learnt_with_a_letter_gone_too(lex: Lexicon) -> None:
    typed, sounds, *shortened = Reader(lex).plain_or_shortened("低保标准多少")
    assert (typed, sounds) == Reader(lex).plain("低保标准多少")
    assert [len({f for f in typed if f[0] == "c"} - set(one)) for one in shortened] == [1, 1]
    assert len(Reader(lex).plain_or_shortened("低保")) == 2


def test_what_must_be_told_apart_is_learnt_with_more_letters_gone(lex: Lexicon) -> None:
    typed, _, *shortened = Reader(lex).plain_or_shortened("低保标准一年多少", times=5)
    gone = [frozenset(f for f in typed if f[0] == "c") - set(one) for one in shortened]
    assert list(map(len, gone)) == [1] * 5
    assert len(set(gone)) == 5
    assert len(Reader(lex).plain_or_shortened("低保标准", times=5)) == 2  # too short
    assert len(Reader(lex).plain_or_shortened("the big bus", times=5)) == 4


def test_typed_in_pinyin_a_text_shares_its_concepts_too(lex: Lexicon) -> None:
    typed, in_pinyin, sounds, *_ = views(parse("爷爷坐公交车", lex), lex)
    assert {"k老人", "k公交"} <= set(typed) & set(in_pinyin)
    read = parse("yeye zuo gongjiaoche", lex)
    assert set(in_pinyin) == {f for f in read.features if f[0] != "e"}
    assert set(sounds) == {f for f in in_pinyin if f[0] == "s"}


def test_a_text_is_also_learnt_with_a_letter_gone(lex: Lexicon) -> None:
    typed, _, _, *shortened, _ = views(parse("低保标准多少", lex), lex)
    gone = [{f for f in typed if f[0] == "c"} - set(one) for one in shortened]
    assert list(map(len, gone)) == [1, 1]
    assert gone[0] != gone[1]
    for one, letters in zip(shortened, gone, strict=True):
        assert set(one) == set(parse("低保标准多少".replace(letters.pop()[1], ""), lex).features)


def test_a_short_text_is_learnt_whole(lex: Lexicon) -> None:
    typed, _, _, *changed = views(parse("低保标准", lex), lex)
    assert [{f for f in typed if f[0] == "c"} - set(one) for one in changed] == [set()]


def test_a_text_is_also_learnt_with_its_end_said_first(lex: Lexicon) -> None:
    assert views(parse("低保标准", lex), lex)[-1] == parse("标准低保", lex).features
    assert len(views(parse("低保", lex), lex)) == len(views(parse("bus", lex), lex)) == 3  # one word


def test_a_break_parts_neighbouring_syllables(lex: Lexicon) -> None:
    assert of_kind("s", "低x保", lex) == {"di bao"}  # as if a letter had slipped in


@pytest.mark.parametrize(("word", "left"), [("schools", "school"), ("training", "train"), ("bus", "bus")])
def test_a_stem_has_no_common_ending(word: str, left: str) -> None:
    assert stem(word) == left
