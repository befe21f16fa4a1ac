"""Signs found by their first characters are the signs found one by one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.knowledge import Knowledge
from bot.conversation.signs import Sign, SignIndex

parts = st.lists(st.text("着火了救命", min_size=1, max_size=4), min_size=1, max_size=3).map(tuple)
signs = st.lists(st.builds(Sign, st.sampled_from("ab"), st.lists(parts, min_size=1, max_size=3).map(tuple)))


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(signs, st.text("着火了救命 x", max_size=12))
def test_as_if_each_were_looked_for(listed: list[Sign], text: str) -> None:
    expected = {s for s in listed if all(any(wording in text for wording in part) for part in s.parts)}
    assert SignIndex(listed).found(text) == expected


def test_the_catalogues_signs_are_found(knowledge: Knowledge) -> None:
    assert {s.emergency for s in knowledge.signs.found("家里着火了快来人")} == {"fire"}
    assert not knowledge.signs.found("低保一年多少钱")
