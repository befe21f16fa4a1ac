"""Markdown, CSV and JSON: one file each."""

import csv
import io
import json
from itertools import groupby

from bot.catalogue.model import Catalogue
from bot.rendering import templates
from bot.staff.cells import harmless
from bot.staff.exports.faq import FOLDER, Item, Stamp, items, words

JSON_VERSION = 1
_BOM = "﻿"  # without it Excel takes UTF-8 for the local code page
_MARKDOWN_SIGNS = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>#|~"})


def markdown(catalogue: Catalogue, stamp: Stamp) -> str:
    """The FAQ to read or to paste: a heading for each domain and question."""
    environment = templates(FOLDER, escape=False)
    environment.filters["escaped"] = lambda text: str(text).translate(_MARKDOWN_SIGNS)
    domains = [
        (d, list(group)) for d, group in groupby(items(catalogue, stamp.day), lambda item: item.domain)
    ]
    template = environment.get_template("faq.md")
    return template.render(plan=catalogue.plan, domains=domains, stamp=stamp, words=words())


def table(catalogue: Catalogue, stamp: Stamp) -> str:
    """The FAQ as CSV, a row for each service, for Excel and WPS."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(words()["csv"])
    for item in items(catalogue, stamp.day):
        writer.writerow([harmless(cell) for cell in _cells(item)])
    return _BOM + out.getvalue()


def _cells(item: Item) -> list[str]:
    s = item.service
    lists = ("\n".join(values) for values in (s.conditions, s.documents, s.steps))
    return [
        s.id,
        item.domain.name,
        s.name,
        "、".join(s.alternate_names),
        item.question,
        "\n".join(item.answer),
        "\n".join(item.figures),
        "、".join(s.audience),
        item.organization,
        "、".join(contact.phone for contact in item.phones),
        str(s.source.section),
        str(s.source.paragraph),
        *map(str, (s.checked_on, s.due_on, s.valid_from, s.valid_through)),
        *lists,
        *(value or "" for value in (s.fees, s.processing_time, s.location, s.opening_hours, s.url)),
    ]


def data(catalogue: Catalogue, stamp: Stamp) -> str:
    """The whole catalogue as JSON; `read_data` gets it back without loss."""
    whole = {
        "version": JSON_VERSION,
        "release": stamp.release,
        "exported_on": stamp.day.isoformat(),
        "catalogue": catalogue.model_dump(mode="json"),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
