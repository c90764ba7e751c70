"""What the steps of a case say: assessment, plan with its goals, scales, reviews, evaluation, closing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from casework.case_words import OPEN_GOALS, SATISFACTION, Answerer, GoalState, RiskLevel
from casework.models.cases import TEXT, Case, CaseStep, OfCase, OfCaseQuerySet
from casework.scales import SCALE_CHOICES


class Assessment(models.Model):
    """预估. `needs`: {Need: text}; `risks`: [{"kind": RiskKind, "level": RiskLevel, "note": text}]."""

    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="assessment", verbose_name="环节")
    needs = models.JSONField("需求", default=dict)
    risks = models.JSONField("风险", default=list)
    strengths = models.TextField("优势", max_length=TEXT, blank=True)
    resources = models.TextField("资源", max_length=TEXT, blank=True)
    conclusion = models.TextField("预估结论", max_length=TEXT, blank=True)

    class Meta:
        verbose_name = "预估"
        verbose_name_plural = "预估"

    def __str__(self) -> str:
        return str(self.step)


class Plan(models.Model):
    """计划, with its goals. `agreed_on`: the day on which the client, or the guardian, agreed."""

    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="plan", verbose_name="环节")
    approach = models.TextField("服务策略", max_length=TEXT, blank=True)
    agreed_on = models.DateField("与服务对象商定日期")
    review_on = models.DateField("复核日期")

    class Meta:
        verbose_name = "服务计划"
        verbose_name_plural = "服务计划"

    def __str__(self) -> str:
        return str(self.step)


class CaseGoalQuerySet(OfCaseQuerySet):
    def standing(self) -> CaseGoalQuerySet:
        """Goals of the plan that stands."""
        return self.filter(plan__step__withdrawn_at=None).order_by("id")


class CaseGoal(OfCase, models.Model):
    """A goal, what is done for it, by when, and how far it is. `settled_on`: since when it is met, not met or given
    up; figures count by it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="goals", verbose_name="个案")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="goals", verbose_name="计划")
    text = models.CharField("目标", max_length=200, blank=True)
    measures = models.CharField("措施", max_length=500, blank=True)
    by_when = models.DateField("完成期限")
    state = models.CharField("状态", max_length=10, choices=GoalState.choices, default=GoalState.PENDING)
    settled_on = models.DateField("有结论的日期", null=True, blank=True)
    note = models.CharField("进展", max_length=500, blank=True)

    objects = CaseGoalQuerySet.as_manager()

    audit_private: ClassVar[frozenset[str]] = frozenset({"text", "measures", "note"})

    class Meta:
        verbose_name = "个案目标"
        verbose_name_plural = "个案目标"
        ordering = ["id"]
        indexes = [models.Index(fields=["settled_on", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN_GOALS), settled_on=None)
                | ~Q(state__in=sorted(OPEN_GOALS)) & Q(settled_on__isnull=False),
                name="case_goal_settled_has_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} 目标 {self.pk}"


class CaseScore(OfCase, models.Model):
    """A scale's value, measured with a step: the assessment (before) or an evaluation (after)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="scores", verbose_name="个案")
    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="scores", verbose_name="环节")
    scale = models.CharField("量表", max_length=12, choices=SCALE_CHOICES)
    value = models.PositiveSmallIntegerField("分数")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "量表分数"
        verbose_name_plural = "量表分数"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["step", "scale"], name="case_score_once"),
            models.CheckConstraint(condition=Q(value__lte=10), name="case_score_ten_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scale_display()} {self.value}"


class CaseReview(OfCase, models.Model):
    """A look at the plan on its day of review: what moved, the risk now, when to look again."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews", verbose_name="个案")
    on = models.DateField("复核日期")
    note = models.CharField("复核情况", max_length=500, blank=True)
    risk = models.CharField("风险等级", max_length=6, choices=RiskLevel.choices)
    next_on = models.DateField("下次复核日期", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfCaseQuerySet.as_manager()

    audit_private: ClassVar[frozenset[str]] = frozenset({"note"})

    class Meta:
        verbose_name = "个案复核"
        verbose_name_plural = "个案复核"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case} 复核 {self.on}"


class CaseEvaluation(models.Model):
    """评估: what the client and the worker say of it."""

    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="evaluation", verbose_name="环节")
    client_view = models.TextField("服务对象的评价", max_length=TEXT, blank=True)
    worker_view = models.TextField("社工的评价", max_length=TEXT, blank=True)

    class Meta:
        verbose_name = "个案评估"
        verbose_name_plural = "个案评估"

    def __str__(self) -> str:
        return str(self.step)


class Closing(models.Model):
    """结案. The outcome stands on the spell that it ends."""

    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="closing", verbose_name="环节")
    outcome = models.CharField("结案原因", max_length=10)
    not_evaluated = models.CharField("未评估的原因", max_length=200, blank=True)
    satisfaction = models.PositiveSmallIntegerField("满意度", null=True, blank=True, choices=SATISFACTION)
    answered_by = models.CharField("满意度由谁回答", max_length=8, choices=Answerer.choices)
    summary = models.TextField("服务小结", max_length=TEXT, blank=True)
    follow_up = models.TextField("跟进安排", max_length=TEXT, blank=True)

    class Meta:
        verbose_name = "结案"
        verbose_name_plural = "结案"
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by="NOBODY", satisfaction=None)
                | ~Q(answered_by="NOBODY") & Q(satisfaction__gte=1, satisfaction__lte=5, satisfaction__isnull=False),
                name="closing_satisfaction_has_answerer",
            )
        ]

    def __str__(self) -> str:
        return str(self.step)
