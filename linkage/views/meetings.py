"""Pages of joint meetings and of what they agreed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import allowed, permitted, scoped
from accounts.queries import crumbs
from accounts.requests import GET_OR_POST, SignedIn
from common.pages import write_page
from files.queries import attachments_of
from linkage import actions
from linkage.forms.filters import MeetingFilter
from linkage.forms.meetings import DoneForm, MeetingEditForm, MeetingForm, TaskForm
from linkage.forms.shared import ReasonForm
from linkage.models import Meeting, MeetingTask
from linkage.queries.meetings import due_tasks, meeting_rows, services_after, sorted_meetings, task_rows
from linkage.views.shared import EDIT, VIEW, filtered, page_of, paged

JOINED = ("unit",)
OF_TASK = ("meeting__unit",)


def _tabs(request: SignedIn, *, listed: bool) -> list[dict[str, object]]:
    unit = request.GET.get("unit")
    query = f"?unit={unit}" if unit and unit.isascii() and unit.isdigit() else ""
    return [
        {"label": "会议", "url": reverse("meeting_list") + query, "active": listed},
        {"label": "待办事项", "url": reverse("meeting_tasks") + query, "active": not listed},
    ]


@require_GET
@permitted(VIEW)
def meeting_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, party, tasks, month (held in it). Sort: held_on."""
    _, meetings, context = filtered(request, MeetingFilter, Meeting.objects.visible_to(request.user, VIEW))
    page = paged(request, sorted_meetings(meetings, context["sort"]))
    rows = meeting_rows(page.object_list, timezone.localdate())
    context |= {"page": page, "rows": rows, "tabs": _tabs(request, listed=True)}
    return render(request, "linkage/meeting_list.html", context)


@require_GET
@permitted(VIEW)
def meeting_tasks(request: SignedIn) -> HttpResponse:
    """What was agreed and is open, the earliest due first. Filter: unit."""
    form, _, context = filtered(request, MeetingFilter, Meeting.objects.visible_to(request.user, VIEW))
    for name in ("q", "month", "party", "tasks"):
        del form.fields[name]
    rows = due_tasks(request.user, VIEW, context["unit"], timezone.localdate())
    context |= {"rows": rows, "late": sum(row.late for row in rows), "tabs": _tabs(request, listed=False)}
    return render(request, "linkage/meeting_tasks.html", context)


@require_GET
@scoped(Meeting, VIEW, related=JOINED)
def meeting_detail(request: SignedIn, meeting: Meeting) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "meeting": meeting,
        "parties": list(meeting.parties.order_by("pk")),
        "organisations": list(meeting.organisations.order_by("name")),
        "tasks": task_rows(meeting.tasks.select_related("meeting__unit"), today),
        "services": services_after(meeting),
        "files": attachments_of(request.user, [meeting])[meeting.pk],
        "edits": allowed(request.user, EDIT, meeting) and meeting.withdrawn_at is None,
        "crumbs": crumbs(request.user, meeting.unit),
    }
    return render(request, "linkage/meeting_detail.html", context)


@GET_OR_POST
@permitted(EDIT)
def meeting_create(request: SignedIn) -> HttpResponse:
    form = MeetingForm(request.POST or None, request.FILES or None, user=request.user)
    return write_page(
        request,
        form,
        lambda: actions.record_meeting(by=request.user, **form.values()),
        title="登记联席会议",
        done="已登记联席会议",
        back=reverse("meeting_list"),
        after=page_of("meeting_detail"),
        about="议题和议定事项各级民政部门看得到，请不要写服务对象的姓名",
    )


@GET_OR_POST
@scoped(Meeting, EDIT, related=JOINED)
def meeting_edit(request: SignedIn, meeting: Meeting) -> HttpResponse:
    form = MeetingEditForm(request.POST or None, request.FILES or None, user=request.user, meeting=meeting)
    return write_page(
        request,
        form,
        lambda: actions.edit_meeting(by=request.user, meeting=meeting, **form.values()),
        title="修改联席会议",
        done="已保存",
        back=page_of("meeting_detail")(meeting),
        about=str(meeting),
    )


@GET_OR_POST
@scoped(Meeting, EDIT, related=JOINED)
def meeting_withdraw(request: SignedIn, meeting: Meeting) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: actions.withdraw_meeting(by=request.user, meeting=meeting, reason=form.cleaned_data["reason"]),
        title="撤回联席会议",
        done="已撤回，不再计入统计",
        back=page_of("meeting_detail")(meeting),
        about=str(meeting),
        submit_label="确认撤回",
        danger=True,
    )


@GET_OR_POST
@scoped(Meeting, EDIT, related=JOINED)
def task_add(request: SignedIn, meeting: Meeting) -> HttpResponse:
    form = TaskForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: actions.add_task(by=request.user, meeting=meeting, **form.cleaned_data),
        title="增加议定事项",
        done="已增加",
        back=page_of("meeting_detail")(meeting),
        about=str(meeting),
    )


@GET_OR_POST
@scoped(MeetingTask, EDIT, related=OF_TASK)
def task_finish(request: SignedIn, task: MeetingTask) -> HttpResponse:
    form = DoneForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: actions.finish_task(by=request.user, task=task, **form.cleaned_data),
        title="登记完成",
        done="已登记完成",
        back=page_of("meeting_detail")(task.meeting),
        about=f"{task.text} · {task.responsible}",
        submit_label="登记完成",
    )


@GET_OR_POST
@scoped(MeetingTask, EDIT, related=OF_TASK)
def task_reopen(request: SignedIn, task: MeetingTask) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: actions.reopen_task(by=request.user, task=task, reason=form.cleaned_data["reason"]),
        title="撤回完成",
        done="已撤回，仍为未完成",
        back=page_of("meeting_detail")(task.meeting),
        about=task.text,
        submit_label="确认撤回",
        danger=True,
    )
