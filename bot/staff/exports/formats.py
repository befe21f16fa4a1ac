"""Every format a release can be had in, by name."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot.catalogue.model import Catalogue
from bot.errors import InputError
from bot.staff import workbook
from bot.staff.exports import hotline, jsonld, leaflet, plain, site
from bot.staff.exports.faq import Stamp

Files = Mapping[str, bytes]
_EPOCH = (2021, 12, 28, 0, 0, 0)  # the same files make the same archive


class Format(NamedTuple):
    """A format: its media type, and what makes its files (path → content) from a catalogue."""

    media_type: str
    make: Callable[[Catalogue, Stamp], Files]


def _one(name: str, make: Callable[[Catalogue, Stamp], str]) -> Callable[[Catalogue, Stamp], Files]:
    return lambda catalogue, stamp: {name: make(catalogue, stamp).encode()}


def _workbook(catalogue: Catalogue, stamp: Stamp) -> Files:
    return {"yongwen.xlsx": workbook.write(catalogue, stamp.release)}


def _hotline(catalogue: Catalogue, _stamp: Stamp) -> Files:
    return {"yongwen-12345.xlsx": hotline.write(catalogue)}


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Mapping[str, Format] = {
    "md": Format("text/markdown; charset=utf-8", _one("yongwen.md", plain.markdown)),
    "csv": Format("text/csv; charset=utf-8", _one("yongwen.csv", plain.table)),
    "xlsx": Format(_XLSX, _workbook),
    "json": Format("application/json", _one("yongwen.json", plain.data)),
    "jsonld": Format("application/ld+json", _one("yongwen.jsonld", jsonld.document)),
    "site": Format("application/zip", site.pages),
    "pdf": Format("application/zip", leaflet.leaflets),
    "12345": Format(_XLSX, _hotline),
}


def made(name: str, catalogue: Catalogue, stamp: Stamp) -> Files:
    """The files of a format. InputError where there is no such format."""
    if name not in FORMATS:
        raise InputError(f"no format {name!r}; known: {', '.join(FORMATS)}")
    return FORMATS[name].make(catalogue, stamp)


def packed(name: str, catalogue: Catalogue, stamp: Stamp) -> tuple[str, bytes]:
    """(file name, content) to download: the one file, or all of them in an archive."""
    files = made(name, catalogue, stamp)
    if len(files) == 1:
        return next(iter(files.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return f"yongwen-{name}.zip", out.getvalue()
