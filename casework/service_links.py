"""A service record can belong to a case (services.links)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from casework.actions.case_services import attach_service
from casework.models import Case
from services.links import Link, declare
from services.models import Method, ServiceRecord


def _find(user: User, key: int) -> Case:
    rows = Case.objects.visible_to(user, Permission.EDIT_CASES).open().select_related("client", "station__unit")
    return get_object_or_404(rows, pk=key)


def _presets(case: Case) -> dict[str, Any]:
    return {
        "method": Method.CASE,
        "domain": case.domain,
        "clients": [case.client.person_id],
        "contacts": 1,
        "workers": [case.worker_id],
    }


def _attach(*, by: User | None, record: ServiceRecord, row: Case) -> None:
    attach_service(by=by, case=row, record=record)


def _of(record: ServiceRecord) -> Iterable[Case]:
    return Case.objects.filter(case_services__service=record).select_related("client", "station__unit")


declare(
    Link(
        key="case",
        label="个案",
        find=_find,
        name=str,
        page=lambda case: reverse("case_detail", args=[case.pk]),
        station=lambda case: case.station_id,
        presets=_presets,
        attach=_attach,
        of=_of,
    )
)
