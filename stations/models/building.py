"""Building in a year's plan, acceptance of what was built, and titles of demonstration rooms (R1, R2, R14, R16)."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.gate import GatedQuerySet
from accounts.models import OrgUnit, User
from common.months import Month
from policies.deadlines import is_past
from policies.models import PolicyDocument, Provision
from stations.models.stations import Station, StationKind, StationStatus, StatusSpell


def _recorded_by() -> Any:
    return models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")


class AcceptanceQuerySet(GatedQuerySet):
    gate = "station__unit__path"

    def held_in(self, month: Month) -> Self:
        """Held on a day of the month."""
        return self.filter(held_on__gte=month.first, held_on__lte=month.last)

    def awaiting_corrections(self, on: date) -> Self:
        """Failed by `on` without another round by then, whose station still stands."""
        later = Acceptance.objects.filter(station=OuterRef("station"), round__gt=OuterRef("round"), held_on__lte=on)
        standing = Q(station__closed_on=None) | Q(station__closed_on__gt=on)
        return self.filter(standing, ~Exists(later), held_on__lte=on, passed=False)

    def corrections_late(self, on: date) -> Self:
        """Of `awaiting_corrections`, those whose day for it is past (`Acceptance.correction_is_late`)."""
        return self.awaiting_corrections(on).filter(correct_by__lt=on)


class Acceptance(models.Model):
    """One round of acceptance 验收. A passed one is the cause of its station's ACCEPTED spell and goes with it."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="acceptances", verbose_name="站点")
    round = models.PositiveSmallIntegerField("轮次")
    held_on = models.DateField("验收日期")
    passed = models.BooleanField("合格")
    members = models.CharField("验收人员", max_length=200)
    comments = models.TextField("验收意见", blank=True)
    correct_by = models.DateField("整改期限", null=True, blank=True)
    spell = models.OneToOneField(
        StatusSpell, models.CASCADE, null=True, blank=True, related_name="acceptance", verbose_name="验收状态"
    )
    recorded_by = _recorded_by()
    recorded_at = models.DateTimeField("登记时间")

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        verbose_name = "验收"
        verbose_name_plural = "验收"
        ordering = ["station", "round"]
        indexes = [models.Index(fields=["held_on", "passed", "station"])]
        # A comparison with null is no refusal: what must be there is asked for by its own word.
        constraints = [
            models.UniqueConstraint(fields=["station", "round"], name="acceptance_round_once"),
            models.CheckConstraint(
                condition=Q(passed=True, spell__isnull=False, correct_by=None)
                | Q(passed=False, spell=None, correct_by__isnull=False, correct_by__gte=F("held_on")),
                name="acceptance_passed_or_corrected",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.round} 轮验收{'合格' if self.passed else '不合格'}"

    def correction_is_late(self, on: date) -> bool:
        """Its corrections were due before `on`. Whether it still waits for them, `awaiting_corrections` says."""
        return self.correct_by is not None and is_past(self.correct_by, on)


class AcceptanceItem(models.Model):
    """One item of the checklist as it stood on the day, and whether it was met."""

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="items", verbose_name="验收")
    position = models.PositiveSmallIntegerField("序号")
    label = models.CharField("验收内容", max_length=120)
    necessary = models.BooleanField("必备")
    met = models.BooleanField("符合")
    comment = models.CharField("说明", max_length=200, blank=True)
    provision = models.ForeignKey(
        Provision, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据条款"
    )

    class Meta:
        verbose_name = "验收内容"
        verbose_name_plural = "验收内容"
        ordering = ["acceptance", "position"]
        constraints = [models.UniqueConstraint(fields=["acceptance", "position"], name="acceptance_item_once")]

    def __str__(self) -> str:
        return f"{self.label} {'符合' if self.met else '不符合'}"


class PlanQuerySet(GatedQuerySet):
    gate = "unit__path"


class BuildingPlan(models.Model):
    """A unit's plan of building for one year. Targets are not retyped: they come from the documents' provisions."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="building_plans", verbose_name="单位")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=120)
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件"
    )
    note = models.TextField("说明", blank=True)
    recorded_by = _recorded_by()
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "建设计划"
        verbose_name_plural = "建设计划"
        ordering = ["-year", "unit__path"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="plan_once_a_year"),
            models.CheckConstraint(condition=Q(year__gte=2018, year__lte=2099), name="plan_year_known"),
        ]

    def __str__(self) -> str:
        return self.title


class MilestoneKind(models.TextChoices):
    COUNTED = "COUNTED", "按站点数"
    STEP = "STEP", "按事项"


# What a counted milestone may count: stations that have reached at least this.
COUNTABLE = (
    StationStatus.PLANNED,
    StationStatus.BUILDING,
    StationStatus.COMPLETED,
    StationStatus.ACCEPTED,
    StationStatus.SIGN_HUNG,
    StationStatus.OPERATING,
)


class MilestoneQuerySet(GatedQuerySet):
    """A milestone lies where its responsible unit does: so a county sees its part of the city's plan."""

    gate = "unit__path"


