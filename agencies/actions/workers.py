"""Who works for an agency: employments of the stations room, each linked to its agency."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from agencies.actions.locks import locked
from agencies.models import Agency, AgencyEmployment
from stations.actions import employ
from stations.actions.locks import locked_worker
from stations.models import EmployerKind, Employment, Worker


@transaction.atomic
def employ_by_agency(*, by: User | None, agency: Agency, worker: Worker, full_time: bool, on: date) -> AgencyEmployment:
    """End the worker's employment on `on`, and begin one with the agency. Raises ValidationError like `employ`."""
    worker = locked_worker(worker)
    agency = locked(agency, "unit")
    employment = employ(
        by=by, worker=worker, employer_kind=EmployerKind.AGENCY, employer_name=agency.name, full_time=full_time, on=on
    )
    audit.record(
        by=by, verb="聘用社工", target=agency, unit=agency.unit, changes={"社工": [None, str(worker)], "起": [None, on]}
    )
    return AgencyEmployment.objects.create(agency=agency, employment=employment)


@transaction.atomic
def adopt_employments(*, by: User | None, agency: Agency, employments: Iterable[Employment]) -> int:
    """Link employments that were entered on workers' pages under the agency's very name. How many.

    Others are passed over: a name that differs may be another agency's.
    """
    agency = locked(agency, "unit")
    keys = [employment.pk for employment in employments]
    found = list(
        Employment.objects.select_for_update(of=("self",))
        .filter(pk__in=keys, employer_kind=EmployerKind.AGENCY, employer_name=agency.name, with_agency=None)
        .select_related("worker")
    )
    AgencyEmployment.objects.bulk_create(AgencyEmployment(agency=agency, employment=each) for each in found)
    if found:
        names = [str(each.worker) for each in found]
        audit.record(by=by, verb="关联社工聘用", target=agency, unit=agency.unit, changes={"社工": [None, names]})
    return len(found)
