"""What belongs to a file: categories, guardians and emergency contacts, kin, consent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from clients.gate import SupervisedModel, SupervisedQuerySet
from clients.models.files import Client
from clients.vocabulary import Category, ConsentKind, ContactKind, Relation
from stations.models.dated import DatedQuerySet


class OfClientQuerySet(SupervisedQuerySet):
    """Rows of a file lie where it is kept."""

    gate = "client__station__unit__path"
    station = "client__station"


class DatedOfClientQuerySet(OfClientQuerySet, DatedQuerySet):  # type: ignore[override]
    pass


class OfClient(SupervisedModel):
    """`allows` of rows that belong to a file, and what the trail calls them: the file."""

    client: Any
    client_id: int

    @property
    def audit_label(self) -> str:
        return f"档案 {self.client_id}"

    @property
    def supervised_station_id(self) -> int:
        return self.client.station_id


class ClientCategory(OfClient, models.Model):
    """The person is registered as this from/to a date."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="categories", verbose_name="服务对象")
    category = models.CharField("类别", max_length=20, choices=Category.choices)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")

    objects = DatedOfClientQuerySet.as_manager()

    class Meta:
        verbose_name = "服务对象类别"
        verbose_name_plural = "服务对象类别"
        ordering = ["client", "starts_on", "id"]
        indexes = [models.Index(fields=["category", "client"])]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "category"], condition=Q(ends_on=None), name="client_category_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="client_category_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return self.get_category_display()


class ClientContact(OfClient, models.Model):
    """A guardian 监护人 or an emergency contact 紧急联系人."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="contacts", verbose_name="服务对象")
    kind = models.CharField("类型", max_length=10, choices=ContactKind.choices)
    name = models.CharField("姓名", max_length=40)
    relation = models.CharField("与服务对象关系", max_length=20, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)

    audit_private: ClassVar[frozenset[str]] = frozenset({"name", "relation", "phone"})

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = "联系人"
        verbose_name_plural = "联系人"
        ordering = ["client", "kind", "id"]

    def __str__(self) -> str:
        return self.name


class ClientRelation(OfClient, models.Model):
    """`client`'s kin: another file, or a name without one. A link between two files is written once, read from both."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="relations", verbose_name="服务对象")
    other = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="related_from", verbose_name="亲属档案"
    )
    name = models.CharField("亲属姓名", max_length=40, blank=True)
    relation = models.CharField("关系", max_length=12, choices=Relation.choices)
    note = models.CharField("说明", max_length=200, blank=True)

    audit_private: ClassVar[frozenset[str]] = frozenset({"name", "note"})

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = "家庭成员"
        verbose_name_plural = "家庭成员"
        ordering = ["client", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "other"], condition=Q(other__isnull=False), name="client_relation_once"
            ),
            models.CheckConstraint(condition=~Q(other=F("client")), name="client_relation_not_to_itself"),
            models.CheckConstraint(
                condition=Q(other=None) & ~Q(name="") | Q(other__isnull=False, name=""),
                name="client_relation_file_or_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.other or self.name}"


class Consent(OfClient, models.Model):
    """What the person, or the guardian of a minor, agreed to, and until when. The scan is an attachment."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="consents", verbose_name="服务对象")
    kind = models.CharField("同意内容", max_length=10, choices=ConsentKind.choices)
    given_on = models.DateField("签署日期")
    given_by = models.CharField("签署人", max_length=40, blank=True, help_text="本人签署不填；监护人代签请填姓名")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawal_reason = models.CharField("撤回说明", max_length=200, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    audit_private: ClassVar[frozenset[str]] = frozenset({"given_by", "withdrawal_reason"})

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = "知情同意"
        verbose_name_plural = "知情同意"
        ordering = ["client", "kind", "given_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind"], condition=Q(withdrawn_on=None), name="client_one_standing_consent"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")), name="consent_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
