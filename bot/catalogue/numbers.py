"""Which numbers a text may show a resident: figures of the service and listed telephone lines."""

import re
from collections.abc import Collection, Iterator

from bot.catalogue.model import Catalogue, Service
from bot.text.normalise import normalise
from bot.text.numerals import plain

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COUNTED = re.compile(r" ?(?:[元万亿人个张家所户处亩米床名册次座岁项%]|平方|公里)")
_AREA_CODE = re.compile(r"(?<!\d)0\d{2,3}(?!\d)")
_PHONE = re.compile(r"1\d{2}|[19]\d{4}|0?\d{7,12}")


def numbers(text: str) -> list[str]:
    """The numbers of a text as Arabic digits, in any spelling they were written."""
    return _NUMBER.findall(normalise(text))


def unlisted_numbers(text: str, allowed: Collection[str]) -> Iterator[tuple[str, bool]]:
    """(number, whether it looks like a telephone number) for each that may not be shown."""
    plainly = normalise(re.sub(r"\{\w+\}", "", text))
    for number in _NUMBER.finditer(plainly):
        if number[0] not in allowed:
            counts = _COUNTED.match(plainly, number.end())
            yield number[0], bool(_PHONE.fullmatch(number[0])) and not counts


def allowed_numbers(catalogue: Catalogue, service: Service | None) -> frozenset[str]:
    """Which numbers a text of a service, or one of none, may show."""
    phones = {c.phone for c in catalogue.contacts}
    years = {str(y) for y in range(catalogue.plan.valid_from.year, catalogue.plan.valid_through.year + 1)}
    codes = {n for c in catalogue.contacts for n in _AREA_CODE.findall(c.purpose)}
    return frozenset(phones | years | codes | (_of_service(service) if service else set()))


def _of_service(service: Service) -> set[str]:
    """The service's figures and the numbers of its names (10分钟健身圈), telephone numbers apart."""
    known = {plain(float(f.value)) for f in service.figures} | {str(f.year) for f in service.figures}
    for text in (service.name, *service.alternate_names, *(f.metric for f in service.figures)):
        known.update(n for n in numbers(text) if not _PHONE.fullmatch(n))
    return known
