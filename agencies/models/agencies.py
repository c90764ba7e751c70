"""Agencies 承接机构 with their grades, blacklisting, workers and members (R15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import OrgUnit, Posting, User
from agencies.models.gate import Owned, OwnedQuerySet, owned
from common.paths import below
from stations.models import Employment
from stations.models.dated import DatedQuerySet, at


class Grade(models.TextChoices):
    """社会组织评估等级, falling."""

    A5 = "5A", "5A"
    A4 = "4A", "4A"
    A3 = "3A", "3A"
    A2 = "2A", "2A"
    A1 = "1A", "1A"


class AgencyKind(models.TextChoices):
    SERVICE = "SERVICE", "社会服务机构（民办非企业单位）"
    ASSOCIATION = "ASSOCIATION", "社会团体"
    FOUNDATION = "FOUNDATION", "基金会"
    COMPANY = "COMPANY", "企业"
    OTHER = "OTHER", "其他"


class AgencyQuerySet(OwnedQuerySet):
    """An agency lies at the unit that keeps its file, and wherever it has or had a contract."""

    gate = "unit__path"
    agency = "pk"

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        # Lists of keys, each from an index: an OR over joins would look at every agency of the nation.
        anywhere = Q()
        for lookup in (self.gate, "contracts__buyer__path", "contracts__covers__station__unit__path"):
            lies = Q(pk__in=[])
            for path in paths:
                lies |= below(lookup, path)
            anywhere |= Q(pk__in=self.model._default_manager.filter(lies).order_by().values("pk"))
        return self.filter(anywhere)

    def graded(self, grade: Grade, on: date) -> Self:
        """Holding this grade on `on`."""
        return self.filter(Exists(AgencyGrade.objects.at(on).filter(agency=OuterRef("pk"), grade=grade)))

    def grade_expiring(self, first: date, last: date) -> Self:
        """Whose grade in force on `first` runs out by `last`."""
        grades = AgencyGrade.objects.at(first).filter(agency=OuterRef("pk"), ends_on__lte=last)
        return self.filter(Exists(grades))

    def blacklisted(self, on: date, *, yes: bool = True) -> Self:
        """On the blacklist on `on`, or not with `yes=False`."""
        listed = Exists(Blacklisting.objects.at(on).filter(agency=OuterRef("pk")))
        return self.filter(listed if yes else ~listed)

    def under_contract(self, on: date, stations: models.QuerySet | None = None) -> Self:
        """Agencies in force: running a station by contract on `on`; one of `stations` when given."""
        held = at(on, "contracts__covers__")
        if stations is not None:
            held &= Q(contracts__covers__station__in=stations)
        return self.filter(pk__in=self.model._default_manager.filter(held).order_by().values("pk"))


class Agency(Owned, models.Model):
    """An organisation that may run stations under a purchased contract."""

    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("机构名称", max_length=80)
    kind = models.CharField("机构性质", max_length=12, choices=AgencyKind.choices, default=AgencyKind.SERVICE)
    legal_person = models.CharField("法定代表人", max_length=40)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    registered_on = models.DateField("登记日期", null=True, blank=True)
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="agencies", verbose_name="建档单位", help_text="保管机构档案的县或市"
    )
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = "承接机构"
        verbose_name_plural = "承接机构"
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def owner_id(self) -> int | None:
        return self.pk

    def managed_at(self) -> str:
        return self.unit.path

    def gate_paths(self) -> list[str]:
        contracts = self.contracts.values_list("buyer__path", "covers__station__unit__path")
        return [self.unit.path, *sorted({path for row in contracts for path in row if path})]


class AgencyPartQuerySet(OwnedQuerySet, DatedQuerySet):  # type: ignore[override]  # each names its own manager
    """Dated rows that belong to an agency: seen by whoever sees it."""

    gate = "agency__unit__path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        return self.filter(agency__in=Agency.objects.in_paths(paths).order_by().values("pk"))


class AgencyGrade(models.Model):
    """A grade from the day it was granted until it runs out."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="grades", verbose_name="机构")
    grade = models.CharField("等级", max_length=2, choices=Grade.choices)
    starts_on = models.DateField("授予日期")
    ends_on = models.DateField("有效期止", help_text="失效后的第一天")

    objects = AgencyPartQuerySet.as_manager()

    class Meta:
        verbose_name = "机构等级"
        verbose_name_plural = "机构等级"
        ordering = ["agency", "-starts_on"]
        indexes = [models.Index(fields=["agency", "starts_on", "ends_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="agency_grade_dates_ordered"),
            models.UniqueConstraint(fields=["agency", "starts_on"], name="agency_grade_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_grade_display()}（{self.starts_on} 起）"


class Blacklisting(models.Model):
    """A time on the blacklist: no new contract while it lasts."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="blacklistings", verbose_name="机构")
    starts_on = models.DateField("列入日期")
    ends_on = models.DateField("移出日期", null=True, blank=True, help_text="移出当日起不再受限；空：至今")
    reason = models.CharField("列入理由", max_length=200)
    document = models.CharField("依据文件", max_length=100)
    lift_reason = models.CharField("移出理由", max_length=200, blank=True)

    objects = AgencyPartQuerySet.as_manager()

    class Meta:
        verbose_name = "黑名单"
        verbose_name_plural = "黑名单"
        ordering = ["agency", "-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["agency"], condition=Q(ends_on=None), name="agency_blacklisted_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="blacklisting_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}：{self.reason}"


class AgencyEmployment(models.Model):
    """Says which agency an employment is with. The employment itself holds worker, dates and the name as written."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="employments", verbose_name="机构")
    employment = models.OneToOneField(
        Employment, models.CASCADE, primary_key=True, related_name="with_agency", verbose_name="聘用"
    )

    objects = owned("employment__worker__unit__path")

    class Meta:
        verbose_name = "机构聘用"
        verbose_name_plural = "机构聘用"

    def __str__(self) -> str:
        return f"{self.agency} · {self.employment}"


class AgencyMember(models.Model):
    """A user who signs in for an agency: sees its contracts and the stations that it runs, and nothing else."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="members", verbose_name="机构")
    user = models.ForeignKey(User, models.CASCADE, related_name="agency_memberships", verbose_name="用户")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")

    objects = AgencyPartQuerySet.as_manager()

    class Meta:
        verbose_name = "机构管理员"
        verbose_name_plural = "机构管理员"
        ordering = ["agency", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "user"], condition=Q(ends_on=None), name="agency_member_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="agency_member_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} · {self.user}"


class MemberPosting(models.Model):
    """The posting that a member holds because of one station of a contract. Postings made by hand have none."""

    member = models.ForeignKey(AgencyMember, models.CASCADE, related_name="postings")
    cover = models.ForeignKey("agencies.ContractStation", models.CASCADE, related_name="member_postings")
    posting = models.OneToOneField(Posting, models.PROTECT, related_name="from_contract")

    objects = owned("posting__unit__path", agency="member__agency_id")

    class Meta:
        verbose_name = "合同任职"
        verbose_name_plural = "合同任职"
        constraints = [models.UniqueConstraint(fields=["member", "cover"], name="member_posting_once")]

    def __str__(self) -> str:
        return f"{self.member} · {self.posting}"
