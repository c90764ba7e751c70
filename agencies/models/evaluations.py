"""Evaluations of contracts 项目评估: the frame is data, scores are rows, conclusions follow from both (R15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.gate import GatedQuerySet, may
from accounts.models import OrgUnit, User
from accounts.roles import Permission
from agencies.models.contracts import Contract, ContractTerm
from agencies.models.gate import Owned, OwnedQuerySet
from common.paths import ancestors
from policies.deadlines import is_past
from policies.models import PolicyDocument


class Conclusion(models.TextChoices):
    """Falling."""

    EXCELLENT = "EXCELLENT", "优秀"
    GOOD = "GOOD", "良好"
    PASSED = "PASSED", "合格"
    BARELY = "BARELY", "基本合格"
    FAILED = "FAILED", "不合格"


class Advice(models.TextChoices):
    PAY = "PAY", "可支付"
    REDUCE = "REDUCE", "扣减"
    HOLD = "HOLD", "暂缓"


class FrameQuerySet(GatedQuerySet):
    """A frame is read downwards, as its document is; the shipped one has no issuer and is everybody's."""

    gate = "issuer__path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        above = [step for path in paths for step in ancestors(path)]
        inside = super().in_paths(paths)
        return (inside | self.filter(issuer__path__in=above) | self.filter(issuer=None)).distinct()

    def in_force(self, path: str, on: date) -> Self:
        """Frames that a buyer with this path may use on `on`, the nearest issuer's first, the shipped one last."""
        offered = self.filter(Q(issuer__path__in=ancestors(path)) | Q(issuer=None)).filter(
            Q(in_force_from=None) | Q(in_force_from__lte=on), Q(in_force_to=None) | Q(in_force_to__gte=on)
        )
        return offered.order_by(F("issuer__level").desc(nulls_last=True), "-id")


