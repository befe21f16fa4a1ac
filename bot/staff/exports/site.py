"""A static FAQ web site: a page for each service, search that works from a folder, print style, sitemap."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby

from bot.catalogue.model import Catalogue, Service
from bot.rendering import Templates, templates
from bot.staff.exports.faq import FOLDER, Item, Stamp, items, words
from bot.staff.exports.jsonld import faq_page, government_service, linked
from bot.text.normalise import normalise

_STATIC = ("site.css", "search.js")
# Where the site will stand is not known here: addresses in it are relative, and whoever puts it up
# replaces this one word in sitemap.xml and robots.txt.
BASE = "https://SITE"


def pages(catalogue: Catalogue, stamp: Stamp) -> Mapping[str, bytes]:
    """The site's files by path."""
    found = list(items(catalogue, stamp.day))
    environment = _environment(catalogue, stamp)
    domains = [(d, list(group)) for d, group in groupby(found, lambda item: item.domain)]
    index = environment.get_template("site-index.html").render(
        domains=domains, linked=linked([faq_page(found)]), root=""
    )
    files = {
        "index.html": index,
        "search-data.js": _search_data(found),
        "sitemap.xml": _sitemap(found, stamp),
    }
    files["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {BASE}/sitemap.xml\n"
    names = {item.service.id: item.service.name for item in found}
    template = environment.get_template("site-service.html")
    for item in found:
        graph = [faq_page([item]), government_service(item, catalogue)]
        files[_path(item)] = template.render(item=item, names=names, linked=linked(graph), root="../")
    files |= {name: (FOLDER / name).read_text("utf-8") for name in _STATIC}
    return {path: text.encode() for path, text in files.items()}


def _environment(catalogue: Catalogue, stamp: Stamp) -> Templates:
    environment = templates(FOLDER)
    environment.globals.update(plan=catalogue.plan, stamp=stamp, words=words())
    return environment


def _path(item: Item) -> str:
    return f"service/{item.service.id}.html"


def _search_data(found: Sequence[Item]) -> str:
    """What the search looks through, as a script: a page opened from a folder may fetch nothing."""
    rows = [
        {
            "path": _path(item),
            "name": item.service.name,
            "line": item.service.summary or item.answer[0],
            "texts": list(map(normalise, _ways_to_put_it(item.service))),
        }
        for item in found
    ]
    return f"window.SERVICES = {json.dumps(rows, ensure_ascii=False)};\n"


def _ways_to_put_it(service: Service) -> tuple[str, ...]:
    return (service.name, *service.alternate_names, *service.phrasings)


def _sitemap(found: Sequence[Item], stamp: Stamp) -> str:
    paths = ("", *map(_path, found))
    urls = "".join(f"<url><loc>{BASE}/{path}</loc><lastmod>{stamp.day}</lastmod></url>\n" for path in paths)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )
