"""Pages of trainings: the list, one training, who took part."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.gate import allowed, permitted, scoped
from accounts.queries import unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from common.forms import WithdrawForm, attempt
from files.queries import attachments_of
from stations.actions import edit_training, record_training, set_attendance, withdraw_training
from stations.forms.filters import ListFilter
from stations.forms.trainings import AttendanceForm, TrainingFilter, TrainingForm, candidates
from stations.models import Training
from stations.queries.trainings import attendance_rows, sorted_trainings, training_rows, training_sums
from stations.views.lists import PAGE, list_context

MANAGE, VIEW = Permission.MANAGE_WORKERS, Permission.VIEW_WORKERS


@require_GET
@permitted(VIEW)
def training_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, kind, month, year. Sort: date (default, latest first), hours, people."""
    unit = unit_in_scope(request.user, request.GET.get("unit"), VIEW)
    form = TrainingFilter(request.GET, user=request.user, unit=unit, permission=VIEW)
    trainings = form.apply(Training.objects.visible_to(request.user, VIEW))
    page = Paginator(sorted_trainings(trainings, request.GET.get("sort", "")), PAGE).get_page(request.GET.get("page"))
    context = list_context(request, form, unit) | {
        "page": page,
        "rows": training_rows(page.object_list, request.user),
        "sums": training_sums(trainings, request.user),
        "may_create": bool(request.user.paths(MANAGE)),
    }
    return render(request, "stations/training_list.html", context)


@require_GET
@scoped(Training, VIEW, related=("unit",))
def training_detail(request: SignedIn, training: Training) -> HttpResponse:
    rows = attendance_rows(training, request.user)
    context = {
        "training": training,
        "row": training_rows([training], request.user)[0],
        "rows": rows,
        "files": attachments_of(request.user, [training])[training.pk],
        "may_manage": allowed(request.user, MANAGE, training),
    }
    return render(request, "stations/training_detail.html", context)


@GET_OR_POST
@permitted(MANAGE)
def training_create(request: SignedIn) -> HttpResponse:
    form = TrainingForm(request.POST or None, request.FILES or None, user=request.user)
    if training := attempt(form, lambda: record_training(by=request.user, **form.cleaned_data)):
        messages.success(request, "培训已登记，接着勾选参训人员")
        return redirect("training_attendance", training.pk)
    return render(request, "stations/training_form.html", {"form": form, "title": "登记培训"})


@GET_OR_POST
@scoped(Training, MANAGE, related=("unit",))
def training_edit(request: SignedIn, training: Training) -> HttpResponse:
    form = TrainingForm(request.POST or None, request.FILES or None, user=request.user, training=training)
    if attempt(form, lambda: edit_training(by=request.user, training=training, **form.cleaned_data)):
        messages.success(request, "培训已保存")
        return redirect("training_detail", training.pk)
    return render(request, "stations/training_form.html", {"form": form, "training": training, "title": "编辑培训"})


@GET_OR_POST
@scoped(Training, MANAGE, related=("unit",))
def training_attendance(request: SignedIn, training: Training) -> HttpResponse:
    """Everybody in one step. `?unit=` narrows the candidates to the stations of a unit."""
    unit = unit_in_scope(request.user, request.GET.get("unit"), MANAGE)
    form = AttendanceForm(request.POST or None, lines=candidates(request.user, training, unit))
    if attempt(form, lambda: set_attendance(by=request.user, training=training, **form.values())):
        messages.success(request, f"参训人员已保存，共 {training.attendances.count()} 人")
        return redirect("training_detail", training.pk)
    narrow = ListFilter(request.GET, user=request.user, unit=unit, permission=MANAGE)
    context = {"training": training, "form": form, "lines": form.shown(), "units": narrow["unit"], "unit": unit}
    return render(request, "stations/training_attendance.html", context)


@GET_OR_POST
@scoped(Training, MANAGE, related=("unit",))
def training_withdraw(request: SignedIn, training: Training) -> HttpResponse:
    form = WithdrawForm(request.POST or None, expected=training.pk)

    def withdraw() -> Training:
        withdraw_training(by=request.user, training=training, reason=form.cleaned_data["reason"])
        return training

    if attempt(form, withdraw):
        messages.success(request, "培训已撤回")
        return redirect("training_list")
    people = training.attendances.count()
    return render(request, "stations/training_withdraw.html", {"training": training, "form": form, "people": people})


@require_GET
@scoped(Training, VIEW, related=("unit",))
def training_history(request: SignedIn, training: Training) -> HttpResponse:
    """Every recorded change of the training within the user's scope."""
    return history_page(request, training, title=training.topic, back=("training_detail", training.pk))
