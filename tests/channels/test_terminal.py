"""The terminal chat, by a scripted reader in place of a keyboard."""

from collections.abc import Callable, Iterator

import pytest

from bot.app import Yongwen
from bot.channels import terminal
from bot.messages import Message, Reply

pytestmark = pytest.mark.anyio
Line = str | type[BaseException] | BaseException


def typed(*lines: Line) -> Callable[[str], str]:
    """A reader that hands out these lines, raises what is an exception, then ends the input."""
    script: Iterator[Line] = iter((*lines, EOFError))

    def read(prompt: str) -> str:
        assert prompt == "> "
        line = next(script)
        if isinstance(line, str):
            return line
        raise line

    return read


class Echo:
    """An answering function that keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[Message] = []

    async def __call__(self, message: Message) -> Reply:
        self.heard.append(message)
        return Reply(f"«{message.text}»", "answered")


async def test_it_greets_answers_and_leaves_at_the_end_of_input(capsys: pytest.CaptureFixture[str]) -> None:
    echo = Echo()
    await terminal.chat(echo, typed("低保", ""))
    assert [message.text for message in echo.heard] == ["/start", "低保", ""]
    assert capsys.readouterr().out == "«/start»\n\n«低保»\n\n«»\n\n\n"


async def test_all_lines_are_one_conversation() -> None:
    echo = Echo()
    await terminal.chat(echo, typed("一", "二"))
    (session,) = {(message.session, message.channel) for message in echo.heard}
    assert all(session)


@pytest.mark.parametrize("word", ["exit", " QUIT ", "/quit", "/exit"])
async def test_a_word_leaves(word: str) -> None:
    echo = Echo()
    await terminal.chat(echo, typed(word, "never"))
    assert [message.text for message in echo.heard] == ["/start"]


async def test_ctrl_c_leaves_on_a_fresh_line(capsys: pytest.CaptureFixture[str]) -> None:
    echo = Echo()
    await terminal.chat(echo, typed(KeyboardInterrupt, "never"))
    assert [message.text for message in echo.heard] == ["/start"]
    assert capsys.readouterr().out.endswith("\n\n\n")


async def test_bytes_that_are_no_text_do_not_end_the_chat() -> None:
    echo = Echo()
    await terminal.chat(echo, typed(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), "低保"))
    assert [message.text for message in echo.heard] == ["/start", "", "低保"]


async def test_a_candidate_is_chosen_by_its_number(
    yongwen: Yongwen, capsys: pytest.CaptureFixture[str]
) -> None:
    await terminal.chat(yongwen.answer, typed("/domains", "1", "1"))
    greeting, domains, services, answer, _ = capsys.readouterr().out.split("\n\n")
    lookup = yongwen.knowledge.lookup
    assert greeting.startswith(lookup.say("greeting", phone=""))
    assert f"1. {lookup.domains[1].name}" in domains
    first = lookup.of_domain(1)[0]
    assert f"1. {first.name}" in services
    assert first.summary in answer


async def test_input_is_read_with_line_editing_where_there_is_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", typed("低保"))
    echo = Echo()
    await terminal.chat(echo)
    assert [message.text for message in echo.heard] == ["/start", "低保"]
