import random

import pytest

from bot.matching.likeness import Phrasings, nearest


def test_the_nearest_phrasing_comes_with_how_like_it_is() -> None:
    assert nearest("低保多少钱", ["图书馆", "低保多少钱"]) == ("低保多少钱", 1.0)
    found, likeness = nearest("低保多少钱", ["图书馆", "低保多少"])
    assert found == "低保多少" and 0.5 < likeness < 1.0
    assert nearest("低保多少钱", []) == ("", 0.0)
    assert nearest("低保多少钱", ["图书馆", "低保多少"], least=0.95) == ("", 0.0)


@pytest.mark.parametrize("least", [0.3, 0.6, 0.85, 1.0])
def test_among_many_the_nearest_is_found_as_if_all_were_compared(least: float) -> None:
    draw = random.Random(7)
    texts = ["".join(draw.choices("天地人你我他", k=draw.randint(1, 9))) for _ in range(400)]
    known, asked = Phrasings(texts[:300]), texts[300:]
    expected = [nearest(text, texts[:300], least) for text in asked]
    assert any(found for found, _ in expected)
    assert [known.nearest(text, least) for text in asked] == expected
