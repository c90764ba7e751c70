"""The file of a person served, and the spells in which a station keeps it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from clients.gate import SupervisedModel, SupervisedQuerySet
from clients.vocabulary import ADULT_FROM, LEVELS, ConsentKind, Ending, Living, SelfCare, age_on
from common.encrypted import EncryptedField, mask
from stations.models import Sex, Station
from stations.models.dated import DatedQuerySet


class ClientQuerySet(SupervisedQuerySet):
    def standing(self) -> Self:
        """Files that stand for a person: neither merged into another one nor anonymised."""
        return self.filter(merged_into=None, anonymised_at=None)

    def open_at(self, day: date) -> Self:
        """Standing files that some station keeps open on `day`."""
        spells = FileSpell.objects.at(day).filter(client=OuterRef("pk"))
        return self.standing().filter(Exists(spells))

    def open(self) -> Self:
        """Standing files that are open now: one column, for lists."""
        return self.standing().filter(closed_on=None)


class Client(SupervisedModel, models.Model):
    """A person served. Never deleted: closed, merged into another file, at last anonymised.

    `station`, `opened_on` and `closed_on` repeat the last FileSpell, `level` the current LevelSpell: lists read them,
    clients.actions alone writes them.

    A station has one open file for a number, by constraint: a merged file does not count, so undoing a merge is refused
    while another open file there bears the number (clients.actions.merging).
    """

    station = models.ForeignKey(Station, models.PROTECT, related_name="clients", verbose_name="建档站点")
    name = models.CharField("姓名", max_length=40)
    initials = models.CharField("姓名拼音首字母", max_length=80, blank=True, editable=False)
    sex = models.CharField("性别", max_length=6, choices=Sex.choices, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    id_number = EncryptedField("身份证号", blank=True)
    id_number_index = models.CharField(max_length=64, null=True, blank=True, editable=False)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    household = models.CharField("户籍地址", max_length=100, blank=True)
    residence = models.CharField("居住地址", max_length=100, blank=True)
    living = models.CharField("居住状况", max_length=12, choices=Living.choices, blank=True)
    self_care = models.CharField("自理能力", max_length=8, choices=SelfCare.choices, blank=True)
    situation = models.TextField("基本情况", max_length=1000, blank=True)
    level = models.PositiveSmallIntegerField("跟进级别", null=True, blank=True, choices=[(n, f"{n}级") for n in LEVELS])
    opened_on = models.DateField("建档日期")
    closed_on = models.DateField("结案归档日期", null=True, blank=True)
    # The file that stands for the person, never one that is merged itself; ClientMerge tells how it came.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_files", verbose_name="已并入"
    )
    anonymised_at = models.DateTimeField("匿名化时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="建档人")
    is_demo = models.BooleanField("演示数据", default=False)

    audit_private: ClassVar[frozenset[str]] = frozenset(
        {
            *("name", "initials", "sex", "born_on", "phone", "household", "residence"),
            *("living", "self_care", "situation"),
        }
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = "服务对象"
        verbose_name_plural = "服务对象"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["station", "closed_on", "-id"]),
            models.Index(fields=["station", "name"]),
            models.Index(fields=["station", "initials"]),
            models.Index(fields=["id_number_index"]),
            models.Index(fields=["name", "born_on"]),
            models.Index(fields=["merged_into"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")), name="client_closed_after_opening"
            ),
            models.UniqueConstraint(
                fields=["station", "id_number_index"],
                condition=Q(closed_on=None, merged_into=None),
                name="client_number_open_once",
            ),
            models.CheckConstraint(condition=Q(level=None) | Q(level__in=LEVELS), name="client_level_one_to_six"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="client_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(anonymised_at=None) | Q(name="", id_number_index=None, phone="", born_on=None),
                name="client_anonymised_holds_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"已匿名档案 {self.pk}"

    @property
    def audit_label(self) -> str:
        """The file, never the person: the trail is read by auditors."""
        return f"档案 {self.pk}"

    @property
    def person_id(self) -> int:
        """The key by which the person is counted: of this file, or of the one it was merged into."""
        return self.merged_into_id or self.pk

    @property
    def standing(self) -> bool:
        """Neither merged into another file nor anonymised."""
        return self.merged_into_id is None and self.anonymised_at is None

    @property
    def masked_id_number(self) -> str:
        return mask(self.id_number) if self.id_number else ""

    def age(self, on: date) -> int | None:
        return age_on(self.born_on, on)

    def minor(self, on: date) -> bool:
        age = self.age(on)
        return age is not None and age < ADULT_FROM

    def usable(self) -> bool:
        """May something new be begun with the person here: is the file open, and does nobody refuse? At most one query
        (clients.queries.usable says it of a station's files)."""
        return self.standing and self.closed_on is None and not self.refuses_use()

    def refuses_use(self) -> bool:
        """Was the consent to service withdrawn, and none given since? Then nothing new is recorded of the person.

        One query. A file without any consent on record may be used: the page says that it is missing.
        """
        newest = self.consents.filter(kind=ConsentKind.SERVICE).order_by("-given_on", "-id").first()
        return newest is not None and newest.withdrawn_on is not None


class _Spell(models.Model):
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")
    reason = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        abstract = True


class FileSpellQuerySet(SupervisedQuerySet, DatedQuerySet):  # type: ignore[override]
    pass


class LevelSpellQuerySet(SupervisedQuerySet, DatedQuerySet):  # type: ignore[override]
    gate = "client__station__unit__path"
    station = "client__station"


class FileSpell(_Spell):
    """A station keeps the file open. Opening, moving, closing and reopening are ends and beginnings of spells."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="spells", verbose_name="服务对象")
    station = models.ForeignKey(Station, models.PROTECT, related_name="client_spells", verbose_name="站点")
    ending = models.CharField("结束原因", max_length=8, choices=Ending.choices, blank=True)

    objects = FileSpellQuerySet.as_manager()

    class Meta:
        verbose_name = "在档"
        verbose_name_plural = "在档"
        ordering = ["client", "starts_on", "id"]
        indexes = [models.Index(fields=["station", "starts_on", "ends_on"])]
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(ends_on=None), name="client_open_at_one_station"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="file_spell_dates_ordered"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=False) | Q(ending=""), name="file_spell_open_has_no_ending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} · {self.station}"


class LevelSpell(_Spell):
    """The follow-up level 跟进级别 of a client, 1 (closest) … 6; the interval of a level is a provision."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="levels", verbose_name="服务对象")
    level = models.PositiveSmallIntegerField("跟进级别", choices=[(n, f"{n}级") for n in LEVELS])

    objects = LevelSpellQuerySet.as_manager()

    class Meta:
        verbose_name = "跟进级别"
        verbose_name_plural = "跟进级别"
        ordering = ["client", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(ends_on=None), name="client_one_level"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="level_spell_one_to_six"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="level_spell_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.level}级"
