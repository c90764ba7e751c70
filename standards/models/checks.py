"""Checks of a station by the standard that holds on the day, and what follows from them as dated rows."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from accounts.gate import GatedQuerySet
from accounts.models import User
from accounts.roles import Permission
from policies.models import Dimension
from standards.scoring import Answer
from stations.models import Station
from stations.models.dated import dated


class CheckKind(models.TextChoices):
    SELF = "SELF", "自查"
    COUNTY = "COUNTY", "检查"


class CheckState(models.TextChoices):
    DRAFT = "DRAFT", "草稿"
    SUBMITTED = "SUBMITTED", "已提交"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class CheckQuerySet(GatedQuerySet):
    gate = "station__unit__path"

    def submitted(self, kind: CheckKind | None = None) -> Self:
        """Those that count: of one kind, or both."""
        rows = self.filter(state=CheckState.SUBMITTED)
        return rows.filter(kind=kind) if kind else rows

    def seen(self, kind: CheckKind) -> int:
        """The number of the last save of this kind, 0 before the first. Use on one station's rows."""
        last: int | None = self.filter(kind=kind).aggregate(last=models.Max("revision"))["last"]
        return last or 0


class Check(models.Model):
    """One look at a station by the standard: by itself, or by the county, whose word decides."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="checks", verbose_name="站点")
    kind = models.CharField("类别", max_length=8, choices=CheckKind.choices)
    state = models.CharField("状态", max_length=10, choices=CheckState.choices, default=CheckState.DRAFT)
    checked_on = models.DateField("检查日期")
    comment = models.CharField("总体意见", max_length=1000, blank=True)
    # The self-check that the county looked at: differing from one of its answers takes a comment.
    self_check = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name="对照的自查"
    )
    revision = models.PositiveIntegerField(default=0, editable=False)  # of all saves of the kind: what was seen
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="填写人")
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提交人")
    submitted_at = models.DateTimeField("提交时间", null=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = "建设标准检查"
        verbose_name_plural = "建设标准检查"
        ordering = ["-checked_on", "-id"]
        indexes = [models.Index(fields=["station", "kind", "state", "-checked_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "kind"], condition=Q(state="DRAFT"), name="check_one_draft_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT", submitted_at=None) | (~Q(state="DRAFT") & Q(submitted_at__isnull=False)),
                name="check_submitted_at_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.checked_on}"


class CheckAnswerQuerySet(GatedQuerySet):
    gate = "check_of__station__unit__path"

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        """Whoever sees the station reads its answers. With another permission: those that the user may still change,
        in a draft of theirs (the station's by SELF_CHECK, the county's by CHECK_STANDARD)."""
        if permission == Permission.VIEW:
            return super().visible_to(user, permission)
        drafts = self.filter(check_of__state=CheckState.DRAFT)
        own = drafts.in_paths(user.paths(Permission.SELF_CHECK)).filter(check_of__kind=CheckKind.SELF)
        return own | drafts.in_paths(user.paths(Permission.CHECK_STANDARD)).filter(check_of__kind=CheckKind.COUNTY)


class CheckAnswer(models.Model):
    """What was found of one item. Which item holds, and by what minimum, the standard of a day says."""

    check_of = models.ForeignKey(Check, models.CASCADE, related_name="answers", verbose_name="检查")
    code = models.CharField("项目代码", max_length=30)
    yes = models.BooleanField("是否具备", null=True)
    number = models.DecimalField("数值", max_digits=10, decimal_places=2, null=True)
    choice = models.CharField("选项", max_length=40, blank=True)
    photos = models.PositiveSmallIntegerField("照片张数", default=0, help_text="县级检查连同对照的自查的照片")
    note = models.CharField("说明", max_length=300, blank=True)

    objects = CheckAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "检查结果"
        verbose_name_plural = "检查结果"
        ordering = ["check_of", "id"]
        constraints = [
            models.UniqueConstraint(fields=["check_of", "code"], name="check_answer_once"),
            models.CheckConstraint(condition=Q(number=None) | Q(number__gte=0), name="check_answer_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.check_of} {self.code}"

    def answer(self) -> Answer:
        return Answer(self.yes, self.number, self.choice, self.photos, self.note)


class DimensionScore(models.Model):
    """A station's points in one dimension, from one day until a check or a standard changes them.

    Sum `earned` and `possible` over stations, then divide. Made by standards.actions.judging from the county's checks.
    """

    station = models.ForeignKey(Station, models.CASCADE, related_name="dimension_scores", verbose_name="站点")
    dimension = models.CharField("维度", max_length=12, choices=Dimension.choices)
    earned = models.DecimalField("得分", max_digits=8, decimal_places=2)
    possible = models.DecimalField("满分", max_digits=8, decimal_places=2)
    failing = models.PositiveSmallIntegerField("未达标的必备项", default=0)
    pending = models.PositiveSmallIntegerField("待检查项", default=0)
    check_of = models.ForeignKey(Check, models.CASCADE, related_name="+", verbose_name="依据的检查")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")

    objects = dated("station__unit__path").as_manager()

    class Meta:
        verbose_name = "建设标准得分"
        verbose_name_plural = "建设标准得分"
        ordering = ["station", "dimension", "starts_on"]
        indexes = [models.Index(fields=["dimension", "starts_on", "ends_on", "station"])]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "dimension"], condition=Q(ends_on=None), name="score_one_current"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="score_dates_ordered"
            ),
            models.CheckConstraint(
                condition=Q(earned__gte=0, possible__gt=0, earned__lte=F("possible")), name="score_within_possible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()} {self.earned}/{self.possible}"


class ItemFailure(models.Model):
    """An item that a station fails, from one day to another. Made with the scores."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="item_failures", verbose_name="站点")
    code = models.CharField("项目代码", max_length=30)
    name = models.CharField("项目", max_length=60)
    dimension = models.CharField("维度", max_length=12, choices=Dimension.choices)
    necessary = models.BooleanField("必备项")
    reason = models.CharField("原因", max_length=120)
    citation = models.CharField("依据", max_length=160)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")

    objects = dated("station__unit__path").as_manager()

    class Meta:
        verbose_name = "未达标项"
        verbose_name_plural = "未达标项"
        ordering = ["station", "-necessary", "starts_on"]
        indexes = [models.Index(fields=["code", "starts_on", "ends_on", "station"])]
        constraints = [
            models.UniqueConstraint(fields=["station", "code"], condition=Q(ends_on=None), name="failure_one_current"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="failure_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}：{self.reason}"
