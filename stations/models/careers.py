"""What a worker holds and where they serve: certificates (R4), employment, postings to stations (R17)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, F, Max, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from accounts.gate import GatedQuerySet, gated
from accounts.roles import Permission
from stations.models.dated import DatedQuerySet, dated
from stations.models.stations import Station


class CertificateLevel(models.TextChoices):
    """Levels of the national certificate, rising; a worker without one simply has no Certificate row."""

    ASSISTANT = "ASSISTANT", "助理社会工作师"
    SOCIAL_WORKER = "SOCIAL_WORKER", "社会工作师"
    SENIOR = "SENIOR", "高级社会工作师"


class EmployerKind(models.TextChoices):
    AGENCY = "AGENCY", "承接机构"
    TOWNSHIP = "TOWNSHIP", "乡镇（街道）"
    BUREAU = "BUREAU", "民政部门"


class LeavingReason(models.TextChoices):
    RESIGNED = "RESIGNED", "辞职"
    EXPIRED = "EXPIRED", "合同到期"
    TRANSFERRED = "TRANSFERRED", "调动"
    RETIRED = "RETIRED", "退休"
    DISMISSED = "DISMISSED", "辞退"
    OTHER = "OTHER", "其他"


def valid(on: date) -> Q:
    """Certificates that count on `on` (R4): issued by then, and their registration, where one is recorded, not run out.

    For lists and figures alike: `on` is a day or an expression of one. A renewal that came late leaves its gap.
    """
    renewed = Renewal.objects.filter(certificate=OuterRef("pk"), registered_on__lte=on, valid_until__gte=on)
    return Q(issued_on__lte=on) & (Q(valid_until=None) | Q(valid_until__gte=on) | Q(Exists(renewed)))


class OfWorkerQuerySet(GatedQuerySet):
    """Rows about a worker: they lie where the worker does, for the gate."""

    gate = "worker__unit__path"

    def _workers(self) -> Any:
        return self.model._meta.get_field("worker").related_model._default_manager.all()  # type: ignore[union-attr]

    def in_paths(self, paths: Iterable[str]) -> Self:
        return self.filter(worker__in=self._workers().in_paths(paths).order_by().values("pk"))

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        """To manage them, the worker must be there still."""
        if permission != Permission.MANAGE_WORKERS:
            return super().visible_to(user, permission)
        return self.filter(worker__in=self._workers().managed_from(user.paths(permission)).order_by().values("pk"))


class CertificateQuerySet(OfWorkerQuerySet):
    def valid(self, on: date) -> Self:
        """Certificates that count on `on`."""
        return self.filter(valid(on))

    def with_end(self, on: date) -> Any:
        """`runs_to`: the last day of the registration as known on `on`, None where none is recorded."""
        renewals = Renewal.objects.filter(certificate=OuterRef("pk"), registered_on__lte=on).order_by()
        last = Subquery(renewals.values("certificate").annotate(last=Max("valid_until")).values("last"))
        return self.annotate(runs_to=Case(When(valid_until=None, then=None), default=Coalesce(last, F("valid_until"))))


class Certificate(models.Model):
    """A national social worker certificate 社会工作者职业资格证书, held from its issue date on.

    `registered_on` and `valid_until` are those of the first registration 登记; later ones are Renewals.
    """

    worker = models.ForeignKey("stations.Worker", models.CASCADE, related_name="certificates", verbose_name="社工")
    level = models.CharField("级别", max_length=14, choices=CertificateLevel.choices)
    number = models.CharField("证书编号", max_length=40)
    issued_on = models.DateField("发证日期")
    registered_on = models.DateField("登记日期", null=True, blank=True)
    valid_until = models.DateField("登记有效期至", null=True, blank=True, help_text="含当日；空：未登记有效期")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "资格证书"
        verbose_name_plural = "资格证书"
        ordering = ["worker", "-issued_on"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="certificate_number_once"),
            models.CheckConstraint(
                condition=Q(registered_on=None) | Q(registered_on__gte=F("issued_on")),
                name="certificate_registered_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("issued_on")), name="certificate_dates_ordered"
            ),
        ]
        indexes = [models.Index(fields=["worker", "issued_on"])]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.number}"


class Renewal(models.Model):
    """A certificate registered again 再登记: it counts from `registered_on` to `valid_until`, both included."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="renewals", verbose_name="证书")
    registered_on = models.DateField("登记日期")
    valid_until = models.DateField("登记有效期至", help_text="含当日")

    objects = gated("certificate__worker__unit__path")

    class Meta:
        verbose_name = "证书再登记"
        verbose_name_plural = "证书再登记"
        ordering = ["certificate", "registered_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "valid_until"], name="renewal_end_once"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("registered_on")), name="renewal_dates_ordered"),
        ]

    def __str__(self) -> str:
        return f"登记有效期至 {self.valid_until}"


