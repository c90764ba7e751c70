"""What the entry form brings in one go: the record, files opened for people who had none, photos."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction

from accounts.models import User
from clients.actions.files import open_file
from clients.models import Client
from files.actions import attach
from files.checks import CheckedFile
from services.actions.months import hold
from services.actions.records import NothingChanged, correct_service, log_service
from services.models import ServiceRecord
from stations.models import Station

PHOTO = "photo"


@transaction.atomic
def log_entry(
    *,
    by: User | None,
    station: Station,
    client_id: uuid.UUID,
    clients: Iterable[Client] | None = None,
    new_clients: Sequence[str] = (),
    photos: Sequence[File[bytes] | CheckedFile] = (),
    **arguments: Any,
) -> tuple[ServiceRecord, bool]:
    """`services.actions.log_service`, with files opened for the names in `new_clients` on the first day of the service,
    and the photos attached. All of it or nothing; a repeat writes nothing and gives the first record.

    Raises ValidationError by field (`new_clients`, `photo`, those of log_service), MonthLocked.
    """
    hold(station)
    served = list(clients or ())
    repeated = ServiceRecord.objects.filter(client_id=client_id).exists()
    if new_clients and not repeated:
        served += [_open(by=by, station=station, name=name, day=arguments.get("starts_on")) for name in new_clients]
    record, created = log_service(by=by, station=station, client_id=client_id, clients=served, **arguments)
    if created and photos:
        attach(by=by, target=record, unit=station.unit, files=photos, slot=PHOTO, is_demo=record.is_demo)
    return record, created


@transaction.atomic
def correct_entry(
    *,
    by: User | None,
    record: ServiceRecord,
    photos: Sequence[File[bytes] | CheckedFile] = (),
    **arguments: Any,
) -> ServiceRecord:
    """`services.actions.correct_service`, and photos added; photos alone are no correction and need no other change.

    Raises ValidationError by field, MonthLocked.
    """
    try:
        with transaction.atomic():
            record = correct_service(by=by, record=record, **arguments)
    except NothingChanged:
        if not photos:
            raise
    if photos:
        attach(by=by, target=record, unit=record.station.unit, files=photos, slot=PHOTO, is_demo=record.is_demo)
    return record


def _open(*, by: User | None, station: Station, name: str, day: date | None) -> Client:
    """A file of which only the name is known. Raises ValidationError where there is an open one of that name."""
    try:
        return open_file(by=by, station=station, name=name, opened_on=day, is_demo=station.is_demo)
    except ValidationError as error:
        told = error.update_error_dict({})
        if "namesake" in told:
            raise ValidationError(
                {"new_clients": f"本站已有“{name}”的档案，请从服务对象中选择；确是另一人，请先到“服务对象”建档"}
            ) from None
        raise ValidationError({"new_clients": [f"{name}：{words}" for words in error.messages]}) from None
