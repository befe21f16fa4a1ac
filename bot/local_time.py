"""Days as Ningbo's calendar has them, whatever time zone the machine is set to."""

from datetime import date, datetime, timedelta, timezone

NINGBO = timezone(timedelta(hours=8))
"""China has one time zone and no summer time."""
HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS


def local(moment: float) -> datetime:
    """A time in seconds since 1970 as a clock in Ningbo shows it."""
    return datetime.fromtimestamp(moment, NINGBO)


def day_of(moment: float) -> date:
    """Which day it is in Ningbo at a time in seconds since 1970."""
    return local(moment).date()


def start_of(day: date) -> float:
    """When a day begins in Ningbo, in seconds since 1970."""
    return datetime(day.year, day.month, day.day, tzinfo=NINGBO).timestamp()
