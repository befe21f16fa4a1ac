"""The generated parts of README.md and knowledge/README.md, between markers."""

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

from bot import cli, config
from bot.catalogue.model import Service

FILES = (config.ROOT / "README.md", config.ROOT / "knowledge" / "README.md")


def commands() -> str:
    """What `python -m bot` can do, and its exit codes."""
    parser = cli.parser()
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    rows = [f"| `{a.dest}` | {a.help} |" for a in actions[0]._choices_actions]
    codes = " ".join((parser.epilog or "").split())
    return "\n".join(["| command | what it does |", "| --- | --- |", *rows, "", codes])


def settings() -> str:
    """Every setting with its default."""
    rows = []
    for key, setting in config.SETTINGS.items():
        written = _written(setting.default)
        shown = f"`{written}`" if written else "—"
        rows.append(f"| `{config.PREFIX}{key.upper()}` | {shown} | {setting.help} |")
    return "\n".join(["| setting | default | meaning |", "| --- | --- | --- |", *rows])


def _written(default: object) -> str:
    """A default as one would set it; empty where there is none."""
    if isinstance(default, Path):
        return str(default.relative_to(config.ROOT))
    if isinstance(default, tuple) and not hasattr(default, "_fields"):
        return ", ".join(default)
    return str(int(default)) if isinstance(default, bool) else str(default or "")


def fields() -> str:
    """The fields of a service, and what they are called elsewhere.

    HSDS 3.0 is openreferral.org's, CPSV-AP 3.2 SEMIC's; of schema.org it is GovernmentService.
    """
    known = json.loads(Path(__file__).with_name("fields.json").read_text("utf-8"))
    rows = [
        f"| `{name}` | {'必填' if field.is_required() else '可空'} | {known[name]['help']} |"
        f" {known[name]['hsds'] or '—'} | {known[name]['cpsv'] or '—'} | {known[name]['schema'] or '—'} |"
        for name, field in Service.model_fields.items()
    ]
    return "\n".join(
        [
            "| 字段 | | 写什么 | HSDS 3.0 | CPSV-AP 3.2 | schema.org |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
        ]
    )


PARTS: dict[str, Callable[[], str]] = {"commands": commands, "settings": settings, "fields": fields}


def renewed(text: str) -> tuple[str, list[str]]:
    """A document with its generated parts made anew, and the names of those it has."""
    found = []
    for name, make in PARTS.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if pattern.search(text):
            found.append(name)
            before, after = pattern.split(text, maxsplit=1)[0], pattern.split(text, maxsplit=1)[-1]
            text = f"{before}<!-- {name} -->\n{make()}\n<!-- /{name} -->{after}"
    return text, found


def main() -> int:
    """Rewrite both files."""
    for path in FILES:
        text, _ = renewed(path.read_text("utf-8"))
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
