"""What a new word or synonym does to sentences, at once."""

from toy import CATALOGUE

from bot.staff.cutting import cut_both, recut

SENTENCES = ("桑榆码头怎么走", "低保多少钱", "去桑榆码头的车", "桑榆码头怎么走")


def test_only_sentences_that_change_are_shown_once_each() -> None:
    after = CATALOGUE.model_copy(update={"words": (*CATALOGUE.words, "桑榆码头")})
    found = recut(SENTENCES, CATALOGUE, after)
    assert [r.sentence for r in found] == ["桑榆码头怎么走", "去桑榆码头的车"]
    assert "桑榆码头" in found[0].after.words
    assert "桑榆码头" not in found[0].before.words
    assert "".join(found[0].before.words) == "".join(found[0].after.words)
    assert len(recut(SENTENCES, CATALOGUE, after, most=1)) == 1
    typed = recut(SENTENCES, CATALOGUE, after, most=1, typed="低保在哪")
    assert [r.sentence for r in typed] == ["低保在哪", "桑榆码头怎么走"]


def test_a_new_synonym_shows_what_is_now_understood() -> None:
    concepts = [
        c.model_copy(update={"words": (*c.words, "银发族")}) if c.id == "老人" else c
        for c in CATALOGUE.concepts
    ]
    after = CATALOGUE.model_copy(update={"concepts": tuple(concepts)})
    found = cut_both("银发族去哪吃饭", CATALOGUE, after)
    assert found.before.meant == ()
    assert found.after.meant == ("银发族→老人",)


def test_no_change_changes_nothing() -> None:
    assert recut(SENTENCES, CATALOGUE, CATALOGUE) == []
