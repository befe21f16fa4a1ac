from bot.text.lot import lot, one_in

TEXTS = [f"第{n}句" for n in range(3000)]


def test_about_one_in_so_many_is_chosen() -> None:
    for count in (2, 3, 7):
        chosen = sum(one_in(count, text) for text in TEXTS)
        assert 0.9 < chosen * count / len(TEXTS) < 1.1


def test_a_text_draws_the_same_everywhere_and_always() -> None:
    assert [lot(text) for text in ("", "低保", "低保")] == [0, 2597245032, 2597245032]
