"""Who may import whom: design.md's list, held exhaustively over every module of bot/."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Highest first. A module may import what stands below it, and its own part of the layer.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("bot.__main__",),
    ("bot.cli",),
    ("bot.app",),
    ("bot.config",),
    ("bot.channels", "bot.staff", "bot.faq"),
    ("bot.batch", "bot.rendering"),
    ("bot.bodies",),
    ("bot.store",),
    ("bot.conversation",),
    ("bot.matching",),
    ("bot.catalogue",),
    ("bot.messages", "bot.errors", "bot.text", "bot.local_time"),
    ("bot",),
)
PURE = ("bot.conversation", "bot.matching", "bot.catalogue", *LAYERS[-2])
IMPURE = frozenset(
    [
        "asyncio",
        "importlib",
        "sqlalchemy",
        "alembic",
        "aiosqlite",
        "sqlite3",
        "os",
        "io",
        "time",
        "random",
        "pathlib",
        "shutil",
        "subprocess",
        "socket",
        "threading",
        "telegram",
        "starlette",
        "uvicorn",
        "tempfile",
        "secrets",
    ]
)
# The seeded shuffle, and bytes in memory: neither reaches out of the process.
PURE_ALL_THE_SAME = {
    ("bot.matching.linear", "random"),
    ("bot.matching.margin", "random"),
    ("bot.matching.stored", "io"),
    # Constants that come with the package: a table, and what a fit found.
    ("bot.matching.meanings", "importlib"),
    ("bot.matching.sureness", "importlib"),
}
# Third-party library → the only modules that may import it.
KEPT_TO = {
    "sqlalchemy": ("bot.store",),
    "alembic": ("bot.store",),
    "telegram": ("bot.channels.telegram",),
    "starlette": (
        "bot.channels.web",
        "bot.channels.webhook",
        "bot.channels.api",
        "bot.channels.problems",
        "bot.staff.console",
        "bot.channels.mcp",
    ),
    "fastapi": ("bot.channels.api",),
    "httpx": ("bot.channels.rest", "bot.staff.provider"),
    "authlib": ("bot.staff.provider",),
    "joserfc": ("bot.staff.provider",),
    "cryptography": ("bot.channels.envelope", "bot.store.sealing"),
    "mcp": ("bot.channels.mcp",),
    "limits": ("bot.channels.api", "bot.app.gate"),
    "uvicorn": ("bot.channels.web",),
    "prometheus_client": ("bot.app.metrics",),
    "ruamel": ("bot.staff",),
    "argon2": ("bot.staff.accounts",),
    "jieba": ("bot.text.cut",),
    "opencc_purepy": ("bot.text.normalise", "bot.staff.perturbation"),
    "rapidfuzz": ("bot.matching",),
    "asyncpg": ("bot.store",),
    "jinja2": ("bot.rendering",),
    "xlsxwriter": ("bot.staff",),
    "python_calamine": ("bot.staff",),
    "fpdf": ("bot.staff.exports",),
    "fontTools": ("bot.staff.exports",),
}


def names() -> dict[str, Path]:
    """Every module of bot/ by its dotted name; migrations are Alembic's, not importable."""
    found = {}
    for path in (ROOT / "bot").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts:
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES = names()


def imports(module: str) -> Iterator[str]:
    """What a module imports, anywhere in it; `from package import module` names the module."""
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{module}: relative import"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in whole)


IMPORTS = {module: frozenset(imports(module)) for module in MODULES}


def within(module: str, part: str) -> bool:
    return module == part or (module.startswith(f"{part}.") and part != "bot")


def kept_to(module: str, homes: tuple[str, ...]) -> bool:
    """Whether a module is one of these: `bot.channels.web` stands for web.py and web_….py."""
    return any(within(module, home) or module.startswith(f"{home}_") for home in homes)


def place(module: str) -> tuple[int, str]:
    """The layer of a module, from 0 at the top, and the part of it."""
    found = [(i, part) for i, layer in enumerate(LAYERS) for part in layer if within(module, part)]
    assert len(found) == 1, f"{module} has {len(found)} places in LAYERS; give it one"
    return found[0]


def test_there_are_modules_to_check() -> None:
    assert len(MODULES) > 50
    assert sum(map(len, IMPORTS.values())) > 200


