"""Work on a case: goals and reviews, another worker, service records, comments of supervisors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.gate import scoped
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from casework.actions import case_goals, case_services
from casework.actions import cases as actions
from casework.actions.case_shared import refuses_change
from casework.forms.case_flow import ReviewForm
from casework.forms.cases import AnswerForm, CommentForm, GoalsForm, HandOverForm, LinkForm
from casework.models import Case, CaseComment, CaseService, CaseStep
from casework.queries.case_intake import linkable
from casework.views.cases import FILE, back_to, form_page, step_page
from common.forms import attempt

P = Permission
NOTHING = "没有可以关联的服务记录：接案以来为这名服务对象登记、还不属于个案的服务会列在这里。"


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_review(request: SignedIn, case: Case) -> HttpResponse:
    if sent := back_to(request, case, refuses_change(case) or case_goals.refuses_review(case)):
        return sent
    goals = list(case.goals.standing())
    form = ReviewForm(request.POST or None, case=case, goals=goals)

    def act(values: dict[str, Any]) -> Any:
        values["goals"] = {key: case_goals.GoalUpdate(**update) for key, update in values["goals"].items()}
        values["added"] = [case_goals.GoalInput(**goal) for goal in values["added"]]
        return case_goals.review(by=request.user, case=case, **values)

    return step_page(request, case, form, act, title="更新目标和复核", done="已登记复核", submit="保存")


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_hand_over(request: SignedIn, case: Case) -> HttpResponse:
    if sent := back_to(request, case, refuses_change(case)):
        return sent
    form = HandOverForm(request.POST or None, case=case)
    if row := attempt(form, lambda: actions.hand_over(by=request.user, case=case, **form.cleaned_data)):
        messages.success(request, f"{case}已移交给{row.to_worker.name}")
        return redirect("case_detail", case.pk)
    return form_page(request, case, form, "移交个案", submit="确认移交")


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_link_services(request: SignedIn, case: Case) -> HttpResponse:
    """Put records of the person that were logged without the case to it."""
    offered = linkable(request.user, case)
    form = LinkForm(request.POST or None, services=offered)

    def act() -> list[CaseService]:
        return case_services.attach_services(by=request.user, case=case, records=form.cleaned_data["services"])

    if rows := attempt(form, act):  # type: ignore[type-var]
        messages.success(request, f"已关联 {len(rows)} 条服务记录")
        return redirect("case_detail", case.pk)
    nothing = not offered.exists()
    words = NOTHING if nothing else ""
    return form_page(request, case, form, "关联已有的服务", words=words, submit="关联", nothing=nothing)


@GET_OR_POST
@scoped(CaseService, P.EDIT_CASES, related=("case__station__unit", "case__client", "case__worker", "service"))
def case_service_goals(request: SignedIn, row: CaseService) -> HttpResponse:
    goals = row.case.goals.standing()
    initial = {"goals": list(row.goals.values_list("pk", flat=True))}
    form = GoalsForm(request.POST or None, goals=goals, initial=initial)
    if attempt(form, lambda: case_services.set_goals(by=request.user, row=row, **form.cleaned_data)):
        messages.success(request, "已保存")
        return redirect("case_detail", row.case_id)
    words = f"{row.service.starts_on} {row.service.title}"
    return form_page(request, row.case, form, "服务针对的目标", words=words)


@require_POST
@scoped(CaseService, P.EDIT_CASES, related=("case__station__unit",))
def case_service_detach(request: SignedIn, row: CaseService) -> HttpResponse:
    case = row.case_id
    return _said(request, case, "已取消关联", lambda: case_services.detach_service(by=request.user, row=row))


# ---- comments -------------------------------------------------------------------------------------------------------


def _said(request: SignedIn, case: int, done: str, act: Callable[[], Any]) -> HttpResponse:
    """Do it, say so or why not, and go back to the case."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("case_detail", case)


@require_POST
@scoped(CaseStep, P.COMMENT_CASES, related=("case__station__unit",))
def case_comment(request: SignedIn, step: CaseStep) -> HttpResponse:
    form = CommentForm(request.POST)
    words = form.cleaned_data["text"] if form.is_valid() else ""
    return _said(
        request, step.case_id, "已点评", lambda: case_services.comment(by=request.user, step=step, words=words)
    )


@require_POST
@scoped(CaseComment, P.EDIT_CASES, related=("case__station__unit",))
def case_comment_read(request: SignedIn, row: CaseComment) -> HttpResponse:
    return _said(request, row.case_id, "已标为已读", lambda: case_services.mark_read(by=request.user, row=row))


@require_POST
@scoped(CaseComment, P.EDIT_CASES, related=("case__station__unit",))
def case_answer(request: SignedIn, row: CaseComment) -> HttpResponse:
    form = AnswerForm(request.POST)
    words = form.cleaned_data["answer"] if form.is_valid() else ""
    return _said(request, row.case_id, "已回复", lambda: case_services.answer(by=request.user, row=row, words=words))