class Employment(models.Model):
    """Who employs the worker, and full time or not, from one day to another; one at a time."""

    worker = models.ForeignKey("stations.Worker", models.CASCADE, related_name="employments", verbose_name="社工")
    employer_kind = models.CharField("用人单位类型", max_length=10, choices=EmployerKind.choices)
    employer_name = models.CharField("用人单位", max_length=80)
    full_time = models.BooleanField("专职")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")
    end_reason = models.CharField("结束原因", max_length=12, choices=LeavingReason.choices, blank=True)
    end_note = models.CharField("结束说明", max_length=200, blank=True)

    objects = dated("worker__unit__path").as_manager()

    class Meta:
        verbose_name = "聘用"
        verbose_name_plural = "聘用"
        ordering = ["worker", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["worker"], condition=Q(ends_on=None), name="worker_one_current_employment"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="employment_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer_name}（{'专职' if self.full_time else '兼职'}）"


class StationPostingQuerySet(DatedQuerySet):
    gate = "station__unit__path"

    def joined(self, first: date, last: date) -> Self:
        """Postings by which somebody came to stations from `first` to `last`: not those that continue one elsewhere."""
        before = StationPosting.objects.filter(worker=OuterRef("worker"), ends_on=OuterRef("starts_on"))
        came = Q(starts_on__gte=first, starts_on__lte=last) & (Q(ends_on=None) | Q(ends_on__gt=F("starts_on")))
        return self.filter(came, ~Exists(before.filter(starts_on__lt=OuterRef("starts_on"))))

    def left(self, first: date, last: date) -> Self:
        """Postings with which somebody left stations: `ends_on` (the first day without) lies from `first` to `last`,
        and no posting elsewhere follows on that day."""
        after = StationPosting.objects.filter(worker=OuterRef("worker"), starts_on=OuterRef("ends_on"))
        lasting = after.filter(Q(ends_on=None) | Q(ends_on__gt=F("starts_on")))
        return self.filter(ends_on__gte=first, ends_on__lte=last, ends_on__gt=F("starts_on")).filter(~Exists(lasting))


class StationPosting(models.Model):
    """A worker's posting to a station; one at a time, so that workers add up over stations."""

    worker = models.ForeignKey("stations.Worker", models.CASCADE, related_name="postings", verbose_name="社工")
    station = models.ForeignKey(Station, models.PROTECT, related_name="postings", verbose_name="站点")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")
    note = models.CharField("说明", max_length=200, blank=True)
    end_reason = models.CharField("离站原因", max_length=12, choices=LeavingReason.choices, blank=True)
    end_note = models.CharField("离站说明", max_length=200, blank=True)

    objects = StationPostingQuerySet.as_manager()

    class Meta:
        verbose_name = "驻站"
        verbose_name_plural = "驻站"
        ordering = ["worker", "starts_on"]
        indexes = [
            models.Index(fields=["station", "starts_on", "ends_on"]),
            models.Index(fields=["worker", "starts_on", "ends_on"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["worker"], condition=Q(ends_on=None), name="worker_one_current_posting"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="station_posting_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.station}"


class SupervisorAssignment(models.Model):
    """A supervisor 督导 of a station: a senior worker, or a user who is no worker. One leads a station at a time."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="supervisors", verbose_name="站点")
    worker = models.ForeignKey(
        "stations.Worker",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supervising",
        verbose_name="督导（社工）",
    )
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="supervising", verbose_name="督导（账号）"
    )
    lead = models.BooleanField("主责督导")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = dated("station__unit__path").as_manager()

    class Meta:
        verbose_name = "督导"
        verbose_name_plural = "督导"
        ordering = ["station", "-lead", "starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(worker=None, user__isnull=False) | Q(worker__isnull=False, user=None),
                name="supervisor_is_worker_or_user",
            ),
            models.UniqueConstraint(
                fields=["station"], condition=Q(ends_on=None, lead=True), name="station_one_lead_supervisor"
            ),
            models.UniqueConstraint(
                fields=["station", "worker"], condition=Q(ends_on=None), name="supervisor_worker_once"
            ),
            models.UniqueConstraint(fields=["station", "user"], condition=Q(ends_on=None), name="supervisor_user_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="supervision_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor} 督导 {self.station}"

    @property
    def supervisor(self) -> Any:
        """The Worker or the User."""
        return self.worker or self.user
