from bot.text.runs import spoken, syllables


def test_a_break_parts_syllables() -> None:
    assert syllables("低x保") == ["di", "", "bao"]


def test_every_syllable_has_the_place_of_its_character_or_of_the_letters_it_is_typed_in() -> None:
    assert spoken("住 dibao多少") == [(0, "zu"), (2, "di"), (2, "bao"), (7, "duo"), (8, "sao")]
