"""The list of evaluations, and the frames that may be used."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Exists, F, IntegerField, OuterRef, QuerySet, Value, When
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from agencies.models import Contract, Correction, Evaluation, EvaluationFrame, Step

PAGE = 50
SORTS = {"agency": "term__contract__agency__name", "total": "total", "finalised_on": "finalised_on"}


def listed_evaluations(user: User, form: Any) -> QuerySet[Evaluation]:
    """What passes `form`, with whether a correction is overdue, in the order of its `sort`.

    For an unknown key those being scored come first, then the latest settled; what is not settled yet has no total and
    stands last in an order by it.
    """
    overdue = Correction.objects.filter(Correction.overdue_rows(timezone.localdate()), evaluation=OuterRef("pk"))
    first = Case(When(step=Step.SCORING, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = (
        form.apply(Evaluation.objects.visible_to(user, Permission.VIEW_CONTRACTS))
        .exclude(step=Step.WITHDRAWN)
        .select_related("term__contract__agency", "term__contract__buyer", "frame")
        .annotate(overdue=Exists(overdue), first=first)
    )
    sort = form.data.get("sort", "")
    field = SORTS.get(sort.removeprefix("-"))
    if field is None:
        return rows.order_by("first", "-finalised_on", "-opened_on", "-pk")
    order = F(field).desc(nulls_last=True) if sort.startswith("-") else F(field).asc(nulls_last=True)
    return rows.order_by(order, "-pk")


def evaluation_list_page(user: User, form: Any, number: str | None) -> dict[str, Any]:
    """A page of what passes `form`, and the frames that the user reads."""
    rows = listed_evaluations(user, form)
    frames = EvaluationFrame.objects.visible_to(user).select_related("issuer", "document").order_by("issuer", "pk")
    page = Paginator(rows, PAGE).get_page(number)
    return {"page": page, "frames": list(frames), "sort": form.data.get("sort", "")}


def frames_for(contract: Contract, on: date) -> QuerySet[EvaluationFrame]:
    """What the buyer may use on `on`, the nearest issuer's first."""
    return EvaluationFrame.objects.in_force(contract.buyer.path, on)


def default_frame() -> EvaluationFrame:
    """The shipped one."""
    return EvaluationFrame.objects.get(is_default=True)
