"""When an entry counts as made, if a phone saved it without a connection (R6). Pure.

The phone says when it saved and what its clock shows now; the difference to our clock corrects the first. The moment is
believed as far as the rest allows: not later than it reached us, not more than a week before, not on a day before the
service was over. Else the entry was made when it reached us, and the record shows both moments all the same.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

BELIEVED = timedelta(days=7)
SLACK = timedelta(minutes=2)  # two clocks that were compared over a bad line


def corrected(captured_at: datetime, device_now: datetime, received_at: datetime) -> datetime:
    """The phone's moment of saving by our clock; a moment within the slack ahead of us is now."""
    moment = captured_at + (received_at - device_now)
    return received_at if received_at < moment <= received_at + SLACK else moment


def plausible(captured_at: datetime, received_at: datetime, ends_on: date) -> bool:
    """May an entry that a phone says it saved then count as made then?"""
    return received_at - BELIEVED <= captured_at <= received_at and timezone.localdate(captured_at) >= ends_on


def entered_at(captured_at: datetime | None, received_at: datetime, ends_on: date) -> datetime:
    """The moment by which the entry is judged."""
    if captured_at is not None and plausible(captured_at, received_at, ends_on):
        return captured_at
    return received_at
