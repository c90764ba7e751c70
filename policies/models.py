"""Policy documents, their provisions as dated rows, and the official calendar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.gate import GatedQuerySet
from accounts.models import OrgUnit, User
from common.paths import ancestors
from policies.deadlines import Due


class ProvisionKind(models.TextChoices):
    """What a provision settles. The parameters of each kind are declared in policies/kinds."""

    MONTHLY_REPORT = "MONTHLY_REPORT", "月报上报期限"
    SERVICE_ENTRY = "SERVICE_ENTRY", "服务录入期限"
    STATION_BASICS = "STATION_BASICS", "站点基础信息录入期限"
    REFERRAL_FOLLOW_UP = "REFERRAL_FOLLOW_UP", "转介回访期限"
    COVERAGE_TARGET = "COVERAGE_TARGET", "建站目标"
    ROOM_TARGET = "ROOM_TARGET", "示范社工室目标"
    STANDARD_DIMENSION = "STANDARD_DIMENSION", "建设标准维度"
    CERTIFICATE_REQUIRED = "CERTIFICATE_REQUIRED", "持证要求"
    ACCEPTANCE_ITEM = "ACCEPTANCE_ITEM", "站点验收内容"
    CERTIFICATE_EXPIRY = "CERTIFICATE_EXPIRY", "证书到期提醒"
    STAFFING = "STAFFING", "驻站社工人数"
    TRAINING_HOURS = "TRAINING_HOURS", "年度培训学时"
    VISIT_INTERVAL = "VISIT_INTERVAL", "探访间隔"
    CLIENT_RETENTION = "CLIENT_RETENTION", "个人信息保存期限"
    STAGE_TASK = "STAGE_TASK", "发展阶段任务"
    STAGE_CRITERION = "STAGE_CRITERION", "发展阶段任务的完成条件"
    FAULT_NOT_OPERATING = "FAULT_NOT_OPERATING", "挂牌未运营的认定"
    FAULT_CLERICAL = "FAULT_CLERICAL", "工作内容偏事务的认定"
    FAULT_UNPROFESSIONAL = "FAULT_UNPROFESSIONAL", "专业化程度较低的认定"
    FAULT_UNCERTIFIED = "FAULT_UNCERTIFIED", "持证率不高的认定"
    FAULT_PART_TIME = "FAULT_PART_TIME", "工作人员非专职的认定"
    FUND_PURPOSE = "FUND_PURPOSE", "资金专款专用"
    FUND_HOLDING = "FUND_HOLDING", "资金停留期限"
    FUND_UNSPENT = "FUND_UNSPENT", "年末结余的认定"


def kind_choices() -> list[tuple[str, str]]:
    """For `Provision.kind`: named by migrations, so that a new kind needs none."""
    return ProvisionKind.choices


class Dimension(models.TextChoices):
    """The four dimensions of the building standard (R3)."""

    HARDWARE = "HARDWARE", "硬件设置"
    INSTITUTIONS = "INSTITUTIONS", "制度建设"
    STAFFING = "STAFFING", "人员配备"
    SIGNAGE = "SIGNAGE", "统一标识"


class PolicyDocumentQuerySet(GatedQuerySet):
    """Documents are read downwards: a county sees what its city and province issued, and what is issued below it."""

    gate = "issuer__path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        above = [step for path in paths for step in ancestors(path)]
        inside = super().in_paths(paths)
        return (inside | self.filter(issuer__path__in=above)).distinct()


class PolicyDocument(models.Model):
    """A paper by which an authority sets rules 制度文件."""

    number = models.CharField("文号", max_length=60, help_text="没有文号的写文件简称")
    title = models.CharField("标题", max_length=200)
    issuer = models.ForeignKey(OrgUnit, models.PROTECT, related_name="documents", verbose_name="发文单位")
    issuer_name = models.CharField("发文机关", max_length=60, blank=True)
    issued_on = models.DateField("发文日期")
    source = models.CharField("出处", max_length=300, blank=True)
    is_default = models.BooleanField("缺省规则", default=False, help_text="随系统提供，不是任何机关的文件")

    objects = PolicyDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "制度文件"
        verbose_name_plural = "制度文件"
        ordering = ["-issued_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["issuer", "number"], name="document_number_once")]

    def __str__(self) -> str:
        return self.number


class ProvisionQuerySet(GatedQuerySet):
    gate = "unit__path"

    def in_force(self, on: object) -> Self:
        """Rows whose dates contain the day."""
        return self.filter(
            Q(in_force_from=None) | Q(in_force_from__lte=on), Q(in_force_to=None) | Q(in_force_to__gte=on)
        )


class Provision(models.Model):
    """One rule that a document sets for a unit and everything below it, from one day to another.

    The dates are those of the obligation: a row governs what arises on a day within them, so a document may also
    settle the past (R5: 2023-05-31 for stations already built). Rows are ended, never deleted.
    """

    document = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="provisions", verbose_name="文件")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="provisions", verbose_name="适用单位")
    kind = models.CharField("事项", max_length=24, choices=kind_choices)
    clause = models.CharField("条款", max_length=40, help_text="如 二(三)")
    parameters = models.JSONField("参数", default=dict)
    text = models.CharField("原文摘录", max_length=500, blank=True)
    in_force_from = models.DateField("适用起", null=True, blank=True, help_text="空：自始")
    in_force_to = models.DateField("适用止", null=True, blank=True, help_text="含当日；空：至今")

    objects = ProvisionQuerySet.as_manager()

    class Meta:
        verbose_name = "条款"
        verbose_name_plural = "条款"
        ordering = ["kind", "unit__path", "in_force_from"]
        indexes = [models.Index(fields=["kind", "unit"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_force_from=None) | Q(in_force_to=None) | Q(in_force_to__gte=F("in_force_from")),
                name="provision_dates_ordered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.clause} {self.get_kind_display()}"

    @property
    def citation(self) -> str:
        """文号 and clause, as every page cites it. Reads `document`."""
        return f"{self.document.number} {self.clause}".strip()


class CalendarYear(models.Model):
    """A year whose holiday notice is known."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    source = models.CharField("依据", max_length=120)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    confirmed_at = models.DateTimeField("确认时间", auto_now_add=True)

    class Meta:
        verbose_name = "工作日历年份"
        verbose_name_plural = "工作日历年份"
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A date of a holiday notice: a day off, or a make-up working day 调休."""

    date = models.DateField("日期", primary_key=True)
    year = models.ForeignKey(CalendarYear, models.CASCADE, related_name="days", verbose_name="年份")
    rest = models.BooleanField("休息")
    name = models.CharField("节日", max_length=20, blank=True)

    class Meta:
        verbose_name = "工作日历日期"
        verbose_name_plural = "工作日历日期"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {'休' if self.rest else '班'}"


# The columns of Judged.
JUDGED = ("due_on", "due_reason", "due_provisional", "due_provision_id")


class Judged(models.Model):
    """What a due date was judged by, kept on the fact itself: date, reason in words, and the provision it rests on."""

    due_on = models.DateField("截止日期", null=True, blank=True)
    due_reason = models.CharField("截止说明", max_length=200, blank=True)
    due_provisional = models.BooleanField("截止日期暂定", default=False)
    due_provision = models.ForeignKey(
        Provision, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据条款"
    )

    class Meta:
        abstract = True

    def judge_by(self, due: Due) -> None:
        """Put the answer on the row (unsaved)."""
        self.due_on = due.due
        self.due_reason = due.reason[:200]
        self.due_provisional = due.provisional
        self.due_provision_id = due.provision_id

    def judged_due(self, *, cited: bool = False) -> Due | None:
        """The answer as it was put here; None before. Document and clause only when `cited`: join them then."""
        if self.due_on is None:
            return None
        provision = self.due_provision if cited else None
        return Due(
            due=self.due_on,
            provisional=self.due_provisional,
            reason=self.due_reason,
            provision_id=self.due_provision_id or 0,
            document=provision.document.number if provision else "",
            clause=provision.clause if provision else "",
        )
