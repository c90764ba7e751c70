"""Groups 小组 (MZ/T 095-2017): plan, phases, members, sessions held through service records, attendance."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from casework.models.planned import PlannedModel, PlannedQuerySet
from casework.phases import GroupState, Phase
from clients.gate import SupervisedModel, SupervisedQuerySet
from clients.models import Client
from common.months import Month
from services.models import Domain, ServiceRecord
from stations.models import Station, Worker


class GroupKind(models.TextChoices):
    GROWTH = "GROWTH", "成长小组"
    SUPPORT = "SUPPORT", "支持小组"
    EDUCATION = "EDUCATION", "教育小组"
    THERAPY = "THERAPY", "治疗小组"
    TASK = "TASK", "任务小组"
    INTEREST = "INTEREST", "兴趣小组"


class GroupQuerySet(PlannedQuerySet):
    """The words that lists and figures share."""

    def open(self) -> Self:
        return self.filter(state=GroupState.RUNNING)

    def running(self, day: date) -> Self:
        """Formed by `day` and neither ended nor stopped on or before it."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), formed_on__lte=day)

    def formed_in(self, month: Month) -> Self:
        return self.filter(formed_on__gte=month.first, formed_on__lte=month.last)

    def ended_in(self, month: Month) -> Self:
        """Gone through to the end, with evaluation; those stopped early are no part."""
        return self._closed_in(GroupState.ENDED, month)

    def stopped_in(self, month: Month) -> Self:
        return self._closed_in(GroupState.STOPPED, month)

    def with_session_in(self, month: Month) -> Self:
        """A session of theirs was held in the month."""
        return self.filter(Exists(GroupSession.objects.held_in(month).filter(group=OuterRef("pk"))))

    def _closed_in(self, state: GroupState, month: Month) -> Self:
        return self.filter(state=state, closed_on__gte=month.first, closed_on__lte=month.last)


