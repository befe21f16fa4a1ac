"""The command line: arguments and exit codes only."""

import argparse
import asyncio
import gc
import io
import json
import logging
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from bot import app, batch, config
from bot.errors import InputError, YongwenError
from bot.messages import Message

EXIT_CODES = """exit codes: 0 done · 1 something of ours failed · 2 wrong arguments · 3 a setting is wrong ·
4 the knowledge has faults · 5 a database cannot be used · 6 input cannot be read · 7 a channel
cannot start · 130 stopped by Ctrl-C"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="甬问: answers residents' questions about Ningbo's public services.",
        epilog=EXIT_CODES,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add = commands.add_parser
    serve = add("serve", help="start the web chat, and Telegram when a token is set")
    serve.set_defaults(run=_serve)
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
    check = add("check", help="find every fault of the knowledge files")
    check.set_defaults(run=_check)
    build = add("build", help="check the knowledge files and build services.sqlite from them")
    build.set_defaults(run=_build)
    evaluate = add("eval", help="score labelled questions (.jsonl, example files or their folder)")
    evaluate.add_argument("files", nargs="+", metavar="FILE", type=Path, help="labelled questions")
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.add_argument("--html", metavar="PAGE", type=Path, help="write a page with plots")
    evaluate.add_argument("--wrong", action="store_true", help="list what went wrong")
    evaluate.add_argument(
        "--perturb", action="store_true", help="count instead how often small changes change the answer"
    )
    evaluate.set_defaults(run=_eval)
    rank = add("rank", help="rank the intents of any FAQ for questions on standard input")
    rank.add_argument(
        "--kb", metavar="FILE", type=Path, required=True, help='phrasings, a line {"intent", "text"} each'
    )
    rank.set_defaults(run=_rank)
    fit = add("fit", help="fit the confidence on the examples; writes knowledge/confidence.yaml")
    fit.set_defaults(run=_fit)
    known = add("known", help="list the examples that miss; writes knowledge/known_failures.yaml")
    known.set_defaults(run=_known)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    _replace_the_unprintable()
    arguments = _parser().parse_args(argv)
    try:
        settings = config.load()
        logging.basicConfig(
            level=settings.log_level,
            stream=sys.stderr,
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        )
        return int(asyncio.run(arguments.run(arguments, settings)))
    except YongwenError as error:
        for fault in getattr(error, "faults", ()):
            print(fault, file=sys.stderr)
        print(f"yongwen: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _replace_the_unprintable() -> None:
    """Print a question mark for what a terminal's encoding lacks, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _interruptible() -> None:
    """Let Ctrl-C end a command that waits for a line; asyncio's own handler would wait with it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


async def _ask(arguments: argparse.Namespace, settings: config.Settings) -> int:
    if arguments.batch:
        return await _batch(arguments.batch, settings)
    if not arguments.question:
        raise InputError("no question given; try: ask 低保一年多少钱")
    text = " ".join(arguments.question)
    yongwen = await app.in_memory(settings)
    reply = await yongwen.answer(Message(text))
    if arguments.json:
        _print_json(batch.as_json(batch.as_data(text, reply)))
    else:
        print(reply.text)
    return 0


async def _batch(name: str, settings: config.Settings) -> int:
    yongwen = await app.in_memory(settings)
    unread: list[str] = []

    def complain(message: str) -> None:
        unread.append(message)
        print(f"yongwen: {message}", file=sys.stderr)

    with _lines(name) as lines:
        _interruptible()
        async for line in batch.answers(lines, yongwen.answer, complain):
            _print_json(line)
    return InputError.exit_code if unread else 0


def _print_json(line: str) -> None:
    """One line in UTF-8 whatever the terminal's encoding, at once."""
    sys.stdout.buffer.write(f"{line}\n".encode())
    sys.stdout.buffer.flush()


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
    _interruptible()
    await chat(yongwen.answer)
    return 0


async def _serve(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    await app.serve(settings, lambda line: print(line, flush=True))
    return 0


async def _explain(arguments: argparse.Namespace, settings: config.Settings) -> int:
    from bot.conversation.explain import explained, in_words

    yongwen = await app.in_memory(settings)
    data = explained(" ".join(arguments.question), yongwen.knowledge)
    print(json.dumps(data, ensure_ascii=False, indent=1) if arguments.json else in_words(data))
    return 0


async def _check(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    checked = app.check_knowledge(settings, _progress)
    for fault in checked.faults:
        print(fault)
    print(f"{len(checked.faults)} faults", file=sys.stderr)
    return 4 if checked.faults else 0


async def _build(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    number = await app.build(settings, _progress)
    print(f"{settings.catalogue}: {number} services", file=sys.stderr)
    return 0


async def _eval(arguments: argparse.Namespace, settings: config.Settings) -> int:
    from bot.staff import measures, report

    if arguments.perturb:
        rows = await app.perturb(settings, arguments.files, _progress)
        as_json = json.dumps(rows, ensure_ascii=False)
        print(as_json if arguments.json else report.perturbed_as_text(rows, arguments.wrong))
        return 0
    evaluation = await app.evaluate(settings, arguments.files, _progress)
    figures = measures.measure(evaluation)
    if arguments.html:
        _write(arguments.html, report.as_html(figures, evaluation))
    print(json.dumps(figures, ensure_ascii=False) if arguments.json else report.as_text(figures))
    if arguments.wrong:
        print(report.wrong_as_text(evaluation.wrong))
    return 0


async def _rank(arguments: argparse.Namespace, _settings: config.Settings) -> int:
    from bot import faq
    from bot.matching import ranking

    started = time.perf_counter()
    lines = faq.read(arguments.kb)
    index = ranking.build(lines, lambda done: _progress(done, len(lines)))
    seconds = time.perf_counter() - started
    ready = f"ready: {len(index.intents)} intents, {len(lines)} phrasings, {seconds:.1f} s"
    print(ready, file=sys.stderr, flush=True)
    gc.freeze()  # or the collector would look through a large index again and again
    unread: list[str] = []

    def complain(message: str) -> None:
        unread.append(message)
        print(f"yongwen: {message}", file=sys.stderr)

    _interruptible()
    for line in faq.answers(sys.stdin.buffer, index, complain):
        _print_json(line)
    return InputError.exit_code if unread else 0


async def _fit(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    print(await app.fit_confidence(settings, _progress), file=sys.stderr)
    return 0


async def _known(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    print(await app.list_failures(settings, _progress), file=sys.stderr)
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


Command = Callable[[argparse.Namespace, config.Settings], Awaitable[int]]