class EvaluationFrame(models.Model):
    """A set of items and thresholds that an authority sets. Never changed once made: it is ended, and another made."""

    issuer = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="evaluation_frames", verbose_name="制定单位"
    )
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件"
    )
    clause = models.CharField("条款", max_length=40, blank=True)
    title = models.CharField("名称", max_length=80)
    in_force_from = models.DateField("适用起", null=True, blank=True)
    in_force_to = models.DateField("适用止", null=True, blank=True, help_text="含当日；不填：至今")
    is_default = models.BooleanField("缺省办法", default=False, help_text="随系统提供，不是任何机关的文件")

    objects = FrameQuerySet.as_manager()

    class Meta:
        verbose_name = "评估办法"
        verbose_name_plural = "评估办法"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="frame_one_default"),
            models.CheckConstraint(
                condition=Q(is_default=True, issuer=None) | Q(is_default=False, issuer__isnull=False),
                name="frame_has_issuer",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def allows(self, user: Any, permission: Permission) -> bool:
        """Who sees a frame may read it; to end it takes the permission at its issuer. The shipped one has none."""
        if permission == Permission.VIEW:
            return True
        return self.issuer is not None and may(user, permission, self.issuer.path)

    @property
    def citation(self) -> str:
        """Document and clause by which the frame judges. Reads `document`."""
        if self.document is None:
            return "系统缺省评估办法" if self.is_default else self.title
        return f"{self.document.number} {self.clause}".strip()


class FrameItem(models.Model):
    """One thing that is scored."""

    frame = models.ForeignKey(EvaluationFrame, models.CASCADE, related_name="items", verbose_name="办法")
    number = models.PositiveSmallIntegerField("序号")
    dimension = models.CharField("维度", max_length=40)
    text = models.CharField("指标", max_length=200)
    max_score = models.DecimalField("满分", max_digits=5, decimal_places=1)
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = "评估指标"
        verbose_name_plural = "评估指标"
        ordering = ["frame", "number"]
        constraints = [
            models.UniqueConstraint(fields=["frame", "number"], name="frame_item_once"),
            models.CheckConstraint(condition=Q(max_score__gt=0, weight__gt=0), name="frame_item_positive"),
        ]

    def __str__(self) -> str:
        return self.text


class FrameThreshold(models.Model):
    """From how many points a conclusion is reached, and what it means for payment."""

    frame = models.ForeignKey(EvaluationFrame, models.CASCADE, related_name="thresholds", verbose_name="办法")
    conclusion = models.CharField("结论", max_length=10, choices=Conclusion.choices)
    at_least = models.DecimalField("不低于（分）", max_digits=5, decimal_places=2)
    advice = models.CharField("付款建议", max_length=6, choices=Advice.choices)
    reduce_percent = models.DecimalField("扣减（%）", max_digits=5, decimal_places=2, default=0)

    class Meta:
        verbose_name = "结论分数线"
        verbose_name_plural = "结论分数线"
        ordering = ["frame", "-at_least"]
        constraints = [
            models.UniqueConstraint(fields=["frame", "conclusion"], name="threshold_conclusion_once"),
            models.UniqueConstraint(fields=["frame", "at_least"], name="threshold_line_once"),
            models.CheckConstraint(
                condition=Q(at_least__gte=0, at_least__lte=100, reduce_percent__gte=0, reduce_percent__lte=100),
                name="threshold_within_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_conclusion_display()} ≥ {self.at_least}"


class EvaluationKind(models.TextChoices):
    MID = "MID", "中期评估"
    FINAL = "FINAL", "末期评估"


class Step(models.TextChoices):
    SCORING = "SCORING", "打分中"
    FINALISED = "FINALISED", "已定稿"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class EvaluationQuerySet(OwnedQuerySet):
    """Seen by whoever sees the contract; members of the agency see it once it is finalised."""

    gate = "term__contract__buyer__path"
    agency = "term__contract__agency_id"

    def in_paths(self, paths: Iterable[str]) -> Self:
        return self.filter(term__contract__in=Contract.objects.in_paths(paths).order_by().values("pk"))

    def of_members(self, own: frozenset[int]) -> Self:
        return super().of_members(own).finalised()

    def finalised(self, by: date | None = None) -> Self:
        """Those that were finalised, by that day when given, and not withdrawn since."""
        done = self.filter(step=Step.FINALISED)
        return done if by is None else done.filter(finalised_on__lte=by)


class Evaluation(Owned, models.Model):
    """The mid-term or final evaluation of a term of a contract."""

    term = models.ForeignKey(ContractTerm, models.CASCADE, related_name="evaluations", verbose_name="服务年度")
    kind = models.CharField("类型", max_length=5, choices=EvaluationKind.choices)
    frame = models.ForeignKey(EvaluationFrame, models.PROTECT, related_name="evaluations", verbose_name="评估办法")
    step = models.CharField("进度", max_length=9, choices=Step.choices, default=Step.SCORING)
    opened_on = models.DateField("开始日期")
    finalised_on = models.DateField("定稿日期", null=True, blank=True)
    finalised_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="定稿人"
    )
    # Kept as they were on the day, with the frame that never changes.
    total = models.DecimalField("总分", max_digits=5, decimal_places=2, null=True, blank=True)
    conclusion = models.CharField("结论", max_length=10, choices=Conclusion.choices, blank=True)
    summary = models.CharField("评估意见", max_length=1000, blank=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = "项目评估"
        verbose_name_plural = "项目评估"
        ordering = ["-opened_on", "-id"]
        indexes = [models.Index(fields=["step", "finalised_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "kind"], condition=~Q(step="WITHDRAWN"), name="evaluation_kind_once"
            ),
            models.CheckConstraint(
                condition=~Q(step="FINALISED") | Q(finalised_on__isnull=False, total__isnull=False) & ~Q(conclusion=""),
                name="evaluation_finalised_whole",
            ),
            models.CheckConstraint(
                condition=Q(total=None) | Q(total__gte=0, total__lte=100), name="evaluation_total_within_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term.contract.number} 第 {self.term.number} 年度{self.get_kind_display()}"

    def owner_id(self) -> int | None:
        return self.term.contract.agency_id

    def managed_at(self) -> str:
        return self.term.contract.buyer.path

    def gate_paths(self) -> list[str]:
        return self.term.contract.gate_paths()


class Scorer(models.Model):
    """Who scores: an expert by name, or a user, who then enters the scores in person."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="scorers", verbose_name="评估")
    name = models.CharField("评分人", max_length=40)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号")

    class Meta:
        verbose_name = "评分人"
        verbose_name_plural = "评分人"
        ordering = ["evaluation", "id"]
        constraints = [models.UniqueConstraint(fields=["evaluation", "name"], name="scorer_once")]

    def __str__(self) -> str:
        return self.name


class Score(models.Model):
    """What one scorer gave for one item."""

    scorer = models.ForeignKey(Scorer, models.CASCADE, related_name="scores", verbose_name="评分人")
    item = models.ForeignKey(FrameItem, models.PROTECT, related_name="+", verbose_name="指标")
    score = models.DecimalField("得分", max_digits=5, decimal_places=1)
    comment = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "评分"
        verbose_name_plural = "评分"
        constraints = [
            models.UniqueConstraint(fields=["scorer", "item"], name="score_once"),
            models.CheckConstraint(condition=Q(score__gte=0), name="score_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item}：{self.score}"


class Correction(models.Model):
    """Something the agency has to put right by a day."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="corrections", verbose_name="评估")
    text = models.CharField("整改事项", max_length=200)
    due_on = models.DateField("整改期限")
    done_on = models.DateField("完成日期", null=True, blank=True)
    done_note = models.CharField("完成情况", max_length=200, blank=True)

    class Meta:
        verbose_name = "整改事项"
        verbose_name_plural = "整改事项"
        ordering = ["evaluation", "due_on", "id"]

    def __str__(self) -> str:
        return self.text

    def overdue(self, on: date | None = None) -> bool:
        """Not done although its day is past."""
        return self.done_on is None and is_past(self.due_on, on or timezone.localdate())

    @staticmethod
    def overdue_rows(on: date) -> Q:
        """`overdue` as a condition."""
        return Q(done_on=None, due_on__lt=on)