class Group(PlannedModel, models.Model):
    """A group and its plan. `phase` and `formed_on` repeat GroupPhase; casework.actions.groups alone writes them."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="groups", verbose_name="站点")
    name = models.CharField("小组名称", max_length=60)
    kind = models.CharField("小组类型", max_length=10, choices=GroupKind.choices)
    domain = models.CharField("领域", max_length=16, choices=Domain.choices)
    purpose = models.TextField("小组目的", max_length=500, blank=True)
    goals = models.TextField("小组目标", max_length=1000, blank=True)
    target = models.CharField("招募对象", max_length=200)
    planned_sessions = models.PositiveSmallIntegerField("计划节数")
    planned_members = models.PositiveSmallIntegerField("计划人数")
    schedule = models.CharField("活动时间安排", max_length=100, blank=True)
    place = models.CharField("活动地点", max_length=100, blank=True)
    difficulties = models.TextField("预计困难", max_length=1000, blank=True)
    answers = models.TextField("应对办法", max_length=1000, blank=True)
    budget = models.DecimalField("预算（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    workers = models.ManyToManyField(Worker, related_name="groups", verbose_name="带领社工")
    phase = models.CharField("阶段", max_length=12, choices=Phase.choices, default=Phase.PREPARATION, editable=False)
    opened_on = models.DateField("筹备日期")
    formed_on = models.DateField("成组日期", null=True, blank=True, editable=False)
    state = models.CharField(
        "状态", max_length=8, choices=GroupState.choices, default=GroupState.RUNNING, editable=False
    )
    closed_on = models.DateField("结束日期", null=True, blank=True, editable=False)
    stop_reason = models.CharField("终止原因", max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = "小组"
        verbose_name_plural = "小组"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["station", "state", "-id"]),
            models.Index(fields=["formed_on", "closed_on", "station"], name="group_running"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="RUNNING", closed_on=None, stop_reason="")
                | Q(state="ENDED", closed_on__isnull=False, stop_reason="", phase="ENDING")
                | Q(state="STOPPED", closed_on__isnull=False) & ~Q(stop_reason=""),
                name="group_state_has_its_facts",
            ),
            models.CheckConstraint(
                condition=Q(phase="PREPARATION", formed_on=None)
                | ~Q(phase="PREPARATION") & Q(formed_on__isnull=False, formed_on__gte=F("opened_on")),
                name="group_formed_after_preparation",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")), name="group_closed_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(planned_sessions__gte=1, planned_members__gte=2), name="group_plan_has_sessions_and_members"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfGroupQuerySet(SupervisedQuerySet):
    """Rows of a group that may name its members."""

    gate = "group__station__unit__path"
    station = "group__station"


class OfGroup(SupervisedModel):
    group: Any

    @property
    def supervised_station_id(self) -> int:
        return self.group.station_id


class GroupPhase(OfGroup, models.Model):
    """The group entered a phase on that day, with what was observed until then."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="phases", verbose_name="小组")
    phase = models.CharField("阶段", max_length=12, choices=Phase.choices)
    starts_on = models.DateField("开始日期")
    observed = models.TextField("观察和小结", max_length=1000, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfGroupQuerySet.as_manager()
    audit_private: ClassVar[frozenset[str]] = frozenset({"observed"})

    class Meta:
        verbose_name = "小组阶段"
        verbose_name_plural = "小组阶段"
        ordering = ["group", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["group", "phase"], name="group_phase_once"),
            models.CheckConstraint(
                condition=Q(phase="PREPARATION") | ~Q(observed=""), name="group_phase_says_what_was_observed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_phase_display()} {self.starts_on}"


class GroupMemberQuerySet(OfGroupQuerySet):
    def at(self, day: date) -> Self:
        """In the group on that day."""
        return self.filter(Q(left_on=None) | Q(left_on__gt=day), joined_on__lte=day)


class GroupMember(OfGroup, models.Model):
    """A member: a person with a file, or one known by number only. The number is theirs for the group's whole life."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members", verbose_name="小组")
    number = models.PositiveSmallIntegerField("编号")
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="group_memberships", verbose_name="服务对象"
    )
    joined_on = models.DateField("入组日期")
    left_on = models.DateField("离组日期", null=True, blank=True, help_text="自当日起不再参加")
    left_reason = models.CharField("离组原因", max_length=200, blank=True)

    objects = GroupMemberQuerySet.as_manager()
    audit_private: ClassVar[frozenset[str]] = frozenset({"left_reason"})

    class Meta:
        verbose_name = "组员"
        verbose_name_plural = "组员"
        ordering = ["group", "number"]
        indexes = [models.Index(fields=["client", "group"])]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="group_member_number_once"),
            models.UniqueConstraint(
                fields=["group", "client"], condition=Q(client__isnull=False), name="group_member_once"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None, left_reason="")
                | Q(left_on__isnull=False, left_on__gte=F("joined_on")) & ~Q(left_reason=""),
                name="group_member_left_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} 号组员"  # never the name: it goes into the trail

    def in_group(self, day: date) -> bool:
        return self.joined_on <= day and (self.left_on is None or self.left_on > day)


class GroupSessionQuerySet(PlannedQuerySet):
    gate = "group__station__unit__path"
    station = "group__station"

    def held(self) -> Self:
        return self.filter(held_on__isnull=False)

    def held_in(self, month: Month) -> Self:
        """Held in the month, by the day of the service."""
        return self.filter(held_on__gte=month.first, held_on__lte=month.last)

    def waiting(self) -> Self:
        """Planned and not held, of groups that run."""
        return self.filter(held_on=None, group__state=GroupState.RUNNING)


class GroupSession(PlannedModel, models.Model):
    """One session 节. It is held by a service record; `held_on` repeats the record's first day."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="sessions", verbose_name="小组")
    number = models.PositiveSmallIntegerField("节次")
    planned_on = models.DateField("计划日期")
    topic = models.CharField("主题", max_length=60)
    phase = models.CharField(
        "所属阶段",
        max_length=12,
        choices=[(phase.value, phase.label) for phase in Phase if phase != Phase.PREPARATION],
    )
    content = models.TextField("活动内容", max_length=1000, blank=True)
    record = models.OneToOneField(
        ServiceRecord, models.PROTECT, null=True, blank=True, related_name="group_session", verbose_name="服务记录"
    )
    held_on = models.DateField("开展日期", null=True, blank=True, editable=False)

    objects = GroupSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "小组活动"
        verbose_name_plural = "小组活动"
        ordering = ["group", "number"]
        indexes = [models.Index(fields=["held_on", "group"]), models.Index(fields=["planned_on", "group"])]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="group_session_number_once"),
            models.CheckConstraint(
                condition=Q(record=None, held_on=None) | Q(record__isnull=False, held_on__isnull=False),
                name="group_session_held_by_a_record",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 节：{self.topic}"

    @property
    def supervised_station_id(self) -> int:
        return self.group.station_id


class SessionAttendanceQuerySet(SupervisedQuerySet):
    gate = "session__group__station__unit__path"
    station = "session__group__station"

    def present_in(self, month: Month) -> Self:
        """Attendances 到场人次 of the month's sessions."""
        return self.filter(present=True, session__held_on__gte=month.first, session__held_on__lte=month.last)


class SessionAttendance(SupervisedModel, models.Model):
    """Whether a member came to a session that was held. Of named members it repeats the people of the record."""

    session = models.ForeignKey(GroupSession, models.CASCADE, related_name="attendances", verbose_name="小组活动")
    member = models.ForeignKey(GroupMember, models.CASCADE, related_name="attendances", verbose_name="组员")
    present = models.BooleanField("到场")
    reason = models.CharField("缺席原因", max_length=100, blank=True)

    objects = SessionAttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "小组出勤"
        verbose_name_plural = "小组出勤"
        ordering = ["session", "member"]
        constraints = [
            models.UniqueConstraint(fields=["session", "member"], name="session_attendance_once"),
            models.CheckConstraint(
                condition=Q(present=False) | Q(reason=""), name="session_attendance_reason_only_if_absent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.member}"

    @property
    def supervised_station_id(self) -> int:
        return self.session.group.station_id
