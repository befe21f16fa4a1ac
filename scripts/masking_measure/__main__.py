"""Masking measured: recall on made-up secrets, false positives on catalogue, examples and made-up numbers."""

import argparse
import asyncio
import unicodedata
from collections.abc import Iterator
from typing import Any

from bot import config
from bot.app import load_knowledge
from bot.staff.cases import read_cases
from bot.text.masking import masked, personal
from scripts.masking_measure import made_up


def leaks(case: made_up.Secret, public: frozenset[str]) -> bool:
    """Whether a digit of the secret, or of what has letters a letter, is still to be read."""
    left = unicodedata.normalize("NFKC", masked(case.text, public)).replace("天一家园", "")
    letters = case.kind in ("e-mail", "plate", "passport")
    return any(c.isnumeric() or (letters and c.isascii() and c.isalpha()) for c in left)


def recall(each: int, seed: int, public: frozenset[str]) -> dict[tuple[str, str], list[str]]:
    """(kind, spelling) → the sentences in which the secret leaked."""
    found: dict[tuple[str, str], list[str]] = {}
    for case in made_up.secrets(each, seed):
        missed = found.setdefault((case.kind, case.spelling), [])
        if leaks(case, public):
            missed.append(case.text)
    return found


def strings(data: Any) -> Iterator[str]:
    """Every text in nested data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from strings(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from strings(value)


def catalogue_texts(settings: config.Settings) -> list[str]:
    """Every text of the catalogue: answers, figures, phrasings, contacts, replies."""
    from bot.app import check_knowledge

    checked = check_knowledge(settings, lambda _done, _of: None)
    assert checked.catalogue is not None
    return sorted(set(strings(checked.catalogue.model_dump(mode="json"))))


def examples(settings: config.Settings) -> list[str]:
    """Every question of the examples."""
    return [case.q for turns in read_cases([settings.knowledge / "examples"]) for case in turns]


def main() -> None:
    """Print both tables; exit 1 below 99 % recall or above 0.5 % false positives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=1000, help="sentences of each kind and spelling")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--missed", action="store_true", help="show what was missed and what was wrongly masked"
    )
    arguments = parser.parse_args()
    settings = config.load()
    lookup = asyncio.run(load_knowledge(settings)).lookup
    public = frozenset(c.phone for c in lookup.contacts.values())
    missed = recall(arguments.each, arguments.seed, public)
    print("| kind | spelling | sentences | recall |\n| --- | --- | ---: | ---: |")
    for (kind, spelling), texts in missed.items():
        print(f"| {kind} | {spelling} | {arguments.each:,} | {1 - len(texts) / arguments.each:.2%} |")
        if arguments.missed:
            print(*(f"    {t} → {masked(t, public)}" for t in texts[:8]), sep="\n")
    total = len(missed) * arguments.each
    print(f"| all | | {total:,} | {1 - sum(map(len, missed.values())) / total:.2%} |\n")
    sets = {
        "catalogue": catalogue_texts(settings),
        "examples": examples(settings),
        "made-up numbers": list(made_up.nobodys(20 * arguments.each, arguments.seed)),
    }
    print("| what is nobody's | texts | wrongly masked |\n| --- | ---: | ---: |")
    wrong = {name: [t for t in texts if personal(t, public)] for name, texts in sets.items()}
    for name, texts in sets.items():
        print(f"| {name} | {len(texts):,} | {len(wrong[name])} ({len(wrong[name]) / len(texts):.2%}) |")
        if arguments.missed:
            print(*(f"    {t} → {masked(t, public)}" for t in wrong[name][:40]), sep="\n")


if __name__ == "__main__":
    main()
