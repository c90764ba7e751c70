"""Naming volunteers and organisations on a service record."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.gate import scoped
from accounts.requests import GET_OR_POST, SignedIn
from common.forms import attempt
from linkage.actions import set_taking_part
from linkage.forms.taking_part import TakingPartForm
from linkage.queries.taking_part import entered, lines_for, offered_organisations
from linkage.views.shared import EDIT
from services.models import ServiceRecord
from services.queries import is_locked
from services.rules import locked_words


@GET_OR_POST
@scoped(ServiceRecord, EDIT, related=("station__unit",))
def service_taking_part(request: SignedIn, record: ServiceRecord) -> HttpResponse:
    """Everybody in one step: volunteers with hours, organisations."""
    if record.voided_at or is_locked(record.station, record.month):
        messages.error(request, "已作废的记录不能再修改。" if record.voided_at else f"{locked_words(record.month)}。")
        return redirect("service_detail", record.pk)
    there = entered(record)
    form = TakingPartForm(
        request.POST or None,
        lines=lines_for(record),
        organisations=offered_organisations(record),
        there=there,
    )
    if attempt(form, lambda: set_taking_part(by=request.user, record=record, **form.values())):
        messages.success(request, "志愿者和社会组织已保存")
        return redirect("service_detail", record.pk)
    context = {"record": record, "form": form, "lines": form.shown()}
    return render(request, "linkage/taking_part.html", context)
