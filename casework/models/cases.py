"""A case 个案 of a person served, the steps that it took, and the time in which it was open."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from accounts.roles import Permission
from casework.case_steps import OPEN, State, Step
from casework.case_words import Outcome, Problem, RiskLevel, Source
from clients.gate import SupervisedModel, SupervisedQuerySet
from clients.models import Client
from common.months import Month
from services.vocabulary import Domain, FocusGroup
from stations.models import Station, Worker
from stations.models.dated import DatedQuerySet

TEXT = 3000


class CaseQuerySet(SupervisedQuerySet):
    """The words that lists and figures share.

    By VIEW_RECORDS who reads records sees the rows, without names and texts, and supervisors do; by VIEW_CLIENTS only
    who may read of the person.
    """

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW, *others: Permission) -> Self:
        if permission == Permission.VIEW_RECORDS:
            others = (*others, Permission.VIEW_CLIENTS)
        return super().visible_to(user, permission, *others)

    def accepted(self) -> Self:
        """Cases that were taken on: neither declined nor taken back as a mistake."""
        return self.exclude(state__in=[State.DECLINED, State.VOID])

    def opened_in(self, month: Month) -> Self:
        """Taken on in the month; a reopening is none."""
        return self.accepted().filter(opened_on__gte=month.first, opened_on__lte=month.last)

    def open_at(self, day: date) -> Self:
        """Open at the end of `day`."""
        return self.filter(Exists(CaseSpell.objects.at(day).filter(case=OuterRef("pk"))))

    def open(self) -> Self:
        """Open now: one column, for lists."""
        return self.filter(state__in=OPEN)

    def closed_in(self, month: Month, outcome: str = "") -> Self:
        """Closed in the month (with that outcome); a case that was reopened and closed again counts in both months."""
        spells = CaseSpell.objects.closed_in(month).filter(case=OuterRef("pk"))
        return self.filter(Exists(spells.filter(outcome=outcome) if outcome else spells))

    def high_risk(self) -> Self:
        """Open cases of high risk."""
        return self.open().filter(risk=RiskLevel.HIGH)

    def review_due(self, on: date) -> Self:
        """Open cases whose day of review is past on `on` (SQL of policies.deadlines.is_past)."""
        return self.open().filter(review_on__lt=on)

    def of_person(self, client: Client) -> Self:
        """Cases of the person over all their files."""
        person = client.person_id
        return self.filter(Q(client=person) | Q(client__merged_into=person))


class Case(SupervisedModel, models.Model):
    """Never deleted: closed, declined or taken back. `state`, `closed_on` and `outcome` repeat the steps; `risk` and
    `review_on` the latest assessment, plan or review: lists read them, casework.actions alone writes them."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="cases", verbose_name="站点")
    client = models.ForeignKey(Client, models.PROTECT, related_name="cases", verbose_name="服务对象")
    number = models.CharField("编号", max_length=12, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="cases", verbose_name="负责社工")
    co_workers = models.ManyToManyField(Worker, related_name="co_cases", blank=True, verbose_name="协同社工")
    domain = models.CharField("领域", max_length=16, choices=Domain.choices)
    focus = models.CharField("重点人群", max_length=10, choices=FocusGroup.choices, blank=True)
    source = models.CharField("个案来源", max_length=10, choices=Source.choices)
    presenting = models.TextField("求助问题", max_length=TEXT, blank=True)
    declined_because = models.CharField("不予接案的原因", max_length=200, blank=True)
    referred_to = models.CharField("转介去向", max_length=100, blank=True)
    state = models.CharField("所处环节", max_length=12, choices=State.choices, default=State.INTAKE)
    risk = models.CharField("风险等级", max_length=6, choices=RiskLevel.choices, default=RiskLevel.NONE)
    review_on = models.DateField("下次复核日期", null=True, blank=True)
    opened_on = models.DateField("接案日期")
    closed_on = models.DateField("结案日期", null=True, blank=True)
    outcome = models.CharField("结案原因", max_length=10, choices=Outcome.choices, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = CaseQuerySet.as_manager()

    audit_private: ClassVar[frozenset[str]] = frozenset({"presenting", "declined_because", "referred_to"})

    class Meta:
        verbose_name = "个案"
        verbose_name_plural = "个案"
        ordering = ["-opened_on", "-id"]
        indexes = [
            models.Index(fields=["station", "-opened_on", "-id"]),
            models.Index(fields=["client", "state"]),
            models.Index(fields=["worker", "state"]),
            models.Index(fields=["opened_on", "station"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="case_number_once"),
            models.UniqueConstraint(
                fields=["client"], condition=Q(state__in=[state.value for state in OPEN]), name="case_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="CLOSED", closed_on__isnull=False) & ~Q(outcome="")
                | ~Q(state="CLOSED") & Q(closed_on=None, outcome=""),
                name="case_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")), name="case_closed_after_opening"
            ),
        ]

    def __str__(self) -> str:
        """Never the person's name: the trail and other rooms show it."""
        return f"个案 {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class OfCaseQuerySet(SupervisedQuerySet):
    gate = "case__station__unit__path"
    station = "case__station"