class Milestone(models.Model):
    """A step of a plan by a day (R16).

    COUNTED: so many stations below `unit` have reached `status`; whether and when is told from their spells.
    STEP: a piece of work whose end is recorded in `done_on`.
    """

    plan = models.ForeignKey(BuildingPlan, models.CASCADE, related_name="milestones", verbose_name="建设计划")
    name = models.CharField("节点", max_length=120)
    due_on = models.DateField("期限")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="责任单位")
    responsible = models.CharField("责任人（科室）", max_length=60, blank=True)
    kind = models.CharField("完成方式", max_length=8, choices=MilestoneKind.choices)
    count = models.PositiveIntegerField("站点数", null=True, blank=True)
    status = models.CharField("至少达到", max_length=10, choices=StationStatus.choices, blank=True)
    station_kind = models.CharField("站点类型", max_length=12, choices=StationKind.choices, blank=True)
    within_year = models.BooleanField("只计当年新增", default=False)
    done_on = models.DateField("完成日期", null=True, blank=True)
    done_note = models.CharField("完成情况", max_length=200, blank=True)
    done_by = _recorded_by()
    recorded_by = _recorded_by()
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = "建设节点"
        verbose_name_plural = "建设节点"
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["due_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind=MilestoneKind.COUNTED, count__isnull=False, count__gt=0, done_on=None, status__in=COUNTABLE
                )
                | Q(kind=MilestoneKind.STEP, count=None, status=""),
                name="milestone_counted_or_step",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TitleState(models.TextChoices):
    APPLIED = "APPLIED", "待评定"
    GRANTED = "GRANTED", "已命名"
    REFUSED = "REFUSED", "未通过"
    WITHDRAWN = "WITHDRAWN", "已取消"


class RoomTitleQuerySet(GatedQuerySet):
    gate = "room__unit__path"

    def held(self, on: date) -> Self:
        """Titles that hold on `on`: granted by then, not withdrawn, and the room stands."""
        kept = Q(withdrawn_on=None) | Q(withdrawn_on__gt=on)
        standing = Q(room__closed_on=None) | Q(room__closed_on__gt=on)
        return self.filter(kept, standing, state__in=[TitleState.GRANTED, TitleState.WITHDRAWN], decided_on__lte=on)

    def open(self) -> Self:
        """Applications that wait for a decision."""
        return self.filter(state=TitleState.APPLIED)


def titled(on: date) -> Q:
    """Rooms that hold the title on `on`, as a condition on stations."""
    return Q(pk__in=RoomTitle.objects.held(on).order_by().values("room"))


class RoomTitle(models.Model):
    """A room's way to the title 示范社区社工室 of one year: applied for by the township, decided by the county (R2)."""

    room = models.ForeignKey(Station, models.CASCADE, related_name="titles", verbose_name="社工室")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=10, choices=TitleState.choices, default=TitleState.APPLIED)
    applied_on = models.DateField("申请日期")
    statement = models.TextField("申请说明")
    applied_by = _recorded_by()
    decided_on = models.DateField("评定日期", null=True, blank=True)
    comment = models.CharField("评定意见", max_length=200, blank=True)
    decided_by = _recorded_by()
    withdrawn_on = models.DateField("取消日期", null=True, blank=True)
    reason = models.CharField("取消理由", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = RoomTitleQuerySet.as_manager()

    class Meta:
        verbose_name = "示范社工室命名"
        verbose_name_plural = "示范社工室命名"
        ordering = ["-year", "room__unit__path", "-id"]
        indexes = [models.Index(fields=["year", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "year"],
                condition=Q(state__in=[TitleState.APPLIED, TitleState.GRANTED]),
                name="room_title_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(state=TitleState.APPLIED, decided_on=None, withdrawn_on=None)
                | Q(
                    state__in=[TitleState.GRANTED, TitleState.REFUSED],
                    decided_on__isnull=False,
                    decided_on__gte=F("applied_on"),
                    withdrawn_on=None,
                )
                | Q(
                    state=TitleState.WITHDRAWN,
                    decided_on__isnull=False,
                    withdrawn_on__isnull=False,
                    withdrawn_on__gte=F("decided_on"),
                ),
                name="room_title_state_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年示范社区社工室 {self.get_state_display()}"
