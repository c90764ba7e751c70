"""Stations 社工站 and rooms 社工室: each one leaf of the org tree, with dated statuses and dimensions (R3, R5)."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.gate import GatedQuerySet
from accounts.models import OrgUnit, User
from policies.models import Dimension, Judged
from stations.models.dated import dated


class StationKind(models.TextChoices):
    STATION = "STATION", "社工站"
    ROOM = "ROOM", "社工室"
    COUNTY_HUB = "COUNTY_HUB", "县级总站"
    CITY_CENTRE = "CITY_CENTRE", "市级指导中心"


class StationStatus(models.TextChoices):
    """In the order of a station's life. Which may follow which is stations.life.following."""

    PLANNED = "PLANNED", "筹建"
    BUILDING = "BUILDING", "建设中"
    COMPLETED = "COMPLETED", "建成"
    ACCEPTED = "ACCEPTED", "验收"
    SIGN_HUNG = "SIGN_HUNG", "挂牌"
    OPERATING = "OPERATING", "运营"
    SUSPENDED = "SUSPENDED", "停运"
    CLOSED = "CLOSED", "撤销"


class StationState(models.TextChoices):
    """What a station counts as on a day: the words of figures and of the list's `state` filter.

    The first three and NEW are cumulative (a suspended station is completed all the same), the others exact.
    """

    COMPLETED = "COMPLETED", "已建成"
    ACCEPTED = "ACCEPTED", "已验收"
    SIGN_HUNG = "SIGN_HUNG", "已挂牌"
    OPERATING = "OPERATING", "运营中"
    NEW = "NEW", "本年新建成"
    PLANNED = "PLANNED", "筹建"
    BUILDING = "BUILDING", "建设中"
    NOT_ACCEPTED = "NOT_ACCEPTED", "待验收"
    NOT_HUNG = "NOT_HUNG", "建成未挂牌"
    NOT_OPERATING = "NOT_OPERATING", "挂牌未运营"
    SUSPENDED = "SUSPENDED", "停运"
    CLOSED = "CLOSED", "撤销"


# The exact states: which statuses a station has meanwhile.
_EXACT = {
    StationState.OPERATING: (StationStatus.OPERATING,),
    StationState.PLANNED: (StationStatus.PLANNED,),
    StationState.BUILDING: (StationStatus.BUILDING,),
    StationState.NOT_ACCEPTED: (StationStatus.COMPLETED,),
    StationState.NOT_HUNG: (StationStatus.COMPLETED, StationStatus.ACCEPTED),
    StationState.NOT_OPERATING: (StationStatus.SIGN_HUNG,),
    StationState.SUSPENDED: (StationStatus.SUSPENDED,),
    StationState.CLOSED: (StationStatus.CLOSED,),
}


class BasicsFilter(models.TextChoices):
    """How the basics of a station stand against R5 on a day."""

    DUE = "due", "已到期限"
    ON_TIME = "on_time", "按时录入"
    LATE = "late", "逾期"


class Hosting(models.TextChoices):
    AGENCY = "AGENCY", "承接机构运营"
    TOWNSHIP = "TOWNSHIP", "乡镇（街道）自营"
    MIXED = "MIXED", "机构与乡镇合办"


# Conditions on stations, for lists and figures alike. `on` is a day or an expression of one; `prefix` leads to the
# station from another table.


def standing(on: date, prefix: str = "") -> Q:
    """Not closed by the end of `on`."""
    return Q(**{f"{prefix}closed_on": None}) | Q(**{f"{prefix}closed_on__gt": on})


def completed(on: date, prefix: str = "") -> Q:
    """Completed by `on` and not closed."""
    return standing(on, prefix) & Q(**{f"{prefix}completed_on__lte": on})


BASICS_IN_TIME = Q(basics_entered_on__lte=F("due_on"))


def basics_due(on: date, today: date) -> Q:
    """Completed stations whose basics (R5) had to be there by `on`.

    One that is due today and has no basics yet is left out: the whole due day is still in time.
    """
    return completed(on) & Q(due_on__lte=on) & (Q(due_on__lt=today) | BASICS_IN_TIME)


