"""What happens to files of people served, for their cases (clients.signals)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from casework.models import (
    Assessment,
    Case,
    CaseComment,
    CaseEvaluation,
    CaseGoal,
    CaseHandover,
    CaseReview,
    CaseStep,
    Closing,
    Plan,
)
from clients.models import Client
from clients.signals import GONE, anonymised, leaving
from files.actions import erase
from stations.models import Station


def refuse_with_open_case(
    sender: Any, client: Client, station: Station, on: date, to: Station | None, **kwargs: Any
) -> None:
    """A file is neither closed nor moved while its station works on a case of the person."""
    numbers = Case.objects.open().filter(client=client, station=station).values_list("number", flat=True)
    if numbers:
        does = "转出" if to else "结案归档"
        raise ValidationError(f"服务对象有在办的个案（{'、'.join(numbers)}），请先办理个案结案，再{does}档案")
    last = Case.objects.filter(client=client, station=station).order_by("-closed_on").first()
    if last and last.closed_on and last.closed_on > on:
        raise ValidationError({"on": f"{last}于 {last.closed_on} 结案，档案不能在此之前离开本站"})


def empty_texts(sender: Any, client: Client, by: User | None, **kwargs: Any) -> None:
    """Numbers, steps, days, kinds and scores stay; what was written of the person goes, scans too."""
    cases = Case.objects.filter(client=client)
    cases.update(presenting="", declined_because="", referred_to="")
    steps = CaseStep.objects.filter(case__in=cases)
    erase(targets=steps)
    steps.update(note="")
    steps.exclude(withdrawn_at=None).update(withdrawal_reason=GONE)
    Assessment.objects.filter(step__in=steps).update(needs={}, risks=[], strengths="", resources="", conclusion="")
    Plan.objects.filter(step__in=steps).update(approach="")
    CaseEvaluation.objects.filter(step__in=steps).update(client_view="", worker_view="")
    closings = Closing.objects.filter(step__in=steps)
    closings.update(summary="", follow_up="")
    closings.exclude(not_evaluated="").update(not_evaluated=GONE)
    CaseGoal.objects.filter(case__in=cases).update(text="", measures="", note="")
    CaseReview.objects.filter(case__in=cases).update(note="")
    CaseHandover.objects.filter(case__in=cases).update(reason="")
    CaseComment.objects.filter(case__in=cases).update(text="", answer="")


leaving.connect(refuse_with_open_case, dispatch_uid="case_leaving")
anonymised.connect(empty_texts, dispatch_uid="case_anonymised")
