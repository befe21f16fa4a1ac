"""What was measured as Markdown, and into README.md between its markers."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Figures = Mapping[str, Any]
NOT_MEASURED = {"failed": "not measured"}
_BEGIN, _END = "<!-- bench -->", "<!-- /bench -->"
_BLANK = "\n\n"
_HEAD = 2  # lines of a table before its first row


def accuracy(results: Mapping[str, Figures]) -> str:
    """Engines by how right they are, how well they refuse, and what they cost."""
    head = [
        "engine",
        "right first",
        "among three",
        "MRR",
        "strangers refused",
        "AUROC",
        "build",
        "median",
        "p99",
        "memory",
    ]
    return _table(head, [[engine, *_accurate(found)] for engine, found in results.items()])


def growth(results: Mapping[int, Mapping[str, Figures]]) -> str:
    """Engines by how their latency, build and memory grow with the phrasings."""
    engines = dict.fromkeys(engine for found in results.values() for engine in found)
    rows = [[engine, *(_grown(found[engine]) for found in results.values())] for engine in engines]
    return _table(["engine", *(f"{size:,} phrasings" for size in results)], rows)


def kept(text: str, readme: Path) -> str:
    """The text with what was not measured as it stands in the file.

    A table of which nothing was measured stays whole, its heading too. In any other a row stays under the
    very heading it had: under one that says otherwise it would have been measured on other work.
    """
    old = {_named(heading): (heading, rows) for _, heading, rows in _tables(_around(readme)[1])}
    blocks = text.split(_BLANK)
    for at, heading, rows in _tables(text):
        before = old.get(_named(heading))
        if before and not any(map(_measured, rows[_HEAD:])):
            rows = before[1]
            blocks[at] = before[0]
        elif before and (heading, rows[:_HEAD]) == (before[0], before[1][:_HEAD]):
            stood = {_engine(row): row for row in before[1]}
            rows = [row if _measured(row) else stood.get(_engine(row), row) for row in rows]
        blocks[at + 1] = "\n".join(rows)
    return _BLANK.join(blocks)


def put(readme: Path, text: str) -> None:
    """Put the text between the markers of the file."""
    before, _, after = _around(readme)
    readme.write_text(f"{before}{_BEGIN}\n{text}\n{_END}{after}", "utf-8")


def _around(readme: Path) -> tuple[str, str, str]:
    """What stands before, between and after the markers of the file."""
    before, _, rest = readme.read_text("utf-8").partition(_BEGIN)
    between, found, after = rest.partition(_END)
    if not found:
        raise SystemExit(f"{readme}: no {_BEGIN} … {_END}")
    return before, between.strip(), after


def _tables(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Each table's lines after its heading, and which of the text's blocks that is."""
    for at, (heading, block) in enumerate(itertools.pairwise(text.split(_BLANK))):
        if block.startswith("|"):
            yield at, heading, block.splitlines()


def _named(heading: str) -> str:
    """What a table is of, up to its heading's first colon."""
    return heading.partition(":")[0]


def _engine(row: str) -> str:
    return row.strip("| ").partition(" |")[0]


def _measured(row: str) -> bool:
    return NOT_MEASURED["failed"] not in row


def _accurate(found: Figures) -> list[str]:
    if "failed" in found:
        return [found["failed"], *[""] * 8]
    shares = [f"{found[name]:.1%}" for name in ("hit@1", "hit@3")]
    times = [f"{found['build']:.1f} s", f"{found['median']:.2f} ms", f"{found['p99']:.2f} ms"]
    refusal = [f"{found['refused']:.1%}", f"{found['auroc']:.3f}"] if "auroc" in found else ["–", "–"]
    return [*shares, f"{found['mrr']:.3f}", *refusal, *times, f"{found['memory']:.0f} MB"]


def _grown(found: Figures) -> str:
    if "failed" in found:
        return str(found["failed"])
    return (
        f"{found['median']:.2f} / {found['p99']:.2f} ms · {found['build']:.1f} s · "
        f"{found['memory']:,.0f} MB · {found['hit@1']:.0%}"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
