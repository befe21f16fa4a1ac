"""What is wrong with a value, in the words of those who write knowledge, by pydantic's kind of error."""

from collections.abc import Mapping
from typing import Any

_UNFIT = "值不对,请照别处的样子改"
_NUMBER = "这里要写数字"
_DATE = "这里要写日期,如 2026-03-31"
_TEXT = "这里要写文字"
_LIST = "这里要一项一项地列"
_PARTS = "这里要分开写成几样"

_ADVICE: Mapping[str, str] = {
    "extra_forbidden": "没有这个字段,请删掉或改成 knowledge/README.md 里的字段名",
    "missing": "缺这个字段,请补上",
    "string_too_long": "太长了,最多 {max_length} 字",
    "string_too_short": "不能空着",
    "string_pattern_mismatch": "写法不对",
    "literal_error": "只能是 {expected} 里的一个",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "too_short": "太少了,至少要 {min_length} 项",
    "too_long": "太多了,最多 {max_length} 项",
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float", "finite_number"), _NUMBER),
    **dict.fromkeys(("float_parsing", "float_type", "decimal_parsing", "decimal_type"), _NUMBER),
    **dict.fromkeys(("date_parsing", "date_type", "date_from_datetime_parsing"), _DATE),
    "date_from_datetime_inexact": _DATE,
    "string_type": _TEXT,
    **dict.fromkeys(("tuple_type", "list_type"), _LIST),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), _PARTS),
}
# Why a pattern is not met, by the pattern.
_PATTERNS: Mapping[str, str] = {
    "】)+": "【】要成对,里面写一组词的名字;+ 的两边都要有字;不能换行",
    "【】": "不能有 + 和【】,不能换行",
    "https": "要以 https:// 开头,中间不能有空格",
    r"\d": "要写 3 到 12 位数字",
    "a-z": "只能用小写英文字母、数字和中间的 -",
    r"\n": "不能换行",
}


def advice(kind: str, context: Mapping[str, Any]) -> str:
    """A sentence for one error; `context` is what pydantic tells about it."""
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        return next((said for part, said in _PATTERNS.items() if part in pattern), _UNFIT)
    said = _ADVICE.get(kind, _UNFIT)
    return said.format_map({**context, "expected": _choices(context)})


def _choices(context: Mapping[str, Any]) -> str:
    return str(context.get("expected", "")).replace("'", "").replace(" or ", "、").replace(", ", "、")