class OfCase(SupervisedModel):
    """`allows` of rows that belong to a case."""

    case: Any

    @property
    def supervised_station_id(self) -> int:
        return self.case.station_id


class CaseProblem(OfCase, models.Model):
    """What the case is about."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="problems", verbose_name="个案")
    kind = models.CharField("问题类型", max_length=12, choices=Problem.choices)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "问题类型"
        verbose_name_plural = "问题类型"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="case_problem_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class CaseSpellQuerySet(OfCaseQuerySet, DatedQuerySet):  # type: ignore[override]
    def closed_in(self, month: Month) -> Self:
        return self.filter(ends_on__gte=month.first, ends_on__lte=month.last)


class CaseSpell(OfCase, models.Model):
    """The case is open from/to a day. A reopening begins another one. Figures count closings by `ends_on`."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="spells", verbose_name="个案")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结案日期", null=True, blank=True)
    outcome = models.CharField("结案原因", max_length=10, choices=Outcome.choices, blank=True)

    objects = CaseSpellQuerySet.as_manager()

    class Meta:
        verbose_name = "个案办理期间"
        verbose_name_plural = "个案办理期间"
        ordering = ["case", "starts_on", "id"]
        indexes = [models.Index(fields=["ends_on", "case"])]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ends_on=None), name="case_open_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None, outcome="")
                | Q(ends_on__isnull=False, ends_on__gte=F("starts_on")) & ~Q(outcome=""),
                name="case_spell_ends_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.starts_on}"


class CaseStepQuerySet(OfCaseQuerySet):
    def standing(self) -> Self:
        """Steps that were not taken back, in order."""
        return self.filter(withdrawn_at=None).order_by("id")


class CaseStep(OfCase, models.Model):
    """One step: what, from which day, by whom. Never changed; the last one may be taken back with a reason.
    What the step says stands in the model of its kind (assessment, plan, evaluation, closing); scans hang here."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name="个案")
    kind = models.CharField("环节", max_length=12, choices=Step.choices)
    on = models.DateField("日期")
    note = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )
    withdrawal_reason = models.CharField("撤回理由", max_length=200, blank=True)

    objects = CaseStepQuerySet.as_manager()

    audit_private: ClassVar[frozenset[str]] = frozenset({"note", "withdrawal_reason"})

    class Meta:
        verbose_name = "个案环节"
        verbose_name_plural = "个案环节"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawal_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason=""),
                name="case_step_withdrawn_with_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_kind_display()}"


class CaseHandover(OfCase, models.Model):
    """The case passed from one worker to another."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="handovers", verbose_name="个案")
    from_worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", verbose_name="原负责社工")
    to_worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", verbose_name="新负责社工")
    on = models.DateField("移交日期")
    reason = models.CharField("移交原因", max_length=200)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfCaseQuerySet.as_manager()

    audit_private: ClassVar[frozenset[str]] = frozenset({"reason"})

    class Meta:
        verbose_name = "个案移交"
        verbose_name_plural = "个案移交"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(from_worker=F("to_worker")), name="case_handover_to_another")
        ]

    def __str__(self) -> str:
        return f"{self.case} 移交"
