"""Private calendar addresses: made, shown once, stopped."""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from stations.models import Station
from visits.models import CalendarFeed


def hashed(key: str) -> str:
    """As the key of an address is kept. It is random, so that a plain hash is enough."""
    return sha256(key.encode()).hexdigest()


@transaction.atomic
def create_feed(*, by: User, station: Station) -> tuple[CalendarFeed, str]:
    """A new address, which ends the one before: (row, the key that is shown this once)."""
    User.objects.select_for_update(no_key=True).values_list("pk").get(pk=by.pk)
    CalendarFeed.objects.filter(user=by, station=station, revoked_at=None).update(revoked_at=timezone.now())
    key = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=by, station=station, key_hash=hashed(key))
    audit.record(by=by, verb="生成探访日历地址", target=feed, unit=station.unit)
    return feed, key


@transaction.atomic
def revoke_feed(*, by: User, feed: CalendarFeed) -> None:
    """The address leads nowhere any more; nothing happens to one that is stopped already."""
    feed = CalendarFeed.objects.select_for_update(of=("self",)).select_related("station__unit").get(pk=feed.pk)
    if feed.revoked_at is None:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
        audit.record(by=by, verb="停用探访日历地址", target=feed, unit=feed.station.unit)


def note_use(feed: CalendarFeed) -> None:
    """On which day a calendar last fetched it: written once a day, and no event, for nobody acted."""
    today = timezone.localdate()
    if feed.last_used_on != today:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_on=today)
