"""Pages of evaluations and their frames."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import allowed, may, permitted, scoped
from accounts.queries import crumbs, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from agencies.actions import (
    add_correction,
    complete_correction,
    create_frame,
    end_frame,
    finalise,
    open_evaluation,
    record_scores,
    withdraw_evaluation,
)
from agencies.forms.agencies import ReasonForm
from agencies.forms.evaluations import (
    CorrectionForm,
    DoneForm,
    EndFrameForm,
    FinaliseForm,
    FrameForm,
    OpenEvaluationForm,
    ScoreForm,
)
from agencies.forms.filters import EvaluationFilter
from agencies.models import ContractTerm, Evaluation, EvaluationFrame, Step
from agencies.queries.evaluations import default_frame, evaluation_list_page, frames_for
from agencies.queries.pages import evaluation_page
from agencies.views.shared import for_contracts
from common.pages import write_page
from files.actions import attach

P = Permission
JOINED = ("term__contract__buyer", "term__contract__agency", "frame__document", "finalised_by")


@require_GET
@for_contracts
def evaluation_list(request: SignedIn) -> HttpResponse:
    """Those being scored first, then the settled ones, the latest first; and the frames. Filters: unit, month."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"), P.VIEW_CONTRACTS)
    form = EvaluationFilter(request.GET, user=user, unit=unit)
    context = evaluation_list_page(user, form, request.GET.get("page"))
    context |= {"form": form, "filtered": any(value for key, value in request.GET.items() if key in form.fields)}
    context["may_issue"] = bool(request.user.paths(P.ISSUE_STANDARD))
    return render(request, "agencies/evaluation_list.html", context)


@GET_OR_POST
@scoped(ContractTerm, P.MANAGE_CONTRACTS, related=("contract__buyer", "contract__agency"))
def evaluation_open(request: SignedIn, term: ContractTerm) -> HttpResponse:
    frames = frames_for(term.contract, timezone.localdate())
    form = OpenEvaluationForm(request.POST or None, user=request.user, frames=frames)
    return write_page(
        request,
        form,
        lambda: open_evaluation(by=request.user, term=term, **form.cleaned_data),
        title="开始评估",
        done="评估已开始，可以打分",
        back=reverse("contract_detail", args=[term.contract_id]),
        about=f"{term.contract.agency} · {term.contract} · {term}",
        after=lambda made: reverse("evaluation_detail", args=[made.pk]),
    )


@require_GET
@scoped(Evaluation, P.VIEW_CONTRACTS, related=JOINED)
def evaluation_detail(request: SignedIn, evaluation: Evaluation) -> HttpResponse:
    user = request.user
    context = evaluation_page(evaluation, user) | {
        "crumbs": crumbs(user, evaluation.term.contract.buyer),
        "may_manage": allowed(user, P.MANAGE_CONTRACTS, evaluation),
        "sees_history": may(user, P.VIEW_CONTRACTS, evaluation.managed_at()),
        "scoring": evaluation.step == Step.SCORING,
    }
    return render(request, "agencies/evaluation_detail.html", context)


@GET_OR_POST
@scoped(Evaluation, P.MANAGE_CONTRACTS, related=JOINED)
def evaluation_score(request: SignedIn, evaluation: Evaluation, scorer: int) -> HttpResponse:
    """One scorer's sheet. What is filled in is kept, so that it can be left and gone on with."""
    sheet = get_object_or_404(evaluation.scorers.all(), pk=scorer)
    back = reverse("evaluation_detail", args=[evaluation.pk])
    if evaluation.step != Step.SCORING:
        return redirect(*back)
    form = ScoreForm(request.POST or None, scorer=sheet, items=list(evaluation.frame.items.all()))

    def write() -> bool:
        record_scores(by=request.user, scorer=sheet, scores=form.scores(), comments=form.comments())
        return True

    return write_page(
        request, form, write, title=f"{sheet.name}的评分表", done="评分已保存", back=back, about=str(evaluation),
        template="agencies/score_form.html",
    )  # fmt: skip


