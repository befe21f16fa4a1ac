"""Which records are due for verification on a day."""

from dataclasses import replace
from datetime import date, timedelta

from toy import CANTEEN, TODAY, knowledge

from bot.staff.due import due, verified

LOOKUP = knowledge().lookup
LATER = date(2100, 1, 1)


def of(reason: str, today: date) -> list[str]:
    return [d.id for d in due(LOOKUP, today) if d.reason == reason]


def test_a_number_is_due_after_its_own_date_or_ninety_days_whichever_comes_first() -> None:
    number = LOOKUP.contacts["12345"]
    patient = number.model_copy(update={"due_on": LATER})
    lookup = replace(LOOKUP, contacts={"12345": patient}, services={})
    assert due(lookup, TODAY + timedelta(days=90)) == []
    (found,) = due(lookup, TODAY + timedelta(days=91))
    assert (found.kind, found.reason, found.since) == ("contacts", "phone", TODAY + timedelta(days=90))
    hasty = replace(LOOKUP, contacts={"12345": number}, services={})
    assert due(hasty, TODAY) == []
    assert [d.since for d in due(hasty, TODAY + timedelta(days=1))] == [TODAY]


def test_a_service_is_due_at_its_date_and_else_at_its_own_last_day_or_the_plans() -> None:
    checked = CANTEEN.model_copy(update={"due_on": LATER})
    current = checked.model_copy(update={"valid_through": LATER})
    stopped = checked.model_copy(update={"valid_through": CANTEEN.valid_through - timedelta(days=1)})
    of_each = ((CANTEEN, ["check"]), (checked, ["plan"]), (stopped, ["ended"]), (current, []))
    for service, reasons in of_each:
        lookup = replace(LOOKUP, contacts={}, services={"canteen": service})
        assert [d.reason for d in due(lookup, TODAY + timedelta(days=1))] == reasons


def test_numbers_come_first_then_what_is_longest_overdue() -> None:
    found = due(LOOKUP, TODAY + timedelta(days=1))
    assert len(found) == len(LOOKUP.contacts) + len(LOOKUP.services)
    assert [d.kind for d in found] == ["contacts"] * len(LOOKUP.contacts) + ["services"] * len(
        LOOKUP.services
    )


def test_verified_today_lasts_ninety_days() -> None:
    assert verified(date(2026, 11, 23)) == {"checked_on": "2026-11-23", "due_on": "2027-02-21"}
