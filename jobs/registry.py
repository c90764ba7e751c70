"""Kinds of job: a higher room declares one with `@job_kind("…")` on a function that takes a JobRun."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import OrgUnit, User
from jobs.models import Job, JobState

Runner = Callable[["JobRun"], None]
KINDS: dict[str, Runner] = {}


class Cancelled(Exception):
    """The user cancelled, or the job's lease went to another worker."""


def job_kind(name: str) -> Callable[[Runner], Runner]:
    """Declare the function that runs jobs of this kind."""

    def register(function: Runner) -> Runner:
        if name in KINDS:
            raise ValueError(f"job kind {name} is declared twice")
        KINDS[name] = function
        return function

    return register


class JobRun:
    """What a job's function sees: its parameters, where to report progress and where to put its file."""

    HEARTBEAT = 1.0  # seconds between writes of progress

    def __init__(self, job: Job, claimed_by: str) -> None:
        self._job = job
        self._claimed_by = claimed_by
        self._written = 0.0

    @property
    def parameters(self) -> dict[str, Any]:
        return self._job.parameters

    @property
    def unit(self) -> OrgUnit:
        return self._job.unit

    @property
    def user(self) -> User:
        return self._job.requested_by

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far the work is; writes at most once a second. Raises Cancelled."""
        if monotonic() - self._written < self.HEARTBEAT and done < total:
            return
        self._written = monotonic()
        kept = Job.objects.filter(
            pk=self._job.pk, state=JobState.RUNNING, claimed_by=self._claimed_by, cancel_requested=False
        ).update(done=done, total=total, message=message[:300], heartbeat_at=timezone.now())
        if not kept:
            raise Cancelled

    def file(self, name: str) -> Path:
        """Where to write the result, which its owner downloads as `name`. Not shared with an earlier attempt."""
        folder = Path(settings.VAR_DIR) / "jobs"
        folder.mkdir(parents=True, exist_ok=True)
        self._job.file_name = name
        self._job.file_path = f"{self._job.pk}-{self._job.attempts}{Path(name).suffix}"
        return folder / self._job.file_path

    def row_error(self, row: int, field: str, message: str) -> None:
        """Remember why one row of an upload was refused."""
        self._job.row_errors.append({"row": row, "field": field, "message": message})
