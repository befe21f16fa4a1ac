"""What pages send, read strictly. Each function raises HTTPException: 400, 413 or 415."""

import json
import re
from collections.abc import Mapping
from typing import Any, get_args
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.channels.web_guard import read_text
from bot.messages import Verdict

_MOST_FIELDS = 20
_ANSWER = re.compile(r"[\w-]{1,64}")


async def form(request: Request) -> dict[str, str]:
    """The fields of a form, the first of each name."""
    # Not `request.form()`: it reads unescaped UTF-8 as Latin-1 and forgives broken escapes.
    body = await read_text(request, "application/x-www-form-urlencoded")
    try:
        fields = parse_qs(body, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    return {name: values[0] for name, values in fields.items()}


async def json_object(request: Request) -> dict[str, Any]:
    """An object with a `text`."""
    try:
        data = json.loads(await read_text(request, "application/json"))
        data["text"].encode()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise HTTPException(400) from error
    return dict(data)


def text_of(fields: Mapping[str, Any]) -> str:
    """What was typed or pressed."""
    return str(fields.get("text", ""))


def verdict_of(fields: Mapping[str, str]) -> tuple[str, Verdict]:
    """(answer id, verdict) of a feedback form."""
    verdicts: dict[str, Verdict] = {v: v for v in get_args(Verdict)}
    answer, verdict = fields.get("answer", ""), fields.get("verdict", "")
    if not _ANSWER.fullmatch(answer) or verdict not in verdicts:
        raise HTTPException(400)
    return answer, verdicts[verdict]
