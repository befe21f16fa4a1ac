"""Why a value does not fit its field, by pydantic's kind of error."""

import re
from collections.abc import Mapping
from typing import Any

from bot.catalogue.documents import Reason

_UNFIT = "unfit"
# The key of the reason → the kinds of error that it stands for.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "unknown-field": ("extra_forbidden",),
    "missing-field": ("missing",),
    "text-long": ("string_too_long",),
    "text-empty": ("string_too_short",),
    "no-choice": ("literal_error",),
    "number-small": ("greater_than_equal",),
    "number-large": ("less_than_equal",),
    "items-few": ("too_short",),
    "items-many": ("too_long",),
    "no-number": (
        *("int_parsing", "int_type", "int_from_float", "finite_number"),
        *("float_parsing", "float_type", "decimal_parsing", "decimal_type"),
    ),
    "no-date": ("date_parsing", "date_type", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    "no-text": ("string_type",),
    "no-list": ("tuple_type", "list_type"),
    "no-parts": ("model_type", "model_attributes_type", "dict_type"),
}
_BY_KIND = {kind: key for key, kinds in _KINDS.items() for kind in kinds}
# A part of the pattern that is not met → the key of the reason; the first that is in it.
_BY_PATTERN: Mapping[str, str] = {
    "】)+": "no-sign",
    "【】": "no-wording",
    "https": "no-url",
    r"\d": "no-phone",
    "a-z": "no-slug",
    r"\n": "no-line",
}
REASONS = frozenset((_UNFIT, *_KINDS, *_BY_PATTERN.values()))
"""Every key that `advice` may give."""


def advice(kind: str, context: Mapping[str, Any]) -> Reason:
    """The reason of one error of pydantic's; `context` is what it tells about it."""
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        return Reason(next((key for part, key in _BY_PATTERN.items() if part in pattern), _UNFIT))
    choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
    return Reason(_BY_KIND.get(kind, _UNFIT), {**context, "choices": choices})
