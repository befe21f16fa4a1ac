"""The files of bot/pages: templates, and what browsers load beside a page and may keep."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

Templates = Environment
PAGES = Path(__file__).parent / "pages"
_FOR_EVER = "public, max-age=31536000, immutable"


def templates(folder: Path = PAGES, *, escape: bool = True) -> Templates:
    """The templates of a folder. A name nobody gave is an error; `escape` is off for what is not HTML."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


class Asset(NamedTuple):
    """A static file: its bytes, their media type, and a hash of them to put into its address."""

    content: bytes
    media_type: str
    tag: str

    def cache_control(self, asked: str | None) -> str:
        """How long a browser may keep it: for ever under the address with its hash, else not unasked."""
        return _FOR_EVER if asked == self.tag else "no-cache"


def asset(path: Path, media_type: str) -> Asset:
    """Read a static file."""
    content = path.read_bytes()
    return Asset(content, media_type, hashlib.blake2b(content, digest_size=8).hexdigest())
