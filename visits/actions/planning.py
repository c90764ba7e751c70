"""Planning: everyone with a follow-up level has one open visit, due by the interval of the level.

`plan` makes that true for some files, whatever happened to them; it may run at any time, and again. It is called when a
visit was made, a level set, a file opened, moved, closed or merged (visits.receivers), and for all files once a day
(`plan_all`). It leaves no audit events: what it follows from has its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from clients.models import Client, FileSpell, LevelSpell
from clients.queries.consent import refusing
from clients.queries.registered import registered_as
from clients.vocabulary import FocusGroup, focus_groups
from common.paths import within
from services.models import Method, ServiceClient
from stations import stale
from visits.actions.locks import lock_files
from visits.models import BatchState, Source, Visit, VisitAttempt, VisitState
from visits.rules import Intervals, Standing, counts_from
from visits.vocabulary import FOCUS

PLAN = "visits.plan"  # the task of visits.tasks
CHUNK = 1000  # files in one set of statements

MERGED = "档案已并入档案"  # and its number
CLOSED, WITHDRAWN, NO_LEVEL = "档案已关闭", "服务对象已撤回服务同意", "已不设跟进级别"
MOVED, RELEVELLED, RULED, REPLANNED = (
    "档案已转到其他站点",
    "跟进级别已调整",
    "探访间隔规定有变化",
    "已按最近一次探访重新排期",
)


@dataclass
class File:
    """What planning knows of one file on a day."""

    key: int
    born_on: date | None
    is_demo: bool
    merged_into: int | None
    gone: str = ""  # why nobody is to be visited, in words
    station: int = 0
    path: str = ""
    standing: Standing | None = None
    focus: frozenset[FocusGroup] = frozenset()


@dataclass
class Changes:
    """What is to be written, and from which day figures of a station move."""

    cancelled: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    removed: list[int] = field(default_factory=list)
    moved: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # station → visits
    marked: dict[frozenset[FocusGroup], list[int]] = field(default_factory=lambda: defaultdict(list))
    planned: list[Visit] = field(default_factory=list)
    since: dict[int, date] = field(default_factory=dict)

    def touch(self, station: int, *days: date) -> None:
        self.since[station] = min([*days, self.since[station]] if station in self.since else days)


def plan_all(today: date | None = None) -> Counter[str]:
    """Every file that has a level or an open visit. A fixed number of statements for each CHUNK of them."""
    today = today or timezone.localdate()
    intervals = Intervals.on(today)
    done: Counter[str] = Counter()
    for keys in _chunks():
        done += plan(keys, today=today, intervals=intervals)
    return done


def _chunks() -> Iterator[list[int]]:
    waiting = Visit.objects.open().filter(client=OuterRef("pk"))
    rows = Client.objects.filter(Q(level__isnull=False, closed_on=None) | Exists(waiting)).order_by("pk")
    after = 0
    while keys := list(rows.filter(pk__gt=after).values_list("pk", flat=True)[:CHUNK]):
        yield keys
        after = keys[-1]


@transaction.atomic
def plan(keys: Iterable[int], *, today: date | None = None, intervals: Intervals | None = None) -> Counter[str]:
    """Bring the open visits of these files in line with what is known today; counts of what was done, by word."""
    keys = sorted(set(keys))
    today = today or timezone.localdate()
    lock_files(keys)
    files = _files(keys, today)
    held = Visit.objects.open().filter(client__in=keys).select_for_update(of=("self",)).select_related("batch__unit")
    tried = Exists(VisitAttempt.objects.filter(visit=OuterRef("pk")))
    visits: dict[int, list[Any]] = defaultdict(list)
    for visit in held.annotate(tried=tried).order_by("pk"):
        visits[visit.client_id].append(visit)
    if intervals is None and any(file.standing for file in files.values()):
        intervals = Intervals.on(today)
    changes = Changes()
    for key, file in files.items():
        _keep_true(changes, file, visits[key], intervals, today)
    return _write(changes, today)


# ---- what is known --------------------------------------------------------------------------------------------------


def _files(keys: list[int], today: date) -> dict[int, File]:
    """Seven queries, whatever the number of files."""
    columns = ("pk", "born_on", "is_demo", "merged_into", "anonymised_at")
    files = {}
    for pk, born_on, is_demo, merged_into, anonymised_at in Client.objects.filter(pk__in=keys).values_list(*columns):
        files[pk] = File(pk, born_on, is_demo, merged_into, gone=CLOSED if anonymised_at else "")
        if merged_into:
            files[pk].gone = f"{MERGED} {merged_into}"
    kept = FileSpell.objects.at(today).filter(client__in=keys)
    spells = {
        client: (station, path, opened)
        for client, station, path, opened in kept.values_list(
            "client_id", "station_id", "station__unit__path", "starts_on"
        )
    }
    levels = {
        client: (level, since)
        for client, level, since in LevelSpell.objects.at(today)
        .filter(client__in=keys)
        .values_list("client_id", "level", "starts_on")
    }
    refused = refusing(keys)
    visited = last_visited(keys)
    registered = registered_as(keys, today)
    for key, file in files.items():
        if key not in spells:
            file.gone = file.gone or CLOSED
        elif key in refused:
            file.gone = file.gone or WITHDRAWN
        if file.gone:
            continue
        file.station, file.path, opened = spells[key]
        file.focus = focus_groups(registered[key], file.born_on, today)
        if key in levels:
            level, since = levels[key]
            file.standing = Standing(level, opened, since, visited.get(key))
    return files


def last_visited(keys: Iterable[int]) -> dict[int, date]:
    """Person → the day of their last service of method VISIT that counts, over all their files. One query."""
    rows = ServiceClient.objects.valid().filter(person__in=list(keys), service__method=Method.VISIT)
    return dict(rows.order_by().values("person").annotate(last=Max("service__ends_on")).values_list("person", "last"))


# ---- what follows ---------------------------------------------------------------------------------------------------


def _keep_true(changes: Changes, file: File, visits: list[Any], intervals: Intervals | None, today: date) -> None:
    wanted = None
    if file.standing and intervals:
        wanted = intervals.due(file.path, file.standing)
    level_kept = False
    for visit in visits:
        reason = file.gone
        if not reason and visit.source == Source.LEVEL:
            reason = _outdated(visit, file, wanted.due if wanted else None)
            level_kept = level_kept or not reason
        elif not reason and visit.source == Source.BATCH and not within(file.path, visit.batch.unit.path):
            reason = MOVED
        if reason:
            _cancel(changes, visit, reason, today)
            continue
        if visit.station_id != file.station:
            changes.moved[file.station].append(visit.pk)
            changes.touch(visit.station_id, visit.due_on, visit.planned_on)
            changes.touch(file.station, visit.due_on, visit.planned_on)
        if {group for group in FOCUS if getattr(visit, group)} != {group.value for group in file.focus}:
            changes.marked[file.focus].append(visit.pk)
            changes.touch(file.station, visit.due_on, today)
    if wanted and file.standing and not level_kept:
        visit = Visit(
            client_id=file.key,
            station_id=file.station,
            source=Source.LEVEL,
            level=file.standing.level,
            planned_on=today,
            counts_from=counts_from(file.standing),
            lapses_on=wanted.due,
            is_demo=file.is_demo,
            **{group.value: True for group in file.focus},
        )
        visit.judge_by(wanted)
        changes.planned.append(visit)
        changes.touch(file.station, visit.due_on, today)


def _outdated(visit: Visit, file: File, due: date | None) -> str:
    """Why the open visit of a level is no longer the right one, in words; "" when it is."""
    if file.standing is None:
        return NO_LEVEL
    if visit.station_id != file.station:
        return MOVED
    if visit.level != file.standing.level:
        return RELEVELLED
    if due is None:
        return RULED
    if visit.lapses_on == due:
        return ""
    return RULED if visit.counts_from == counts_from(file.standing) else REPLANNED


def _cancel(changes: Changes, visit: Any, reason: str, today: date) -> None:
    """What was planned on the same day and never acted on leaves no trace."""
    if visit.source == Source.LEVEL and visit.planned_on == today and not visit.tried:
        changes.removed.append(visit.pk)
    else:
        changes.cancelled[reason].append(visit.pk)
    changes.touch(visit.station_id, visit.due_on, visit.planned_on)


def _write(changes: Changes, today: date) -> Counter[str]:
    """A statement for each reason and group of rows; new visits in one. A planner that came first is left its row."""
    if changes.removed:
        Visit.objects.filter(pk__in=changes.removed).delete()
    for reason, keys in changes.cancelled.items():
        Visit.objects.filter(pk__in=keys).update(state=VisitState.CANCELLED, closed_on=today, reason=reason[:200])
    for station, keys in changes.moved.items():
        Visit.objects.filter(pk__in=keys).update(station=station, worker=None)
    for focus, keys in changes.marked.items():
        values = {group.value: group in focus for group in FocusGroup}
        Visit.objects.filter(pk__in=keys).update(**values)
    Visit.objects.bulk_create(changes.planned, ignore_conflicts=True)
    stale.mark_all({station: stale.months_since(day) for station, day in changes.since.items()})
    return Counter(
        planned=len(changes.planned),
        cancelled=len(changes.removed) + sum(map(len, changes.cancelled.values())),
    )


@transaction.atomic
def take_up(visits: Any) -> int:
    """Open again those of the visits that planning itself cancelled, for people who are to be visited after all; how
    many. Those of a level are planned anew, and a batch that ended stays ended. What a worker cancelled stays so."""
    itself = Q(reason__in=[CLOSED, WITHDRAWN, MOVED]) | Q(reason__startswith=MERGED)
    lasting = Q(batch=None) | Q(batch__state=BatchState.RUNNING)
    rows = visits.filter(itself, lasting, state=VisitState.CANCELLED).exclude(source=Source.LEVEL)
    found = list(rows.values_list("pk", "station_id", "planned_on"))
    Visit.objects.filter(pk__in=[pk for pk, _, _ in found]).update(state=VisitState.OPEN, closed_on=None, reason="")
    since: dict[int, date] = {}
    for _, station, planned_on in found:
        since[station] = min(planned_on, since.get(station, planned_on))
    stale.mark_all({station: stale.months_since(day) for station, day in since.items()})
    return len(found)


@transaction.atomic
def close_file(key: int, today: date | None = None) -> None:
    """The file is being closed: nobody is to visit the person any more."""
    today = today or timezone.localdate()
    lock_files([key])
    changes = Changes()
    tried = Exists(VisitAttempt.objects.filter(visit=OuterRef("pk")))
    for visit in Visit.objects.open().filter(client=key).annotate(tried=tried):
        _cancel(changes, visit, CLOSED, today)
    _write(changes, today)