@pytest.mark.parametrize("part", [part for layer in LAYERS for part in layer])
def test_every_place_has_a_module(part: str) -> None:
    assert any(within(module, part) for module in MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_imports_only_what_stands_below(module: str) -> None:
    layer, part = place(module)
    for other in IMPORTS[module] & MODULES.keys():
        below, other_part = place(other)
        assert below > layer or other_part == part, f"{module} may not import {other}"


@pytest.mark.parametrize("module", [m for m in MODULES if within(m, "bot.channels")])
def test_channels_see_only_pages_bodies_messages_errors_and_text(module: str) -> None:
    allowed = ("bot.channels", "bot.rendering", "bot.bodies", "bot.messages", "bot.errors", "bot.text")
    for other in IMPORTS[module] & MODULES.keys():
        assert any(within(other, part) for part in allowed), f"{module} may not import {other}"


def test_only_app_and_cli_know_the_settings() -> None:
    readers = {m for m, found in IMPORTS.items() if "bot.config" in found}
    assert readers
    assert all(within(m, "bot.app") or within(m, "bot.cli") for m in readers), readers


@pytest.mark.parametrize("module", [m for m in MODULES if any(within(m, part) for part in PURE)])
def test_pure_modules_reach_out_for_nothing(module: str) -> None:
    roots = {name.partition(".")[0] for name in IMPORTS[module]}
    impure = {root for root in roots & IMPURE if (module, root) not in PURE_ALL_THE_SAME}
    assert not impure
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    assert not any(isinstance(n, (ast.AsyncFunctionDef, ast.Await)) for n in ast.walk(tree))
    assert not any(isinstance(n, ast.Call) and getattr(n.func, "id", "") == "open" for n in ast.walk(tree))


@pytest.mark.parametrize("library", KEPT_TO)
def test_a_library_is_imported_only_at_home(library: str) -> None:
    users = {m for m, found in IMPORTS.items() if any(n.partition(".")[0] == library for n in found)}
    assert users, f"nobody imports {library}: take it off the list"
    assert all(kept_to(module, KEPT_TO[library]) for module in users), users


def reads_environment(module: str) -> bool:
    source = ast.parse(MODULES[module].read_text("utf-8"))
    return any(isinstance(n, ast.Attribute) and n.attr in ("environ", "getenv") for n in ast.walk(source))


def test_the_environment_is_read_in_one_place() -> None:
    assert [m for m in MODULES if reads_environment(m)] == ["bot.config"]


def test_no_module_imports_itself_in_a_circle() -> None:
    state: dict[str, str] = {}

    def visit(module: str, path: tuple[str, ...]) -> None:
        if state.get(module) == "open":
            raise AssertionError(f"a circle: {' → '.join((*path, module))}")
        if module not in state:
            state[module] = "open"
            for other in sorted(IMPORTS[module] & MODULES.keys()):
                visit(other, (*path, module))
            state[module] = "done"

    for module in MODULES:
        visit(module, ())
    assert set(state) == set(MODULES)


# Shapes that programs read: their names are those of the published schema.
PUBLISHED = (
    "bot.channels.open_catalogue",
    "bot.channels.api_models",
    "bot.channels.problems",
    "bot.channels.mcp",
)


# A type's name: of a class, or of an alias.
_TYPE = re.compile(r"[A-Z][a-z]\w*")


def types() -> dict[str, list[str]]:
    """Where each type is defined, by its name; without what is published and what is private."""
    found: dict[str, list[str]] = {}
    for module in MODULES.keys() - set(PUBLISHED):
        for node in ast.parse(MODULES[module].read_text("utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else ()
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            names += [node.name] if isinstance(node, ast.ClassDef) else []
            for name in filter(_TYPE.fullmatch, names):
                found.setdefault(name, []).append(module)
    return found


def test_the_name_of_a_type_means_one_thing() -> None:
    found = types()
    assert len(found) > 150
    assert {name: sorted(where) for name, where in found.items() if len(where) > 1} == {}


def test_every_third_party_library_is_declared() -> None:
    ours = {"bot", *sys.stdlib_module_names}
    used = {n.partition(".")[0] for found in IMPORTS.values() for n in found} - ours
    declared = (ROOT / "pyproject.toml").read_text("utf-8").lower()
    renamed = {
        "argon2": "argon2-cffi",
        "fontTools": "fonttools",
        "fpdf": "fpdf2",
        "opencc_purepy": "opencc-purepy",
        "python_calamine": "python-calamine",
        "ruamel": "ruamel.yaml",
        "prometheus_client": "prometheus-client",
        "telegram": "python-telegram-bot",
    }
    assert used
    assert not [name for name in used if f'"{renamed.get(name, name)}' not in declared]


TOP = {"bot", "knowledge", "scripts", "tests", "services.sqlite", "pyproject.toml", "README.md", "LICENSE"}
TOOLS = {".ci", ".gitignore", ".dockerignore"}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_nothing_else_stands_at_the_top() -> None:
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {path.partition("/")[0] for path in kept.splitlines()} == TOP | TOOLS
