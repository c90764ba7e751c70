"""The stages of a station (R9): proposed by the system, decided by its county, confirmed by its city, dated.

A station is 起步 from the day it begins to operate; the later stages are spells.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.gate import GatedQuerySet
from accounts.models import User
from policies.stages import Stage
from stations.models import Station, StationKind, StationStatus, StatusSpell
from stations.models.dated import dated
from stations.models.stations import StationQuerySet, standing


class ProposalState(models.TextChoices):
    """In the order of a proposal's life."""

    WAITING_COUNTY = "WAITING_COUNTY", "待县级认定"
    WAITING_CITY = "WAITING_CITY", "待市级确认"
    CONFIRMED = "CONFIRMED", "已确认"
    COUNTY_RETURNED = "COUNTY_RETURNED", "县级退回"
    CITY_RETURNED = "CITY_RETURNED", "市级退回"
    WITHDRAWN = "WITHDRAWN", "确认后撤回"


OPEN = (ProposalState.WAITING_COUNTY, ProposalState.WAITING_CITY)
_ENDED_BY_CITY = (ProposalState.CONFIRMED, ProposalState.CITY_RETURNED, ProposalState.WITHDRAWN)


class StageProposalQuerySet(GatedQuerySet):
    gate = "station__unit__path"

    def open(self) -> Self:
        """Waiting for the county or the city: at most one for a station."""
        return self.filter(state__in=OPEN)


class StageProposal(models.Model):
    """That a station enters its next stage, with what was met on the day (`evidence`: standards.stages.snapshot)."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="stage_proposals", verbose_name="站点")
    stage = models.CharField("拟进入阶段", max_length=12, choices=Stage.choices)
    state = models.CharField("状态", max_length=16, choices=ProposalState.choices, default=ProposalState.WAITING_COUNTY)
    proposed_on = models.DateField("提出日期")
    evidence = models.JSONField("完成情况", default=list)
    decided_on = models.DateField("县级认定日期", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="县级认定人")
    decision = models.CharField("县级意见", max_length=500, blank=True)
    confirmed_on = models.DateField("市级确认日期", null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="市级确认人")
    confirmation = models.CharField("市级意见", max_length=500, blank=True)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    reason = models.CharField("撤回理由", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = StageProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "阶段评定"
        verbose_name_plural = "阶段评定"
        ordering = ["-proposed_on", "-id"]
        indexes = [models.Index(fields=["state", "station"])]
        # A comparison with NULL is neither true nor false, and a check that is not false passes: hence the isnull.
        constraints = [
            models.UniqueConstraint(
                fields=["station"],
                condition=Q(state__in=["WAITING_COUNTY", "WAITING_CITY"]),
                name="stage_one_open_proposal",
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING_COUNTY", decided_on=None, confirmed_on=None)
                | Q(
                    state__in=["WAITING_CITY", "COUNTY_RETURNED"],
                    decided_on__isnull=False,
                    decided_on__gte=F("proposed_on"),
                    confirmed_on=None,
                )
                | Q(
                    state__in=_ENDED_BY_CITY,
                    decided_on__isnull=False,
                    confirmed_on__isnull=False,
                    confirmed_on__gte=F("decided_on"),
                ),
                name="stage_proposal_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(confirmed_by=None) | ~Q(decided_by=F("confirmed_by")),
                name="stage_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="WITHDRAWN", withdrawn_on__isnull=False)
                | ~Q(state="WITHDRAWN") & Q(withdrawn_on=None),
                name="stage_withdrawn_on_known",
            ),
            models.CheckConstraint(condition=~Q(stage="STARTING"), name="stage_proposed_is_a_later_one"),
        ]

    def __str__(self) -> str:
        return f"{self.station} 进入{self.get_stage_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class StageSpell(models.Model):
    """A later stage from one day until the next begins; the first stage is no row (see `stage_of`)."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="stage_spells", verbose_name="站点")
    stage = models.CharField("阶段", max_length=12, choices=Stage.choices)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="下一阶段起始日，不含；空：至今")
    # Empty where the stage was reached before it was decided here.
    proposal = models.OneToOneField(
        StageProposal, models.PROTECT, null=True, blank=True, related_name="spell", verbose_name="评定"
    )

    objects = dated("station__unit__path").as_manager()

    class Meta:
        verbose_name = "发展阶段"
        verbose_name_plural = "发展阶段"
        ordering = ["station", "starts_on"]
        indexes = [models.Index(fields=["stage", "starts_on", "ends_on", "station"])]
        constraints = [
            models.UniqueConstraint(fields=["station"], condition=Q(ends_on=None), name="stage_one_current"),
            models.UniqueConstraint(fields=["station", "stage"], name="stage_entered_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="stage_dates_ordered"
            ),
            models.CheckConstraint(
                condition=Q(stage="IMPROVING") | Q(stage="PROFESSIONAL", ends_on=None), name="stage_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.starts_on}"


# ---- words for lists and figures; `on` is a day or an expression of one ---------------------------------------------


def _operated(on: date) -> Exists:
    """Has the station of the outer query begun to operate by then?"""
    return Exists(StatusSpell.objects.filter(station=OuterRef("pk"), status=StationStatus.OPERATING, starts_on__lte=on))


def has_stage(on: date) -> Q:
    """Conditions on Station: 社工站 that have begun to operate by `on` and are not closed. Rooms have no stages."""
    return standing(on) & Q(kind=StationKind.STATION) & Q(_operated(on))


def at_stage(stage: Stage, on: date) -> Q:
    """Conditions on Station: those whose stage on `on` is exactly this one."""
    later = StageSpell.objects.at(on).filter(station=OuterRef("pk"))
    if stage == Stage.STARTING:
        return has_stage(on) & ~Q(Exists(later))
    return has_stage(on) & Q(Exists(later.filter(stage=stage)))


def with_stage(stations: StationQuerySet, on: date) -> StationQuerySet:
    """Those that have a stage on `on`: its name as `stage`, its place in the order as `stage_order`, its first day as
    `stage_since`."""
    later = StageSpell.objects.at(on).filter(station=OuterRef("pk"))
    operating = StatusSpell.objects.filter(station=OuterRef("pk"), status=StationStatus.OPERATING)
    order: Any = Case(*(When(stage=stage, then=Value(place)) for place, stage in enumerate(Stage)))
    return (
        stations.filter(has_stage(on))
        .annotate(
            stage=Coalesce(Subquery(later.values("stage")[:1]), Value(Stage.STARTING.value)),
            stage_since=Coalesce(
                Subquery(later.values("starts_on")[:1]),
                Subquery(operating.order_by("starts_on").values("starts_on")[:1]),
            ),
        )
        .annotate(stage_order=order)
    )
