"""Workers 驻站社工: certificate (R4), employment, and dated postings to stations (R17)."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.gate import GatedQuerySet
from accounts.models import OrgUnit, User
from common.encrypted import EncryptedField, mask
from common.paths import child
from stations.models.dated import dated
from stations.models.stations import Station

NATION = child("", 1)


class CertificateLevel(models.TextChoices):
    """Levels of the national certificate, rising; a worker without one simply has no Certificate row."""

    ASSISTANT = "ASSISTANT", "助理社会工作师"
    SOCIAL_WORKER = "SOCIAL_WORKER", "社会工作师"
    SENIOR = "SENIOR", "高级社会工作师"


class EmployerKind(models.TextChoices):
    AGENCY = "AGENCY", "承接机构"
    TOWNSHIP = "TOWNSHIP", "乡镇（街道）"
    BUREAU = "BUREAU", "民政部门"


class WorkerQuerySet(GatedQuerySet):
    """A worker lies at the unit that keeps their file, and where they are posted today or were posted before."""

    gate = "unit__path"

    def in_paths(self, paths: Any) -> Self:
        paths = list(paths)
        if NATION in paths:
            return self.all()
        # Two lists of keys, each from an index: a correlated EXISTS would look at every worker of the nation.
        posted = StationPosting.objects.in_paths(paths).order_by().values("worker")
        kept = Worker.objects.all().kept_in(paths).order_by().values("pk")
        return self.filter(Q(pk__in=posted) | Q(pk__in=kept))

    def kept_in(self, paths: Any) -> Self:
        """Whose file is kept in any of the subtrees."""
        return GatedQuerySet.in_paths(self, paths)

    def posted_at(self, on: date, stations: Any = None) -> Self:
        """Posted to a station on `on`; to one of `stations` (a queryset) when given."""
        postings = StationPosting.objects.at(on).filter(worker=OuterRef("pk"))
        return self.filter(Exists(postings if stations is None else postings.filter(station__in=stations)))

    def not_posted_at(self, on: date) -> Self:
        """Posted to no station on `on`."""
        return self.filter(~Exists(StationPosting.objects.at(on).filter(worker=OuterRef("pk"))))

    def certified(self, on: date, *, yes: bool = True) -> Self:
        """Holding a certificate issued by `on` (R4), or none with `yes=False`."""
        held = Exists(Certificate.objects.filter(worker=OuterRef("pk"), issued_on__lte=on))
        return self.filter(held if yes else ~held)

    def full_time(self, on: date, *, yes: bool = True) -> Self:
        """Employed full time on `on`; `yes=False`: part time, or not employed at all."""
        full = Exists(Employment.objects.at(on).filter(worker=OuterRef("pk"), full_time=True))
        return self.filter(full if yes else ~full)

    def holding(self, level: CertificateLevel, on: date) -> Self:
        """Whose highest certificate by `on` is of this level."""
        held = Certificate.objects.filter(worker=OuterRef("pk"), issued_on__lte=on)
        higher = held.filter(level__in=CertificateLevel.values[CertificateLevel.values.index(level) + 1 :])
        return self.filter(Exists(held.filter(level=level)), ~Exists(higher))

    def employed_by(self, kind: EmployerKind, on: date) -> Self:
        """Employed on `on` by an employer of this kind."""
        return self.filter(Exists(Employment.objects.at(on).filter(worker=OuterRef("pk"), employer_kind=kind)))

    def found(self, word: str, on: date) -> Self:
        """Whose name, or employer on `on`, contains the word."""
        employed = Employment.objects.at(on).filter(worker=OuterRef("pk"), employer_name__contains=word)
        return self.filter(Q(name__contains=word) | Exists(employed))


class Worker(models.Model):
    """A person who works, worked or will work at stations."""

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="workers", verbose_name="建档单位", help_text="保管其档案的县、乡镇或站点"
    )
    name = models.CharField("姓名", max_length=40)
    id_number = EncryptedField("身份证号", blank=True)
    id_number_index = models.CharField(max_length=64, null=True, blank=True, editable=False)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    user = models.OneToOneField(
        User, models.SET_NULL, null=True, blank=True, related_name="worker", verbose_name="登录账号"
    )
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = "社工"
        verbose_name_plural = "社工"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index"], condition=Q(id_number_index__isnull=False), name="worker_id_number_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def gate_paths(self) -> list[str]:
        """Where the worker lies for the gate: at the unit of the file, and at every station of a posting, also past."""
        return [self.unit.path, *self.postings.values_list("station__unit__path", flat=True)]

    def manager_paths(self) -> list[str]:
        """Where the worker may be managed from: the unit of the file, and the station of the current posting."""
        return [self.unit.path, *self.postings.current().values_list("station__unit__path", flat=True)]

    @property
    def masked_id_number(self) -> str:
        return mask(self.id_number) if self.id_number else ""


class CertificateQuerySet(GatedQuerySet):
    gate = "worker__unit__path"


class Certificate(models.Model):
    """A national social worker certificate 社会工作者职业资格证书, held from its issue date on."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="certificates", verbose_name="社工")
    level = models.CharField("级别", max_length=14, choices=CertificateLevel.choices)
    number = models.CharField("证书编号", max_length=40)
    issued_on = models.DateField("发证日期")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "资格证书"
        verbose_name_plural = "资格证书"
        ordering = ["worker", "-issued_on"]
        constraints = [models.UniqueConstraint(fields=["number"], name="certificate_number_once")]
        indexes = [models.Index(fields=["worker", "issued_on"])]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.number}"


class Employment(models.Model):
    """Who employs the worker, and full time or not, from one day to another; one at a time."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="employments", verbose_name="社工")
    employer_kind = models.CharField("用人单位类型", max_length=10, choices=EmployerKind.choices)
    employer_name = models.CharField("用人单位", max_length=80)
    full_time = models.BooleanField("专职")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")

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


class StationPosting(models.Model):
    """A worker's posting to a station; one at a time, so that workers add up over stations."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="postings", verbose_name="社工")
    station = models.ForeignKey(Station, models.PROTECT, related_name="postings", verbose_name="站点")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = dated("station__unit__path").as_manager()

    class Meta:
        verbose_name = "驻站"
        verbose_name_plural = "驻站"
        ordering = ["worker", "starts_on"]
        indexes = [models.Index(fields=["station", "starts_on", "ends_on"])]
        constraints = [
            models.UniqueConstraint(fields=["worker"], condition=Q(ends_on=None), name="worker_one_current_posting"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="station_posting_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.station}"
