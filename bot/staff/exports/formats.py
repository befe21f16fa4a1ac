"""Every format a release can be had in, by name."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot.catalogue.model import Catalogue
from bot.errors import InputError
from bot.staff import workbook
from bot.staff.exports import hotline, jsonld, plain, site
from bot.staff.exports.faq import Stamp

Files = Mapping[str, bytes]
_EPOCH = (2021, 12, 28, 0, 0, 0)  # the same files make the same archive


class Format(NamedTuple):
    """A format: its file name and media type, and what makes its files (path → content).

    What makes several files is downloaded as an archive of that name.
    """

    filename: str
    media_type: str
    make: Callable[[Catalogue, Stamp], Files]


def _one(name: str, make: Callable[[Catalogue, Stamp], str]) -> Callable[[Catalogue, Stamp], Files]:
    return lambda catalogue, stamp: {name: make(catalogue, stamp).encode()}


def _workbook(catalogue: Catalogue, stamp: Stamp) -> Files:
    return {"yongwen.xlsx": workbook.write(catalogue, stamp.release)}


def _leaflets(catalogue: Catalogue, stamp: Stamp) -> Files:
    # Taking fonts apart takes long to import, and every command would wait for it.
    from bot.staff.exports import leaflet

    return leaflet.leaflets(catalogue, stamp)


def _hotline(catalogue: Catalogue, stamp: Stamp) -> Files:
    return {"yongwen-12345.xlsx": hotline.write(catalogue, stamp.day)}


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ZIP = "application/zip"
FORMATS: Mapping[str, Format] = {
    "md": Format("yongwen.md", "text/markdown; charset=utf-8", _one("yongwen.md", plain.markdown)),
    "csv": Format("yongwen.csv", "text/csv; charset=utf-8", _one("yongwen.csv", plain.table)),
    "xlsx": Format("yongwen.xlsx", _XLSX, _workbook),
    "json": Format("yongwen.json", "application/json", _one("yongwen.json", plain.data)),
    "jsonld": Format("yongwen.jsonld", "application/ld+json", _one("yongwen.jsonld", jsonld.document)),
    "site": Format("yongwen-site.zip", _ZIP, site.pages),
    "pdf": Format("yongwen-pdf.zip", _ZIP, _leaflets),
    "12345": Format("yongwen-12345.xlsx", _XLSX, _hotline),
}


def made(name: str, catalogue: Catalogue, stamp: Stamp) -> Files:
    """The files of a format. InputError where there is no such format."""
    if name not in FORMATS:
        raise InputError(f"no format {name!r}; known: {', '.join(FORMATS)}")
    return FORMATS[name].make(catalogue, stamp)


def packed(name: str, catalogue: Catalogue, stamp: Stamp, _progress: object = None) -> bytes:
    """What is downloaded under the format's file name: its one file, or all of them in an archive."""
    files = made(name, catalogue, stamp)
    if len(files) == 1 and FORMATS[name].media_type != _ZIP:
        return next(iter(files.values()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
