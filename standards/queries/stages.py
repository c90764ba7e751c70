"""Where stations stand with their stages on a day: rules, stages and answers of many stations in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Min

from accounts.models import OrgUnit
from policies.models import Provision, ProvisionKind
from policies.queries import RuleBook
from policies.stages import Stage, StageTask
from standards.models import StageSpell
from standards.stage_answers import ask
from standards.stages import Standing, TaskStanding, criterion, question_of
from stations.models import Station, StationKind, StationStatus, StatusSpell
from stations.queries.citations import source

Entered = tuple[Stage | None, date | None]


def standings(
    stations: Sequence[Station], on: date, *, book: RuleBook | None = None, whole: bool = False
) -> dict[int, Standing]:
    """Station → standing on `on`; join `unit`. `whole`: the tasks of all three stages, not only of its own.

    A fixed number of queries: two for the stages, two for the rules (none with a `book`), and what the answers take.
    """
    book = book or RuleBook.load([station.unit.path for station in stations])
    entered = stages_of(stations, on)
    rules: dict[int, dict[StageTask, list[Provision]]] = {}
    for station in stations:
        stage = entered[station.pk][0]
        wanted = {task for task in StageTask if whole or task.stage == stage}
        rules[station.pk] = _criteria(book, station.unit.path, on, wanted)
    asked = {question_of(row.parameters) for tasks in rules.values() for rows in tasks.values() for row in rows}
    found = ask(stations, asked, on)
    result = {}
    for station in stations:
        stage, since = entered[station.pk]
        named = _named(book, station.unit.path, on)
        tasks = {}
        for task, rows in rules[station.pk].items():
            criteria = tuple(
                criterion(row.parameters, found.get((station.pk, question_of(row.parameters))), source(row) or {})
                for row in rows
            )
            tasks[task] = TaskStanding(task, criteria, source(named.get(task)))
        result[station.pk] = Standing(stage, since, tasks)
    return result


def standing_of(station: Station, on: date) -> Standing:
    """One station with the tasks of all three stages."""
    return standings([station], on, whole=True)[station.pk]


def stages_of(stations: Sequence[Station], on: date) -> dict[int, Entered]:
    """Station → its stage on `on` and since when; (None, None) before it operates, once closed, and for rooms."""
    begun = StatusSpell.objects.filter(station__in=stations, status=StationStatus.OPERATING, starts_on__lte=on)
    first = dict(begun.order_by().values_list("station").annotate(day=Min("starts_on")))
    later = {row.station_id: row for row in StageSpell.objects.at(on).filter(station__in=stations)}
    found: dict[int, Entered] = {}
    for station in stations:
        closed = station.closed_on is not None and station.closed_on <= on
        if station.kind != StationKind.STATION or closed or station.pk not in first:
            found[station.pk] = (None, None)
        elif spell := later.get(station.pk):
            found[station.pk] = (Stage(spell.stage), spell.starts_on)
        else:
            found[station.pk] = (Stage.STARTING, first[station.pk])
    return found


def _criteria(book: RuleBook, path: str, on: date, wanted: set[StageTask]) -> dict[StageTask, list[Provision]]:
    """The criteria that govern, for each wanted task in order; an empty list where none does."""
    rows: dict[StageTask, list[Provision]] = {task: [] for task in StageTask if task in wanted}
    for row in book.all_provisions(ProvisionKind.STAGE_CRITERION, path, on):
        task = StageTask(row.parameters["task"])
        if task in rows:
            rows[task].append(row)
    return rows


def _named(book: RuleBook, path: str, on: date) -> dict[StageTask, Provision]:
    """Which provision names each task."""
    rows = book.all_provisions(ProvisionKind.STAGE_TASK, path, on)
    return {StageTask(row.parameters["task"]): row for row in rows}


def task_sources(unit: OrgUnit, on: date) -> Mapping[Stage, list[dict[str, str]]]:
    """Stage → the documents that name its tasks for the unit."""
    found: dict[Stage, dict[str, dict[str, str]]] = defaultdict(dict)
    for task, row in _named(RuleBook.load([unit.path]), unit.path, on).items():
        cited = source(row)
        if cited:
            found[task.stage].setdefault(cited["label"], cited)
    return {stage: list(rows.values()) for stage, rows in found.items()}


def tasks_in_force(
    unit: OrgUnit, on: date
) -> list[tuple[Stage, list[tuple[StageTask, Provision | None, list[Provision]]]]]:
    """What governs stations of the unit: each stage with its tasks, who names them, and their criteria."""
    book = RuleBook.load([unit.path])
    criteria = _criteria(book, unit.path, on, set(StageTask))
    named = _named(book, unit.path, on)
    return [
        (stage, [(task, named.get(task), criteria[task]) for task in StageTask if task.stage == stage])
        for stage in Stage
    ]
