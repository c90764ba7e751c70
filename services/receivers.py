"""What rooms below tell this one: who a file stands for, that a file leaves a station or is anonymised, that photos
came or went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.dispatch import receiver

from clients.models import Client
from clients.signals import GONE, anonymised, leaving, person_changed
from common.months import Month
from files.actions import erase
from files.signals import attached, removed
from services.actions.warnings import look_at_photos
from services.models import ServiceClient, ServiceRecord, ServiceReview
from stations import stale
from stations.models import Station


@receiver(person_changed)
def person_moved(sender: Any, persons: Mapping[int, int], **kwargs: Any) -> None:
    """Services keep their file; whom it counts as follows, and the months in which it was served count again."""
    rows = ServiceClient.objects.filter(client__in=persons)
    months: dict[int, set[Month]] = defaultdict(set)
    for unit, month in rows.order_by().values_list("station__unit", "month").distinct():
        months[unit].add(month)
    files: dict[int, list[int]] = defaultdict(list)
    for file, person in persons.items():
        files[person].append(file)
    for person, keys in files.items():
        ServiceClient.objects.filter(client__in=keys).update(person=person)
    stale.mark_all(months)


@receiver(leaving)
def served_later(sender: Any, client: Client, station: Station, on: date, **kwargs: Any) -> None:
    """No file ends before a service that names it."""
    later = ServiceClient.objects.valid().filter(client=client, station=station, service__ends_on__gt=on)
    last = later.order_by("-service__ends_on").values_list("service__ends_on", flat=True).first()
    if last:
        raise ValidationError({"on": f"本站在 {last} 还为其登记了服务，日期不能早于这一天"})


@receiver(anonymised)
def texts_gone(sender: Any, client: Client, **kwargs: Any) -> None:
    """Where they were and what was said goes, with the photos, from services that name nobody else who can still be
    told apart; what counts stays."""
    others = ServiceClient.objects.filter(service=OuterRef("pk"), client__anonymised_at=None)
    named = ServiceRecord.objects.filter(~Exists(others), service_clients__client=client)
    keys = list(named.values_list("pk", flat=True))
    rows = ServiceRecord.objects.filter(pk__in=keys)
    erase(targets=rows)
    rows.update(place="", result="")
    rows.exclude(void_reason="").update(void_reason=GONE)
    ServiceReview.objects.filter(service__in=keys).exclude(comment="").update(comment=GONE)


@receiver([attached, removed], sender=ServiceRecord)
def photos_changed(sender: Any, target: ServiceRecord, **kwargs: Any) -> None:
    look_at_photos(target)
