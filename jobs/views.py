"""Asking for the export of a list; a user's own jobs: list, progress, download, cancel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import open_to_all, permitted
from accounts.requests import SignedIn
from accounts.roles import Permission
from jobs import actions, tables
from jobs.models import Job, JobState

LONGEST_QUERY = 2000
OWN = "只显示本人申请的任务"
TONES = {
    JobState.WAITING: "muted",
    JobState.RUNNING: "info",
    JobState.DONE: "ok",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "muted",
}


def progress_of(job: Job) -> dict[str, Any]:
    """What components/progress.html shows of a job."""
    running = job.state in (JobState.WAITING, JobState.RUNNING)
    done = job.state == JobState.DONE
    return {
        "title": job.title,
        "percent": 100 if done else int(100 * job.done / job.total) if job.total else 0,
        "message": job.message or job.get_state_display(),
        "running": running,
        "ok": done,
        "poll_url": reverse("job_progress", args=[job.pk]),
        "cancel_url": reverse("job_cancel", args=[job.pk]) if running and not job.cancel_requested else None,
        "result_url": reverse("job_download", args=[job.pk]) if done and job.file_path else None,
        "result_label": f"下载 {job.file_name}",
    }


def _own(request: SignedIn, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user).select_related("unit"), pk=pk)


@open_to_all(OWN)
@require_safe
def job_list(request: SignedIn) -> HttpResponse:
    jobs = Job.objects.visible_to(request.user).select_related("unit")
    page = Paginator(jobs, 20).get_page(request.GET.get("page"))
    for job in page:
        job.tone = TONES[JobState(job.state)]
    return render(request, "jobs/job_list.html", {"page": page})


@open_to_all(OWN)
@require_safe
def job_detail(request: SignedIn, pk: int) -> HttpResponse:
    job = _own(request, pk)
    return render(request, "jobs/job_detail.html", {"job": job, "progress": progress_of(job)})


@open_to_all(OWN)
@require_safe
def job_progress(request: SignedIn, pk: int) -> HttpResponse:
    """The progress bar alone, polled while the job runs."""
    return render(request, "components/progress.html", {"job": progress_of(_own(request, pk))})


@open_to_all(OWN)
@require_safe
def job_download(request: SignedIn, pk: int) -> HttpResponse | FileResponse:
    job = _own(request, pk)
    if job.state != JobState.DONE or not job.file_path or not actions.file_of(job).is_file():
        raise Http404("文件还没有生成，或已过保存期")
    actions.note_download(by=request.user, job=job)
    return FileResponse(actions.file_of(job).open("rb"), as_attachment=True, filename=job.file_name)


@open_to_all(OWN)
@require_POST
def job_cancel(request: SignedIn, pk: int) -> HttpResponse:
    job = actions.cancel_job(by=request.user, job=_own(request, pk))
    finished = job.state in (JobState.DONE, JobState.FAILED)
    messages.success(request, "任务已经结束" if finished else "已取消任务")
    return redirect("job_detail", pk=job.pk)


@require_POST
@permitted(Permission.EXPORT)
def table_export(request: SignedIn, key: str) -> HttpResponse:
    """Queue the export of a list with the filters in `query`, and go to the job's page; a wrong filter goes back."""
    query = request.POST.get("query", "")
    try:
        if len(query) > LONGEST_QUERY:
            raise ValidationError("筛选条件过长，没有导出")
        table, exporter, params = tables.asked_for(request.user, key, query)
        unit = tables.unit_of(exporter, table, params)
        tables.checked_rows(table, exporter, params)
        job = actions.request_job(
            by=request.user,
            kind=tables.JOB,
            title=f"{table.title}（{unit.name}）",
            unit=unit,
            parameters={"table": table.key, "query": params.urlencode()},
        )
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect(_came_from(request))
    return redirect("job_detail", job.pk)


def _came_from(request: SignedIn) -> str:
    """The list's page, as the browser names it, when it is one of ours."""
    page = request.headers.get("referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours else reverse("job_list")
