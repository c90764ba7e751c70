"""Rows of the list of cases, for page, export and panels: a fixed number of queries.

Who may read of the person sees the name; who reads records above sees number, station, dates, step, kinds and outcome.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from casework.case_steps import State
from casework.case_words import Problem, RiskLevel
from casework.models import Case, CaseComment, CaseProblem
from casework.models.cases import CaseQuerySet
from casework.queries.case_page import STATE_TONES
from clients.gate import stations_read
from clients.models import Client
from policies.deadlines import is_past

SORTS = {"opened_on": "opened_on", "closed_on": "closed_on", "review_on": "review_on", "number": "number"}
JOINED = ("station__unit", "worker")


@dataclass
class CaseRow:
    """`name`, `worker`, `unread`: "" and 0 for who may not read of the person."""

    case: Case
    named: bool
    problems: str
    name: str = ""
    unread: int = 0

    @property
    def tone(self) -> str:
        return STATE_TONES[State(self.case.state)]

    @property
    def high_risk(self) -> bool:
        return self.case.is_open and self.case.risk == RiskLevel.HIGH

    @property
    def review_late(self) -> bool:
        case = self.case
        return bool(case.is_open and case.review_on and is_past(case.review_on, timezone.localdate()))


def sorted_cases(cases: CaseQuerySet, sort: str) -> CaseQuerySet:
    """In the order of `?sort=`; the latest first for an unknown key."""
    key = SORTS.get(sort.removeprefix("-"))
    if key is None:
        return cases.order_by("-opened_on", "-pk")
    return cases.order_by(f"-{key}" if sort.startswith("-") else key, "pk")


def case_rows(user: User, cases: Iterable[Case]) -> list[CaseRow]:
    """Four queries at most. `cases` come with JOINED."""
    cases = list(cases)
    stations = {case.station_id for case in cases}
    read = set(stations_read(user, Permission.VIEW_CLIENTS).filter(pk__in=stations).values_list("pk", flat=True))
    kinds: dict[int, list[str]] = defaultdict(list)
    for case_id, kind in CaseProblem.objects.filter(case__in=cases).order_by("id").values_list("case_id", "kind"):
        kinds[case_id].append(str(Problem(kind).label))
    rows = {case.pk: CaseRow(case, case.station_id in read, "、".join(kinds[case.pk])) for case in cases}
    named = {row.case.client_id: row for row in rows.values() if row.named}
    names = dict(Client.objects.filter(pk__in=named).values_list("pk", "name")) if named else {}
    unread = unread_of([row.case.pk for row in rows.values() if row.named])
    for row in rows.values():
        if row.named:
            row.name = names.get(row.case.client_id) or "（已匿名）"
            row.unread = unread.get(row.case.pk, 0)
    return list(rows.values())


def unread_of(keys: list[int]) -> dict[int, int]:
    """Case → comments on its standing steps that nobody at the station has read."""
    if not keys:
        return {}
    rows = CaseComment.objects.filter(case__in=keys, read_at=None, step__withdrawn_at=None).order_by()
    return dict(rows.values_list("case_id").annotate(number=Count("pk")))


def mine(user: User) -> Q:
    """Cases for which the user answers, or in which they help."""
    return Q(worker__user=user.pk) | Q(co_workers__user=user.pk)


def counts(cases: CaseQuerySet, today: date) -> dict[str, Any]:
    """What the head of the list says of the cases that the user may see: one query."""
    open_ = Q(state__in=[State.INTAKE, State.ASSESSMENT, State.PLAN, State.INTERVENTION, State.EVALUATION])
    return cases.order_by().aggregate(
        open=Count("pk", filter=open_),
        high=Count("pk", filter=open_ & Q(risk=RiskLevel.HIGH)),
        due=Count("pk", filter=open_ & Q(review_on__lt=today)),
    )
