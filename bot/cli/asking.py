"""Commands that answer: serve, ask, chat, explain."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from bot import app, batch, config
from bot.bodies import lines_of
from bot.channels.base import plain
from bot.cli.output import Complaints, interruptible, print_json
from bot.errors import InputError
from bot.messages import Message, as_data, as_json


def add_to(commands: Any) -> None:
    """Declare the commands."""
    add = commands.add_parser
    serve = add("serve", help="start the web chat, and Telegram when a token is set")
    serve.set_defaults(run=_serve)
    menu = add("menu", help="print a channel's menu of the domains, to be put into its settings")
    menu.add_argument("channel", help="wechat or wecom")
    menu.set_defaults(run=_menu)
    ask = add("ask", help="answer one question, or a file of them")
    ask.add_argument("question", nargs="*", help="the question")
    ask.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    ask.add_argument(
        "--batch", metavar="FILE", help="answer each line of FILE (- for standard input) with a JSON line"
    )
    ask.set_defaults(run=_ask)
    chat = add("chat", help="talk in the terminal")
    chat.set_defaults(run=_chat)
    explain = add("explain", help="show how a question is understood")
    explain.add_argument("question", nargs="+", help="the question")
    explain.add_argument("--json", action="store_true", help="print JSON")
    explain.set_defaults(run=_explain)


async def _ask(arguments: argparse.Namespace, settings: config.Settings) -> int:
    if arguments.batch and arguments.question:
        raise InputError("give either a question or --batch FILE, not both")
    if arguments.batch:
        return await _batch(arguments.batch, settings)
    if not arguments.question:
        raise InputError("no question given; write it after ask, or give --batch FILE")
    text = " ".join(arguments.question)
    yongwen = await app.in_memory(settings, warmed=False)
    reply = await yongwen.answer(Message(text))
    if arguments.json:
        print_json(as_json(as_data(text, reply)))
    else:
        print(plain(reply))
    return 0


async def _batch(name: str, settings: config.Settings) -> int:
    yongwen = await app.in_memory(settings)
    complaints = Complaints()
    with _lines(name) as lines:
        interruptible()
        async for line in batch.answers(lines_of(lines), yongwen.answer, complaints):
            print_json(line)
    return complaints.exit_code


@contextmanager
def _lines(name: str) -> Iterator[BinaryIO]:
    with ExitStack() as opened:
        try:
            source = sys.stdin.buffer if name == "-" else opened.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise InputError(f"{name}: {error.strerror}") from error
        yield source


async def _chat(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    from bot.channels.terminal import chat

    yongwen = await app.in_memory(settings)
    interruptible()
    print("exit or Ctrl-C leaves.", file=sys.stderr)
    await chat(yongwen.answer)
    return 0


async def _serve(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    await app.serve(settings, lambda line: print(line, flush=True))
    return 0


async def _menu(arguments: argparse.Namespace, settings: config.Settings) -> int:
    print(json.dumps(await app.menu(settings, arguments.channel), ensure_ascii=False, indent=1))
    return 0


async def _explain(arguments: argparse.Namespace, settings: config.Settings) -> int:
    from bot.conversation.explain import explained, in_words

    yongwen = await app.in_memory(settings, warmed=False)
    data = explained(" ".join(arguments.question), yongwen.knowledge)
    print(json.dumps(data, ensure_ascii=False, indent=1) if arguments.json else in_words(data))
    return 0
