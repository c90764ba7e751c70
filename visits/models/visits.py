"""A visit that was planned, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When

from accounts.models import User
from clients.gate import SupervisedModel, SupervisedQuerySet
from clients.models import Client
from clients.vocabulary import LEVELS, FocusGroup
from policies.deadlines import is_past
from policies.models import Judged
from services.models import ServiceRecord
from stations.models import Station, Worker
from visits.models.batches import VisitBatch
from visits.vocabulary import FOCUS, AttemptReason, Condition, Source, VisitState

NO_FOCUS = Q(**dict.fromkeys(FOCUS, False))


def late(day: date) -> Q:
    """Made after its day, or open after it (as Visit.is_late)."""
    made = Q(state=VisitState.MADE, closed_on__gt=F("due_on"))
    return made | Q(state=VisitState.OPEN, due_on__lt=day)


class VisitQuerySet(SupervisedQuerySet):
    """Words that lists and figures share. Days may be dates or expressions."""

    def open(self) -> Self:
        return self.filter(state=VisitState.OPEN)

    def standing_at(self, day: Any) -> Self:
        """Planned by `day` and not yet made, given up or cancelled then."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), planned_on__lte=day)

    def due_between(self, first: Any, last: Any) -> Self:
        """Due on some day from `first` to `last`, but for those cancelled."""
        return self.filter(due_on__gte=first, due_on__lte=last).exclude(state=VisitState.CANCELLED)

    def made_between(self, first: Any, last: Any) -> Self:
        return self.filter(state=VisitState.MADE, closed_on__gte=first, closed_on__lte=last)

    def unreachable_between(self, first: Any, last: Any) -> Self:
        """Given up since the person could not be reached."""
        return self.filter(state=VisitState.UNREACHABLE, closed_on__gte=first, closed_on__lte=last)

    def overdue_at(self, day: Any) -> Self:
        """Due before `day` and still standing then."""
        return self.standing_at(day).filter(due_on__lt=day)

    def made_late(self) -> Self:
        """Made after the due day."""
        return self.filter(state=VisitState.MADE, closed_on__gt=F("due_on"))

    def over_interval_at(self, day: Any) -> Self:
        """One row for each person whose level asked for a visit before `day` that has not been made. A visit given up
        as unreachable does not begin the interval anew."""
        return self.standing_at(day).filter(source=Source.LEVEL, lapses_on__lt=day)

    def of_focus(self, group: str | FocusGroup) -> Self:
        return self.filter(**{str(FocusGroup(group).value): True})

    def in_focus(self) -> Self:
        """Of people in any of 一老一小一孤一困."""
        return self.exclude(NO_FOCUS)

    def of_worker(self, user: User) -> Self:
        """Those that the user is to make as a worker, and those that nobody in particular is."""
        return self.filter(Q(worker=None) | Q(worker__user=user))

    def without_result(self) -> Self:
        """Made, and nothing is written of it yet."""
        return self.filter(state=VisitState.MADE, condition="")

    def urgent_first(self, day: date) -> Self:
        """People of the focus groups over their interval, then what is overdue, then the rest; each by due day."""
        over = Q(source=Source.LEVEL, lapses_on__lt=day, state=VisitState.OPEN)
        late = Q(due_on__lt=day, state=VisitState.OPEN)
        rank = Case(
            When(over & ~NO_FOCUS, then=Value(0)),
            When(late, then=Value(1)),
            When(state=VisitState.OPEN, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
        return self.alias(rank=rank).order_by("rank", "due_on", "pk")


class Visit(SupervisedModel, Judged):
    """One visit to one person. Never deleted once a day has passed: made, unreachable or cancelled.

    `due_on` with its reason and provision is judged when the visit is planned (policies.kinds.visits), or the day that
    a batch or a worker sets. `planned_on`: since when it is asked for. `counts_from`: the first day on which a service
    makes it. `lapses_on`: for a level, the last day of the interval since the person was last visited.
    """

    audit_private: ClassVar[frozenset[str]] = frozenset({"ask", "reason", "needs", "next_step", "condition"})

    client = models.ForeignKey(Client, models.PROTECT, related_name="visits", verbose_name="服务对象")
    station = models.ForeignKey(Station, models.PROTECT, related_name="visits", verbose_name="站点")
    source = models.CharField("来源", max_length=8, choices=Source.choices)
    batch = models.ForeignKey(
        VisitBatch, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="探访任务"
    )
    level = models.PositiveSmallIntegerField("跟进级别", null=True, blank=True, choices=[(n, f"{n}级") for n in LEVELS])
    due_on = models.DateField("应访日期")
    planned_on = models.DateField("安排日期")
    counts_from = models.DateField("可计日期", editable=False)
    lapses_on = models.DateField("间隔届满", null=True, blank=True, editable=False)
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="探访社工"
    )
    ask = models.CharField("探访要点", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=VisitState.choices, default=VisitState.OPEN)
    closed_on = models.DateField("完成日期", null=True, blank=True)  # made, given up or cancelled
    reason = models.CharField("说明", max_length=200, blank=True)  # unreachable or cancelled
    record = models.ForeignKey(
        ServiceRecord, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="服务记录"
    )
    condition = models.CharField("对象状况", max_length=10, choices=Condition.choices, blank=True)
    needs = models.TextField("发现的需求", max_length=500, blank=True)
    next_step = models.CharField("下一步", max_length=200, blank=True)
    # The focus groups of the person, kept true while the visit is open; they stay when the file is anonymised.
    elderly = models.BooleanField(FocusGroup.ELDERLY.label, default=False, editable=False)
    children = models.BooleanField(FocusGroup.CHILDREN.label, default=False, editable=False)
    orphans = models.BooleanField(FocusGroup.ORPHANS.label, default=False, editable=False)
    hardship = models.BooleanField(FocusGroup.HARDSHIP.label, default=False, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="安排人")
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "探访"
        verbose_name_plural = "探访"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["station", "state", "due_on"]),
            models.Index(fields=["station", "closed_on"]),
            models.Index(fields=["due_on", "station"]),
            models.Index(fields=["closed_on", "station"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(state=VisitState.OPEN, source=Source.LEVEL),
                name="visit_one_open_of_level",
            ),
            models.UniqueConstraint(fields=["batch", "client"], name="visit_once_in_batch"),
            models.CheckConstraint(
                condition=Q(source=Source.BATCH, batch__isnull=False) | ~Q(source=Source.BATCH) & Q(batch=None),
                name="visit_batch_by_source",
            ),
            models.CheckConstraint(
                condition=Q(source=Source.LEVEL, level__isnull=False, level__in=LEVELS, lapses_on__isnull=False)
                | ~Q(source=Source.LEVEL) & Q(level=None, lapses_on=None),
                name="visit_level_by_source",
            ),
            models.CheckConstraint(
                condition=Q(state=VisitState.OPEN, closed_on=None)
                | ~Q(state=VisitState.OPEN) & Q(closed_on__isnull=False),
                name="visit_closed_with_day",
            ),
            models.CheckConstraint(
                condition=Q(state=VisitState.MADE, record__isnull=False) | ~Q(state=VisitState.MADE) & Q(record=None),
                name="visit_made_by_record",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[VisitState.UNREACHABLE, VisitState.CANCELLED]) & ~Q(reason="")
                | Q(state__in=[VisitState.OPEN, VisitState.MADE], reason=""),
                name="visit_given_up_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=VisitState.MADE) | Q(condition="", needs="", next_step=""),
                name="visit_result_when_made",
            ),
        ]

    def __str__(self) -> str:
        return f"档案 {self.client_id} · {self.due_on} 探访"

    @property
    def audit_label(self) -> str:
        return f"探访 {self.pk}（档案 {self.client_id}）"

    @property
    def is_open(self) -> bool:
        return self.state == VisitState.OPEN

    @property
    def focus_words(self) -> list[str]:
        return [str(group.label) for group in FocusGroup if getattr(self, group.value)]

    def is_late(self, today: date) -> bool:
        """Made after its day, or still open after it. A visit that was given up is not late."""
        if self.state == VisitState.MADE:
            return self.closed_on is not None and is_past(self.due_on, self.closed_on)
        return self.is_open and is_past(self.due_on, today)

    def over_interval(self, today: date) -> bool:
        return self.is_open and self.lapses_on is not None and is_past(self.lapses_on, today)


class OfVisitQuerySet(SupervisedQuerySet):
    gate = "visit__station__unit__path"
    station = "visit__station"


class VisitAttempt(SupervisedModel, models.Model):
    """Somebody went or called, and the person was not reached. One a day."""

    audit_private: ClassVar[frozenset[str]] = frozenset({"note"})

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="attempts", verbose_name="探访")
    on = models.DateField("日期")
    reason = models.CharField("原因", max_length=12, choices=AttemptReason.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = "探访未遇"
        verbose_name_plural = "探访未遇"
        ordering = ["visit", "on", "id"]
        constraints = [models.UniqueConstraint(fields=["visit", "on"], name="visit_attempt_once_a_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.get_reason_display()}"

    @property
    def supervised_station_id(self) -> int:
        return self.visit.station_id
