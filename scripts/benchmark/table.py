"""What was measured as Markdown, and into README.md between its markers."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Figures = Mapping[str, Any]
NOT_MEASURED = {"failed": "not measured"}
_BEGIN, _END = "<!-- bench -->", "<!-- /bench -->"


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
    """The text with what was not measured as it stands in the file, under the same heading."""
    old = dict(_rows(readme.read_text("utf-8")))
    lines = zip(text.splitlines(), _headed(text), strict=True)
    return "\n".join(old.get(key, line) if NOT_MEASURED["failed"] in line else line for line, key in lines)


def _rows(text: str) -> Iterator[tuple[tuple[str, str], str]]:
    return zip(_headed(text), text.splitlines(), strict=True)


def _headed(text: str) -> Iterator[tuple[str, str]]:
    """For each line the heading of its table, up to the first colon, and what its row is about."""
    heading = ""
    for line in text.splitlines():
        if line and not line.startswith("|"):
            heading = line.partition(":")[0]
        yield heading, line.strip("| ").partition(" |")[0]


def put(readme: Path, text: str) -> None:
    """Put the text between the markers of the file."""
    whole = readme.read_text("utf-8")
    before, _, rest = whole.partition(_BEGIN)
    _, found, after = rest.partition(_END)
    if not found:
        raise SystemExit(f"{readme}: no {_BEGIN} … {_END}")
    readme.write_text(f"{before}{_BEGIN}\n{text}\n{_END}{after}", "utf-8")


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
