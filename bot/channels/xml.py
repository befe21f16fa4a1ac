"""The flat XML that WeChat and WeCom push and take: refused where it defines anything of its own."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from bot.channels.webhook import PushRefusedError

_DEFINES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_xml(body: bytes) -> dict[str, str]:
    """The texts of the root's children. Refused with 400 where it is no XML, or holds a document type.

    A document type could define entities that grow without end, and Python's parser would follow.
    """
    if _DEFINES.search(body) or b"\0" in body:
        raise PushRefusedError(400, "XML with a document type")
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError) as error:
        raise PushRefusedError(400, "no XML") from error
    return {child.tag: child.text or "" for child in root}


def write_xml(fields: Mapping[str, str | int]) -> str:
    """Fields as XML: texts literally, whatever they hold, except what no XML can."""
    lines = (
        f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}>{_literal(value)}</{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{''.join(lines)}</xml>"


def _literal(text: str) -> str:
    safe = _UNPRINTABLE.sub("\ufffd", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{safe}]]>"
