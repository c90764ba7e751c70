"""Asking for, running, cancelling and sweeping jobs. The lease on a job is its row; a message only nudges."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import OrgUnit, User
from common.nudge import wake
from common.workers import worker_name
from jobs.models import Job, JobState
from jobs.registry import KINDS, Cancelled, JobRun

log = logging.getLogger(__name__)

RUN = "jobs.run"  # the task of jobs.tasks
LOST_AFTER = timedelta(seconds=60)
BEAT_SECONDS = 10
ATTEMPTS = 3
KEPT_DAYS = 30
OPEN_JOBS_PER_USER = 5


@transaction.atomic
def request_job(*, by: User, kind: str, title: str, unit: OrgUnit, parameters: dict[str, Any]) -> Job:
    """Queue a job. The same job asked for again while it waits is given back, not doubled.

    Raises ValidationError when the user already has OPEN_JOBS_PER_USER unfinished jobs.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown job kind {kind}")
    User.objects.select_for_update().get(pk=by.pk)  # two clicks at once ask one after the other
    unfinished = Job.objects.filter(requested_by=by, state__in=[JobState.WAITING, JobState.RUNNING])
    same = unfinished.filter(kind=kind, unit=unit, parameters=parameters, state=JobState.WAITING).first()
    if same:
        return same
    if unfinished.count() >= OPEN_JOBS_PER_USER:
        raise ValidationError(f"您已有 {OPEN_JOBS_PER_USER} 个任务未完成，请等其完成或取消后再试")
    job = Job.objects.create(kind=kind, title=title[:160], unit=unit, parameters=parameters, requested_by=by)
    audit.record(by=by, verb="申请后台任务", target=job, unit=unit, changes={"参数": [None, parameters]})
    transaction.on_commit(lambda: wake(RUN, job.pk))
    return job


@transaction.atomic
def cancel_job(*, by: User, job: Job) -> Job:
    """Stop a job that waits at once, one that runs at its next progress report. A finished one stays."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state == JobState.WAITING:
        job.state, job.finished_at = JobState.CANCELLED, timezone.now()
    job.cancel_requested = True
    job.save(update_fields=["state", "finished_at", "cancel_requested"])
    audit.record(by=by, verb="取消后台任务", target=job, unit=job.unit)
    return job


def run_job(job_id: int) -> None:
    """Claim the job and run it to its end. A message for a job that is claimed, done or gone does nothing."""
    me = worker_name(threading.get_ident())
    claimed = Job.objects.filter(pk=job_id, state=JobState.WAITING).update(
        state=JobState.RUNNING, claimed_by=me, heartbeat_at=timezone.now(), message=""
    )
    if not claimed:
        return
    job = Job.objects.select_related("unit", "requested_by").get(pk=job_id)
    job.attempts += 1
    Job.objects.filter(pk=job_id).update(attempts=job.attempts)
    run = JobRun(job, me)
    try:
        with _heart(job_id, me):
            KINDS[job.kind](run)
    except Cancelled:
        _finish(job, me, JobState.CANCELLED, "已按要求取消")
    except ValidationError as error:
        _finish(job, me, JobState.FAILED, "；".join(error.messages))
    except PermissionDenied as error:
        _finish(job, me, JobState.FAILED, str(error))
    except Exception:
        log.exception("job %s (%s) failed", job_id, job.kind)
        _finish(job, me, JobState.FAILED, f"系统出错，请重试；如仍失败请把任务编号 {job_id} 告诉管理员")
    else:
        _finish(job, me, JobState.DONE, "")


@contextmanager
def _heart(job_id: int, me: str) -> Iterator[None]:
    """Beats in a thread while the job computes, so that a long statement is not taken for a dead worker."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT_SECONDS):
            Job.objects.filter(pk=job_id, claimed_by=me).update(heartbeat_at=timezone.now())
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=BEAT_SECONDS)


def _finish(job: Job, me: str, state: JobState, message: str) -> None:
    done = {"done": job.total or 1, "total": job.total or 1} if state == JobState.DONE else {}
    Job.objects.filter(pk=job.pk, claimed_by=me, state=JobState.RUNNING).update(
        state=state,
        message=message[:300],
        finished_at=timezone.now(),
        row_errors=job.row_errors,
        file_name=job.file_name if state == JobState.DONE else "",
        file_path=job.file_path if state == JobState.DONE else "",
        **done,
    )


def sweep_jobs() -> None:
    """Give jobs of lost workers back (or up after ATTEMPTS), nudge those that wait, drop old files."""
    now = timezone.now()
    lost = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=now - LOST_AFTER)
    lost.filter(cancel_requested=True).update(state=JobState.CANCELLED, message="已按要求取消", finished_at=now)
    lost.filter(attempts__gte=ATTEMPTS).update(
        state=JobState.FAILED, message=f"执行 {ATTEMPTS} 次均中断，请联系管理员", finished_at=now
    )
    lost.update(state=JobState.WAITING, claimed_by="")
    for job_id in Job.objects.filter(state=JobState.WAITING).order_by("id").values_list("pk", flat=True)[:20]:
        wake(RUN, job_id)
    old = Job.objects.filter(finished_at__lt=now - timedelta(days=KEPT_DAYS)).exclude(file_path="")
    for job in old.iterator():
        file_of(job).unlink(missing_ok=True)
    old.update(file_path="", message="文件已过保存期，请重新导出")


def note_download(*, by: User, job: Job) -> None:
    """Leave in the trail that the file left the system."""
    audit.record(by=by, verb="下载文件", target=job, unit=job.unit, changes={"文件": [None, job.file_name]})


def file_of(job: Job) -> Path:
    return Path(settings.VAR_DIR) / "jobs" / job.file_path
