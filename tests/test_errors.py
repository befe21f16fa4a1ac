import pytest

from bot import errors
from bot.cli import EXIT_CODES
from bot.errors import KnowledgeError, YongwenError

OURS = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, YongwenError)]
LEAVES = [e for e in OURS if e is not YongwenError]


def test_there_are_errors_to_check() -> None:
    assert len(LEAVES) >= 5


@pytest.mark.parametrize("error", LEAVES, ids=lambda e: e.__name__)
def test_an_error_is_ours_drawn_and_told_apart(error: type[YongwenError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")
    assert error.__doc__
    assert f"{error.exit_code} " in EXIT_CODES
    assert error("what is wrong").args == ("what is wrong",)


def test_no_two_errors_share_an_exit_code() -> None:
    codes = [error.exit_code for error in OURS]
    assert len(set(codes)) == len(codes)
    assert not {0, 2, 130} & set(codes)


def test_a_knowledge_error_carries_its_faults() -> None:
    error = KnowledgeError("2 faults", ["a", "b"])
    assert str(error) == "2 faults"
    assert error.faults == ("a", "b")
    assert KnowledgeError("none").faults == ()
