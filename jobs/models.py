"""Long work that a user started: progress, cancel, result file, row errors. The lease lives in the row."""

from __future__ import annotations

from django.db import models

from accounts.models import OrgUnit, User


class JobState(models.TextChoices):
    WAITING = "WAITING", "排队中"
    RUNNING = "RUNNING", "进行中"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "失败"
    CANCELLED = "CANCELLED", "已取消"


class JobQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> JobQuerySet:
        """A job belongs to who asked for it, whatever their postings."""
        return self.filter(requested_by=user)


class Job(models.Model):
    """One piece of long work; `kind` names the function that jobs.registry runs."""

    kind = models.CharField("类型", max_length=40)
    title = models.CharField("名称", max_length=160)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="单位")
    parameters = models.JSONField(default=dict)
    requested_by = models.ForeignKey(User, models.CASCADE, related_name="jobs", verbose_name="申请人")
    state = models.CharField("状态", max_length=10, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    row_errors = models.JSONField(default=list, help_text="[{row, field, message}]")
    file_name = models.CharField("文件名", max_length=160, blank=True)
    file_path = models.CharField(max_length=200, blank=True, help_text="var/jobs 下的相对路径")
    cancel_requested = models.BooleanField(default=False)
    claimed_by = models.CharField(max_length=80, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField("申请时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "后台任务"
        verbose_name_plural = "后台任务"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"]), models.Index(fields=["requested_by", "-id"])]

    def __str__(self) -> str:
        return self.title
