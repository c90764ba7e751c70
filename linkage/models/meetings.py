"""Joint meetings 联席会议 of the five parties, with what they agreed."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.gate import GatedQuerySet
from accounts.models import OrgUnit, User
from common.months import Month
from linkage.models.organisations import Organisation
from linkage.models.shared import StandingQuerySet, Withdrawable, token_field
from linkage.vocabulary import Party
from policies.deadlines import is_past
from services.models import ServiceRecord


class MeetingQuerySet(StandingQuerySet):
    def held_in(self, month: Month) -> Self:
        """Standing ones held in the month."""
        return self.standing().filter(held_on__range=(month.first, month.last))


class Meeting(Withdrawable):
    token = token_field()
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="召集单位")
    held_on = models.DateField("会议日期")
    place = models.CharField("地点", max_length=60, blank=True)
    chair = models.CharField("主持人", max_length=40)
    topics = models.TextField("议题", max_length=1000)
    organisations = models.ManyToManyField(
        Organisation, related_name="meetings", blank=True, verbose_name="到会的社会组织"
    )
    services = models.ManyToManyField(
        ServiceRecord, related_name="+", through="MeetingService", verbose_name="会后的服务"
    )
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "联席会议"
        verbose_name_plural = "联席会议"
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["unit", "-held_on", "-id"]), models.Index(fields=["held_on"])]
        constraints = [Withdrawable.with_reason("meeting_withdrawn_with_reason")]

    def __str__(self) -> str:
        return f"联席会议 {self.held_on}"


class OfMeetingQuerySet(GatedQuerySet):
    gate = "meeting__unit__path"


class MeetingParty(models.Model):
    """One of the five parties was there, and who for it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="parties", verbose_name="联席会议")
    party = models.CharField("参会方", max_length=12, choices=Party.choices)
    people = models.CharField("参会人员", max_length=200, blank=True)

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "参会方"
        verbose_name_plural = "参会方"
        constraints = [models.UniqueConstraint(fields=["meeting", "party"], name="meeting_party_once")]

    def __str__(self) -> str:
        return self.get_party_display()


class MeetingTaskQuerySet(OfMeetingQuerySet):
    def standing(self) -> Self:
        """Of meetings that count."""
        return self.filter(meeting__withdrawn_at=None)

    def open(self) -> Self:
        return self.standing().filter(done_on=None)

    def overdue(self, on: date) -> Self:
        """Open ones whose day is past; the whole due day is in time (as MeetingTask.is_late)."""
        return self.open().filter(due_on__lt=on)


class MeetingTask(models.Model):
    """What was agreed: who does it, by when."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="tasks", verbose_name="联席会议")
    text = models.CharField("议定事项", max_length=200)
    responsible = models.CharField("责任方", max_length=60)
    due_on = models.DateField("完成期限")
    done_on = models.DateField("完成日期", null=True, blank=True)
    result = models.CharField("落实情况", max_length=200, blank=True)

    objects = MeetingTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "议定事项"
        verbose_name_plural = "议定事项"
        ordering = ["meeting", "id"]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_on=None), name="meeting_task_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None, result="") | Q(done_on__isnull=False), name="meeting_task_result_when_done"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def is_late(self, on: date) -> bool:
        """Still open past its day on `on`, or done past it."""
        return is_past(self.due_on, self.done_on or on)


class MeetingService(models.Model):
    """A service that followed from the meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="meeting_services", verbose_name="联席会议")
    service = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="+", verbose_name="服务")

    class Meta:
        verbose_name = "会后服务"
        verbose_name_plural = "会后服务"
        constraints = [models.UniqueConstraint(fields=["meeting", "service"], name="meeting_service_once")]

    def __str__(self) -> str:
        return f"{self.meeting} · {self.service}"
