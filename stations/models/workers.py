"""Workers 驻站社工: their files, and the words by which lists and figures ask for them (R4, R17)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.gate import GatedQuerySet
from accounts.models import OrgUnit, User
from common.encrypted import EncryptedField, mask
from common.paths import child
from common.sums import decimal_sum
from stations.models.careers import (
    Certificate,
    CertificateLevel,
    EmployerKind,
    Employment,
    OfWorkerQuerySet,
    StationPosting,
    SupervisorAssignment,
)
from stations.models.dated import DaysBetween
from stations.models.growth import Attendance, WorkerEvaluation

NATION = child("", 1)


class Sex(models.TextChoices):
    MALE = "MALE", "男"
    FEMALE = "FEMALE", "女"


class Education(models.TextChoices):
    """The highest, rising."""

    SECONDARY = "SECONDARY", "高中（中专）及以下"
    COLLEGE = "COLLEGE", "大专"
    BACHELOR = "BACHELOR", "本科"
    MASTER = "MASTER", "硕士"
    DOCTOR = "DOCTOR", "博士"


class Language(models.TextChoices):
    """Languages in which a worker can serve (R21)."""

    MANDARIN = "MANDARIN", "普通话"
    TIBETAN = "TIBETAN", "藏语"
    UYGHUR = "UYGHUR", "维吾尔语"
    MONGOLIAN = "MONGOLIAN", "蒙古语"
    KAZAKH = "KAZAKH", "哈萨克语"
    KOREAN = "KOREAN", "朝鲜语"
    ZHUANG = "ZHUANG", "壮语"
    YI = "YI", "彝语"
    DIALECT = "DIALECT", "本地方言"
    SIGN = "SIGN", "手语"
    OTHER = "OTHER", "其他"


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

    def managed_from(self, paths: Any) -> Self:
        """Whose file is kept in the subtrees, or who is posted there now: Worker.manager_paths for many."""
        paths = list(paths)
        posted = StationPosting.objects.current().in_paths(paths).order_by().values("worker")
        kept = Worker.objects.all().kept_in(paths).order_by().values("pk")
        return self.filter(Q(pk__in=posted) | Q(pk__in=kept))

    def posted_at(self, on: date, stations: Any = None) -> Self:
        """Posted to a station on `on`; to one of `stations` (a queryset) when given."""
        postings = StationPosting.objects.at(on).filter(worker=OuterRef("pk"))
        return self.filter(Exists(postings if stations is None else postings.filter(station__in=stations)))

    def not_posted_at(self, on: date) -> Self:
        """Posted to no station on `on`."""
        return self.filter(~Exists(StationPosting.objects.at(on).filter(worker=OuterRef("pk"))))

    def joined(self, first: date, last: date, stations: Any) -> Self:
        """Who came to `stations` from `first` to `last`, transfers left out."""
        return self.filter(Exists(StationPosting.objects.joined(first, last).filter(_here(stations))))

    def left(self, first: date, last: date, stations: Any) -> Self:
        """Who left `stations` from `first` to `last`, transfers left out."""
        return self.filter(Exists(StationPosting.objects.left(first, last).filter(_here(stations))))

    def certified(self, on: date, *, yes: bool = True) -> Self:
        """Holding a certificate that counts on `on` (R4: issued, not expired), or none with `yes=False`."""
        held = Exists(Certificate.objects.valid(on).filter(worker=OuterRef("pk")))
        return self.filter(held if yes else ~held)

    def expired(self, on: date) -> Self:
        """Holding certificates issued by `on`, none of which counts any more."""
        held = Exists(Certificate.objects.filter(worker=OuterRef("pk"), issued_on__lte=on))
        return self.certified(on, yes=False).filter(held)

    def expiring(self, on: date, days: int) -> Self:
        """Certified on `on`, and by nothing that is recorded so far `days` days later."""
        return self.running_out(on, on + timedelta(days=days))

    def running_out(self, on: date, by: Any) -> Self:
        """Certified on `on`, and by nothing that is recorded so far after `by`, a date or an OuterRef to one."""
        later: Any = Certificate.objects.with_end(on).filter(worker=OuterRef("pk"), issued_on__lte=on)
        lasting = later.filter(Q(runs_to=None) | Q(runs_to__gt=by))
        return self.certified(on).filter(~Exists(lasting))

    def with_place(self, on: date) -> Any:
        """`place`: the path by whose rules a worker is judged: of the station of the posting, else of the file."""
        posted = StationPosting.objects.at(on).filter(worker=OuterRef("pk")).order_by()
        return self.annotate(place=Coalesce(Subquery(posted.values("station__unit__path")[:1]), F("unit__path")))

    def full_time(self, on: date, *, yes: bool = True) -> Self:
        """Employed full time on `on`; `yes=False`: part time, or not employed at all."""
        full = Exists(Employment.objects.at(on).filter(worker=OuterRef("pk"), full_time=True))
        return self.filter(full if yes else ~full)

    def holding(self, level: CertificateLevel, on: date) -> Self:
        """Whose highest certificate that counts on `on` is of this level."""
        held = Certificate.objects.valid(on).filter(worker=OuterRef("pk"))
        higher = held.filter(level__in=CertificateLevel.values[CertificateLevel.values.index(level) + 1 :])
        return self.filter(Exists(held.filter(level=level)), ~Exists(higher))

    def employed_by(self, kind: EmployerKind, on: date) -> Self:
        """Employed on `on` by an employer of this kind."""
        return self.filter(Exists(Employment.objects.at(on).filter(worker=OuterRef("pk"), employer_kind=kind)))

    def speaking(self, language: Language) -> Self:
        """Who serves in this language (R21)."""
        return self.filter(Exists(WorkerLanguage.objects.filter(worker=OuterRef("pk"), language=language)))

    def supervised_by(self, on: date, *, worker: int | None = None, user: int | None = None) -> Self:
        """Posted on `on` to a station that this worker or user supervises then."""
        assigned = SupervisorAssignment.objects.at(on).filter(worker=worker, user=user).order_by()
        posted = StationPosting.objects.at(on).filter(worker=OuterRef("pk"), station__in=assigned.values("station"))
        return self.filter(Exists(posted))

    def evaluated(self, on: date, grade: str = "") -> Self:
        """Evaluated in the year of `on`, by then; with this grade when given."""
        rows = WorkerEvaluation.objects.within(on.replace(month=1, day=1), on).filter(worker=OuterRef("pk"))
        return self.filter(Exists(rows.filter(grade=grade) if grade else rows))

    def with_training_hours(self, on: date) -> Any:
        """`training_hours` of the year of `on`, until then; 0 for none."""
        rows = Attendance.objects.within(on.replace(month=1, day=1), on).filter(worker=OuterRef("pk"))
        hours = rows.order_by().values("worker").annotate(total=decimal_sum("hours", 1)).values("total")
        zero = models.Value(0, output_field=models.DecimalField(max_digits=7, decimal_places=1))
        return self.annotate(training_hours=Coalesce(Subquery(hours), zero))

    def with_tenure(self, on: date) -> Any:
        """`tenure_days`: days posted to stations until `on`, all postings together; None for none."""
        rows = StationPosting.objects.filter(worker=OuterRef("pk"), starts_on__lte=on).order_by().values("worker")
        day = models.Value(on, output_field=models.DateField())
        until = models.Case(models.When(ends_on__lte=on, then=F("ends_on")), default=day)
        days = rows.annotate(days=Sum(DaysBetween(until, F("starts_on")))).values("days")
        return self.annotate(tenure_days=Subquery(days))

    def with_certificate_end(self, on: date) -> Any:
        """`certificate_end`: the last day on which a certificate issued by `on` counts; None when nothing ends."""
        ends: Any = Certificate.objects.with_end(on).filter(worker=OuterRef("pk"), issued_on__lte=on).order_by()
        return self.annotate(
            certificate_end=Subquery(ends.order_by(F("runs_to").desc(nulls_first=True)).values("runs_to")[:1])
        )

    def found(self, word: str, on: date) -> Self:
        """Whose name, or employer on `on`, contains the word."""
        employed = Employment.objects.at(on).filter(worker=OuterRef("pk"), employer_name__contains=word)
        return self.filter(Q(name__contains=word) | Exists(employed))


def _here(stations: Any) -> Q:
    return Q(worker=OuterRef("pk"), station__in=stations)


class Worker(models.Model):
    """A person who works, worked or will work at stations."""

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="workers", verbose_name="建档单位", help_text="保管其档案的县、乡镇或站点"
    )
    name = models.CharField("姓名", max_length=40)
    id_number = EncryptedField("身份证号", blank=True)
    id_number_index = models.CharField(max_length=64, null=True, blank=True, editable=False)
    sex = models.CharField("性别", max_length=6, choices=Sex.choices, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    education = models.CharField("学历", max_length=10, choices=Education.choices, blank=True)
    major = models.CharField("所学专业", max_length=40, blank=True)
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

    def age(self, on: date) -> int | None:
        """Full years on `on`."""
        if self.born_on is None:
            return None
        return on.year - self.born_on.year - ((on.month, on.day) < (self.born_on.month, self.born_on.day))


class WorkerLanguage(models.Model):
    """A language in which a worker can serve; `name` tells which one it is where it is an other one."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="languages", verbose_name="社工")
    language = models.CharField("语言", max_length=10, choices=Language.choices)
    name = models.CharField("其他语言", max_length=20, blank=True)

    objects = OfWorkerQuerySet.as_manager()

    class Meta:
        verbose_name = "服务语言"
        verbose_name_plural = "服务语言"
        ordering = ["worker", "language"]
        constraints = [
            models.UniqueConstraint(fields=["worker", "language"], name="worker_language_once"),
            models.CheckConstraint(
                condition=Q(language="OTHER") & ~Q(name="") | ~Q(language="OTHER") & Q(name=""),
                name="worker_language_named_when_other",
            ),
        ]
        indexes = [models.Index(fields=["language", "worker"])]

    def __str__(self) -> str:
        return self.name or self.get_language_display()