class StationQuerySet(GatedQuerySet):
    """The as-of words that lists and figures share. `on` is a day, for a month stations.models.month_end of it."""

    gate = "unit__path"

    def standing(self, on: date) -> Self:
        """Not closed by the end of `on`."""
        return self.filter(standing(on))

    def completed(self, on: date) -> Self:
        """Completed by `on` and not closed."""
        return self.filter(completed(on))

    def accepted(self, on: date) -> Self:
        """Accepted by `on` and not closed, whatever came after; not those of before acceptance was recorded."""
        return self._reached(StationStatus.ACCEPTED, on)

    def sign_hung(self, on: date) -> Self:
        """Sign hung by `on` and not closed, operating or not."""
        return self._reached(StationStatus.SIGN_HUNG, on)

    def _reached(self, status: StationStatus, on: date) -> Self:
        begun = StatusSpell.objects.filter(station=OuterRef("pk"), status=status, starts_on__lte=on)
        return self.standing(on).filter(Exists(begun))

    def in_status(self, *statuses: StationStatus, on: date) -> Self:
        """Whose status on `on` is exactly one of these."""
        return self.filter(Exists(StatusSpell.objects.at(on).filter(station=OuterRef("pk"), status__in=statuses)))

    def operating(self, on: date) -> Self:
        return self.in_status(StationStatus.OPERATING, on=on)

    def state_at(self, state: StationState, on: date) -> Self:
        """Stations that count as `state` on `on`."""
        match state:
            case StationState.COMPLETED:
                return self.completed(on)
            case StationState.NEW:
                return self.completed(on).filter(completed_on__year=on.year)
            case StationState.ACCEPTED | StationState.SIGN_HUNG:
                return self._reached(StationStatus(state.value), on)
            case _:
                return self.in_status(*_EXACT[state], on=on)

    def basics_due(self, on: date) -> Self:
        """Completed stations whose basics (R5) had to be there by `on`."""
        return self.filter(basics_due(on, timezone.localdate()))

    def basics_on_time(self, on: date) -> Self:
        """Of `basics_due`, those entered by their due date."""
        return self.basics_due(on).filter(BASICS_IN_TIME)

    def basics_late(self, on: date) -> Self:
        """Of `basics_due`, those entered after it or not at all."""
        return self.basics_due(on).filter(Q(basics_entered_on=None) | Q(basics_entered_on__gt=F("due_on")))

    def basics(self, standing: BasicsFilter, on: date) -> Self:
        match standing:
            case BasicsFilter.DUE:
                return self.basics_due(on)
            case BasicsFilter.ON_TIME:
                return self.basics_on_time(on)
            case BasicsFilter.LATE:
                return self.basics_late(on)

    def known(self, on: date) -> Self:
        """Stations whose life had begun by `on`."""
        return self.filter(Exists(StatusSpell.objects.filter(station=OuterRef("pk"), starts_on__lte=on)))

    def dimension_at(self, dimension: Dimension, on: date, *, met: bool = True) -> Self:
        """Completed stations that meet the dimension on `on`; `met=False`: that fail it or were never checked."""
        good = Exists(DimensionState.objects.at(on).filter(station=OuterRef("pk"), dimension=dimension, met=True))
        return self.completed(on).filter(good if met else ~good)


class Station(Judged):
    """A station or room. The due date of its basics (R5) is judged when it is completed; `due_*` hold the answer."""

    unit = models.OneToOneField(OrgUnit, models.PROTECT, primary_key=True, related_name="station", verbose_name="单位")
    kind = models.CharField("类型", max_length=12, choices=StationKind.choices, default=StationKind.STATION)
    address = models.CharField("地址", max_length=200, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    hosting = models.CharField("运营方式", max_length=10, choices=Hosting.choices, blank=True)
    host_name = models.CharField("运营单位", max_length=80, blank=True)
    area_square_metres = models.DecimalField("面积（平方米）", max_digits=7, decimal_places=1, null=True, blank=True)
    # Dates derived from status spells by stations.actions, kept here so that figures and lists read one row.
    completed_on = models.DateField("建成日期", null=True, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    basics_entered_on = models.DateField("基础信息录入日期", null=True, blank=True)
    # Months that ended before were kept elsewhere: no report of them is owed here, and no silence is held against it.
    records_from = models.DateField(
        "启用日期", null=True, blank=True, help_text="自该日所在月起在本系统记录服务、报送月报；空：自开始运营起"
    )
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = "站点"
        verbose_name_plural = "站点"
        ordering = ["unit__path"]
        indexes = [models.Index(fields=["completed_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(completed_on=None) | Q(closed_on__gte=F("completed_on")),
                name="station_closed_after_completed",
            ),
            models.CheckConstraint(
                condition=Q(area_square_metres=None) | Q(area_square_metres__gt=0), name="station_area_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.unit.name


class StatusSpell(models.Model):
    """A status from one day until the next begins. Spells of a station neither overlap nor leave gaps."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="spells", verbose_name="站点")
    status = models.CharField("状态", max_length=10, choices=StationStatus.choices)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="下一状态起始日，不含；空：至今")
    note = models.CharField("说明", max_length=200, blank=True)
    # Empty on spells of before these were kept.
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)

    objects = dated("station__unit__path").as_manager()

    class Meta:
        verbose_name = "站点状态"
        verbose_name_plural = "站点状态"
        ordering = ["station", "starts_on", "id"]
        indexes = [models.Index(fields=["status", "starts_on", "ends_on", "station"])]
        constraints = [
            models.UniqueConstraint(fields=["station"], condition=Q(ends_on=None), name="station_one_current_status"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="spell_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.starts_on}"


class DimensionState(models.Model):
    """Whether a station meets one of the four dimensions (R3), from one day until the next check."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="dimension_states", verbose_name="站点")
    dimension = models.CharField("维度", max_length=12, choices=Dimension.choices)
    met = models.BooleanField("达标")
    starts_on = models.DateField("检查日期")
    ends_on = models.DateField("失效日期", null=True, blank=True, help_text="下一次检查日，不含")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = dated("station__unit__path").as_manager()

    class Meta:
        verbose_name = "建设标准检查"
        verbose_name_plural = "建设标准检查"
        ordering = ["station", "dimension", "starts_on", "id"]
        indexes = [models.Index(fields=["met", "starts_on", "ends_on", "dimension", "station"])]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "dimension"], condition=Q(ends_on=None), name="dimension_one_current_state"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="dimension_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()} {'达标' if self.met else '未达标'}"
