"""The people whom a service names."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from clients.gate import SupervisedQuerySet
from clients.models import Client
from common.indexes import CoveringIndex
from common.months import MonthField
from services.models.records import ServiceRecord
from services.vocabulary import FocusGroup
from stations.models import Station


class ServiceClientQuerySet(SupervisedQuerySet):
    def valid(self) -> Self:
        """Of services that count."""
        return self.filter(counted=True)


class ServiceClient(models.Model):
    """Who was served, of those with a file. The last columns repeat what distinct counts read, so that a month's
    people are counted from one index; services.actions and clients' merging alone write them."""

    service = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="service_clients")
    client = models.ForeignKey(Client, models.PROTECT, related_name="service_clients", verbose_name="服务对象")
    person = models.ForeignKey(Client, models.PROTECT, related_name="+", editable=False)  # Client.person_id
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", editable=False)
    month = MonthField("所属月份", editable=False)
    counted = models.BooleanField(default=True, editable=False)  # False: the service is voided
    # The focus groups of the person on the day of the service: they stay when the file is anonymised.
    elderly = models.BooleanField(FocusGroup.ELDERLY.label, default=False)
    children = models.BooleanField(FocusGroup.CHILDREN.label, default=False)
    orphans = models.BooleanField(FocusGroup.ORPHANS.label, default=False)
    hardship = models.BooleanField(FocusGroup.HARDSHIP.label, default=False)

    objects = ServiceClientQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["client", "-service"]),
            # Who was at several stations in a month (reporting.compute.distinct).
            models.Index(fields=["month", "person", "station"], condition=Q(counted=True), name="service_month_person"),
            CoveringIndex(
                fields=["month", "station"],
                include=["person", "client", "counted", "elderly", "children", "orphans", "hardship"],
                name="service_month_people",
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["service", "client"], name="service_client_once")]

    def __str__(self) -> str:
        return f"{self.client} · {self.service}"
