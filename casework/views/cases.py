"""Taking on a case, its steps, workers, goals, service records and comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.gate import permitted, scoped
from accounts.queries import crumbs
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from casework.actions import case_flow, case_goals
from casework.actions import cases as actions
from casework.actions.case_shared import refuses_change
from casework.case_steps import OPEN, ORDER, State, Step, next_steps, not_yet, take_back_refusal
from casework.forms import case_flow as flow_forms
from casework.forms.cases import HeadForm, IntakeForm
from casework.models import Case, CaseStep
from casework.queries.case_history import history, last_step
from casework.queries.case_intake import case_stations, intake_initial, told_before_intake
from casework.queries.case_page import PAGES, case_page
from clients.models import Client
from clients.queries import picker
from common.forms import WithdrawForm, attempt
from common.pages import led_back

P = Permission
FILE = ("station__unit", "client", "worker")


@GET_OR_POST
@permitted(P.EDIT_CASES)
def case_create(request: SignedIn) -> HttpResponse:
    """接案. Without `?client=`: whom? What is typed to find them comes by POST as `find`, never in the address."""
    key = request.GET.get("client", "")
    if not key:
        return _choose(request)
    if not (key.isascii() and key.isdigit() and len(key) <= 18):
        raise Http404("没有这名服务对象")
    people = Client.objects.visible_to(request.user, P.EDIT_CASES).standing().select_related("station__unit")
    person = get_object_or_404(people, pk=int(key))
    station = person.station
    refused = actions.WITHDRAWN if person.refuses_use() else ""
    if sent := led_back(request, refused, reverse("client_detail", args=[person.pk])):
        return sent
    form = IntakeForm(
        request.POST or None,
        request.FILES or None,
        station=station,
        user_id=request.user.pk,
        initial=intake_initial(person),
    )
    case = attempt(form, lambda: actions.open_case(by=request.user, station=station, client=person, **form.facts()))
    if case is not None:
        words = "已接案，下一步填写预估" if case.is_open else "已登记不予接案"
        messages.success(request, f"{case}：{words}")
        return redirect("case_detail", case.pk)
    context = {
        "form": form,
        "title": "接案登记",
        "subtitle": f"{person.name} · {station.unit.name}",
        "warnings": told_before_intake(person),
        "crumbs": crumbs(request.user, station.unit),
        "submit": "保存接案",
    }
    return render(request, "casework/case_form.html", context)


def _choose(request: SignedIn) -> HttpResponse:
    """Whom the case is about: the newest files of a station, or those that the words find."""
    stations = list(case_stations(request.user))
    wanted = request.GET.get("station", "")
    station = next((each for each in stations if str(each.pk) == wanted), None)
    if wanted and station is None:
        raise Http404("没有这个站点")
    if station is None and len(stations) == 1:
        station = stations[0]
    find = request.POST.get("find", "")[:40]
    picks = []
    if station:
        picks = picker.search(request.user, station, find) if find.strip() else picker.recent(request.user, station)
    context = {"stations": stations, "station": station, "find": find, "picks": picks}
    return render(request, "casework/case_choose.html", context)


def form_page(request: SignedIn, case: Case, form: Form, title: str, **extra: Any) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "case": case,
        "subtitle": f"{case} · {case.client.name} · {case.station.unit.name}",
        "crumbs": crumbs(request.user, case.station.unit),
        **extra,
    }
    return render(request, "casework/case_form.html", context)


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_edit(request: SignedIn, case: Case) -> HttpResponse:
    if sent := back_to(request, case, refuses_change(case)):
        return sent
    form = HeadForm(request.POST or None, station=case.station, initial=HeadForm.initial_of(case))
    today = timezone.localdate()
    if attempt(form, lambda: actions.edit_case(by=request.user, case=case, on=today, **form.facts())):
        messages.success(request, "已保存")
        return redirect("case_detail", case.pk)
    return form_page(request, case, form, "修改个案")


# ---- steps ----------------------------------------------------------------------------------------------------------


def step_page(
    request: SignedIn,
    case: Case,
    form: Any,
    act: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    done: str,
    **extra: Any,
) -> HttpResponse:
    if attempt(form, lambda: act(form.values())):
        messages.success(request, f"{case}：{done}")
        return redirect("case_detail", case.pk)
    return form_page(request, case, form, title, **extra)


def early(request: SignedIn, case: Case, step: Step) -> HttpResponse | None:
    """To what comes first, with the reason, when the form of the step is opened before its turn."""
    facts = history(case)
    reason = not_yet(facts, step, timezone.localdate())
    if not reason:
        return back_to(request, case, case_flow.refuses_use(case, step))
    following = next_steps(facts.state)
    if step in following:
        first = "case_review" if step == Step.CLOSING else "case_detail"
    else:
        first = PAGES[following[0]][0] if case.is_open and step in ORDER[OPEN.index(State(case.state)) + 1 :] else ""
    return back_to(request, case, reason, first or "case_detail")


def back_to(request: SignedIn, case: Case, reason: str, page: str = "case_detail") -> HttpResponse | None:
    """To a page of the case, when a form of it is opened that could only be refused."""
    return led_back(request, reason and f"{case}：{reason}", reverse(page, args=[case.pk]))


def _expected(case: Case) -> int:
    last = last_step(case)
    return last.pk if last else 0


def _before(case: Case, kind: Step, reader: Callable[[CaseStep], dict[str, Any]]) -> dict[str, Any]:
    """What the step said before it was taken back: nobody types it twice."""
    old = case.steps.filter(kind=kind).exclude(withdrawn_at=None).order_by("id").last()
    return reader(old) if old else {}


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_assess(request: SignedIn, case: Case) -> HttpResponse:
    if sent := early(request, case, Step.ASSESSMENT):
        return sent
    initial = _before(case, Step.ASSESSMENT, flow_forms.AssessForm.initial_of)
    form = flow_forms.AssessForm(
        request.POST or None, request.FILES or None, case=case, expected=_expected(case), initial=initial
    )
    return step_page(
        request,
        case,
        form,
        lambda values: case_flow.assess(by=request.user, case=case, **values),
        title="预估",
        done="已完成预估，下一步制订计划",
        submit="完成预估",
    )


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_plan(request: SignedIn, case: Case) -> HttpResponse:
    if sent := early(request, case, Step.PLAN):
        return sent

    def act(values: dict[str, Any]) -> CaseStep:
        values["goals"] = [case_goals.GoalInput(**goal) for goal in values["goals"]]
        return case_flow.plan(by=request.user, case=case, **values)

    initial = _before(case, Step.PLAN, flow_forms.PlanForm.initial_of)
    form = flow_forms.PlanForm(
        request.POST or None, request.FILES or None, case=case, expected=_expected(case), initial=initial
    )
    return step_page(request, case, form, act, title="服务计划", done="已形成计划", submit="完成计划")


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_intervene(request: SignedIn, case: Case) -> HttpResponse:
    if sent := early(request, case, Step.INTERVENTION):
        return sent
    form = flow_forms.InterveneForm(request.POST or None, request.FILES or None, case=case, expected=_expected(case))
    return step_page(
        request,
        case,
        form,
        lambda values: case_flow.intervene(by=request.user, case=case, **values),
        title="开始介入",
        done="已开始介入，之后每次服务从个案页面登记",
        submit="开始介入",
    )


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_evaluate(request: SignedIn, case: Case) -> HttpResponse:
    if sent := early(request, case, Step.EVALUATION):
        return sent
    file = case_page(request.user, case)
    form = flow_forms.EvaluateForm(
        request.POST or None,
        request.FILES or None,
        case=case,
        expected=_expected(case),
        before={row.key: row.before for row in file.scales if row.before is not None},
        initial=_before(case, Step.EVALUATION, flow_forms.EvaluateForm.initial_of),
    )
    return step_page(
        request,
        case,
        form,
        lambda values: case_flow.evaluate(by=request.user, case=case, **values),
        title="评估",
        done="已完成评估",
        submit="完成评估",
    )


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_close(request: SignedIn, case: Case) -> HttpResponse:
    if sent := early(request, case, Step.CLOSING):
        return sent
    form = flow_forms.CloseForm(
        request.POST or None,
        request.FILES or None,
        case=case,
        expected=_expected(case),
        evaluated=case.state == State.EVALUATION,
        initial=_before(case, Step.CLOSING, flow_forms.CloseForm.initial_of),
    )
    return step_page(
        request,
        case,
        form,
        lambda values: case_flow.close(by=request.user, case=case, **values),
        title="结案",
        done="已结案",
        submit="确认结案",
    )


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_reopen(request: SignedIn, case: Case) -> HttpResponse:
    if sent := early(request, case, Step.REOPENING):
        return sent
    form = flow_forms.ReopenForm(request.POST or None, case=case, expected=_expected(case))
    return step_page(
        request,
        case,
        form,
        lambda values: case_flow.reopen(by=request.user, case=case, **values),
        title="重新开启个案",
        done="已重新开启",
        submit="重新开启",
    )


@GET_OR_POST
@scoped(Case, P.EDIT_CASES, related=FILE)
def case_take_back(request: SignedIn, case: Case) -> HttpResponse:
    if sent := back_to(request, case, take_back_refusal(history(case))):
        return sent
    last = last_step(case)
    form = WithdrawForm(request.POST or None, expected=last.pk if last else 0)
    step = attempt(form, lambda: case_flow.take_back(by=request.user, case=case, **form.cleaned_data))
    if step is not None:
        messages.success(request, f"{case}：已撤回“{step.get_kind_display()}”")
        return redirect("case_detail", case.pk)
    title = f"撤回“{last.get_kind_display()}”" if last else "撤回"
    words = "撤回后可以重新填写，原来的内容会带出来，也留在个案里可查。"
    return form_page(request, case, form, title, words=words, submit="确认撤回", danger=True)