@GET_OR_POST
@scoped(Evaluation, P.MANAGE_CONTRACTS, related=JOINED)
def evaluation_finalise(request: SignedIn, evaluation: Evaluation) -> HttpResponse:
    form = FinaliseForm(request.POST or None, request.FILES or None)

    def write() -> Evaluation:
        given = form.cleaned_data
        with transaction.atomic():
            uploads = given.pop("uploads")
            done = finalise(by=request.user, evaluation=evaluation, **given)
            buyer = done.term.contract.buyer
            attach(by=request.user, target=done, unit=buyer, files=uploads, slot="evidence", field="uploads")
        return done

    return write_page(
        request,
        form,
        write,
        title="评估定稿",
        done="评估已定稿",
        back=reverse("evaluation_detail", args=[evaluation.pk]),
        about=f"{evaluation}：定稿后分数不能再改，付款建议随结论给出",
        submit_label="定稿",
    )


@GET_OR_POST
@scoped(Evaluation, P.MANAGE_CONTRACTS, related=JOINED)
def evaluation_withdraw(request: SignedIn, evaluation: Evaluation) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: withdraw_evaluation(by=request.user, evaluation=evaluation, **form.cleaned_data),
        title="撤回评估",
        done="评估已撤回",
        back=reverse("evaluation_detail", args=[evaluation.pk]),
        about=str(evaluation),
        submit_label="撤回",
        danger=True,
    )


@GET_OR_POST
@scoped(Evaluation, P.MANAGE_CONTRACTS, related=JOINED)
def correction_add(request: SignedIn, evaluation: Evaluation) -> HttpResponse:
    form = CorrectionForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: add_correction(by=request.user, evaluation=evaluation, **form.cleaned_data),
        title="提出整改",
        done="整改事项已登记",
        back=reverse("evaluation_detail", args=[evaluation.pk]),
        about=str(evaluation),
    )


@GET_OR_POST
@scoped(Evaluation, P.MANAGE_CONTRACTS, related=JOINED)
def correction_done(request: SignedIn, evaluation: Evaluation, correction: int) -> HttpResponse:
    row = get_object_or_404(evaluation.corrections.all(), pk=correction)
    form = DoneForm(request.POST or None)
    return write_page(
        request, form, lambda: complete_correction(by=request.user, correction=row, **form.cleaned_data),
        title="整改完成", done="已登记完成", back=reverse("evaluation_detail", args=[evaluation.pk]), about=row.text,
    )  # fmt: skip


@require_GET
@scoped(Evaluation, P.VIEW_CONTRACTS, related=JOINED)
def evaluation_history(request: SignedIn, evaluation: Evaluation) -> HttpResponse:
    return history_page(request, evaluation, title=str(evaluation), back=("evaluation_detail", evaluation.pk))


# ---- frames


@require_GET
@scoped(EvaluationFrame, P.VIEW, related=("issuer", "document"))
def frame_detail(request: SignedIn, frame: EvaluationFrame) -> HttpResponse:
    context = {
        "frame": frame,
        "items": list(frame.items.all()),
        "thresholds": list(frame.thresholds.all()),
        "may_end": frame.in_force_to is None and allowed(request.user, P.ISSUE_STANDARD, frame),
    }
    return render(request, "agencies/frame_detail.html", context)


@GET_OR_POST
@permitted(P.ISSUE_STANDARD)
def frame_create(request: SignedIn) -> HttpResponse:
    """Starts from the shipped frame."""
    form = FrameForm(request.POST or None, user=request.user, like=default_frame())
    return write_page(
        request, form, lambda: create_frame(by=request.user, **form.values()),
        title="制定评估办法", done="评估办法已制定，下级开始评估时优先采用", back=reverse("evaluation_list"),
        after=lambda frame: reverse("frame_detail", args=[frame.pk]), template="agencies/frame_form.html",
    )  # fmt: skip


@GET_OR_POST
@scoped(EvaluationFrame, P.ISSUE_STANDARD)
def frame_end(request: SignedIn, frame: EvaluationFrame) -> HttpResponse:
    form = EndFrameForm(request.POST or None)
    return write_page(
        request, form, lambda: end_frame(by=request.user, frame=frame, on=form.cleaned_data["on"]),
        title="停用评估办法", done="已停用", back=reverse("frame_detail", args=[frame.pk]), about=frame.title,
        submit_label="停用", danger=True,
    )  # fmt: skip
