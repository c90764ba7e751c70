"""Yearly plans with milestones, acceptances with a few failed first rounds, titles of demonstration rooms."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from accounts.actions import add_unit
from accounts.models import Level, OrgUnit, User
from common.paths import below
from policies.models import PolicyDocument
from reporting.demo import MARK
from stations.models import (
    Acceptance,
    AcceptanceItem,
    BuildingPlan,
    Milestone,
    MilestoneKind,
    RoomTitle,
    Station,
    StationKind,
    StationStatus,
    StatusSpell,
    TitleState,
)
from stations.queries.checklist import ChecklistItem, checklist

JINZHONG, LANZHOU, YUCI = "140700000000", "620100000000", "140702000000"
JINZHONG_PAPER = "市民函〔2023〕28号"
LANZHOU_PAPER = "《兰州市2023年乡镇（街道）、城乡社区社会工作服务站（室）建设实施方案》"
FAILED_FIRST = 9  # stations whose first round of acceptance failed
SHORT = ("功能室", "流程图", "一人一档", "制度")  # what was missing then: parts of the items' words
_S = StationStatus

# name, due (month, day), done (month, day) or None
Steps = tuple[tuple[str, tuple[int, int], tuple[int, int] | None], ...]
STEPS_2023: Steps = (
    ("召开部署会，分解建设任务", (5, 31), (5, 26)),
    ("完成选址，落实场地", (7, 31), (8, 4)),
    ("完成驻站社工招聘和岗前培训", (10, 31), (10, 20)),
)
STEPS_NOW: Steps = (
    ("印发年度建设计划", (3, 31), (3, 27)),
    ("社工站规范化建设检查", (9, 30), None),
    ("全年建设总结", (12, 20), None),
)


def build_building(rng: Random, today: date, users: dict[str, User]) -> None:
    """After places, rooms and sign-ins: everything of building that hangs on them."""
    _new_rooms(rng, today)
    _acceptances(rng, {YUCI: users["yuci"], "140781000000": users["county"]})
    _titles(rng, today)
    _plans(today, users)


# ---- acceptances ----------------------------------------------------------------------------------------------------


def _acceptances(rng: Random, officials: dict[str, User]) -> None:
    """A passed round for each ACCEPTED spell; before a few of them a failed one."""
    spells = list(
        StatusSpell.objects.filter(status=_S.ACCEPTED).select_related("station__unit").order_by("station__unit__path")
    )
    by_county = {OrgUnit.objects.get(code=code).path: user for code, user in officials.items()}
    completed = dict(StatusSpell.objects.filter(status=_S.COMPLETED).values_list("station", "starts_on"))
    slow = [spell for spell in spells if (spell.starts_on - completed[spell.station_id]).days >= 3]
    failing = {spell.pk for spell in rng.sample(slow, min(FAILED_FIRST, len(slow)))}
    checklists: dict[str, list[ChecklistItem]] = {}
    rounds: list[Acceptance] = []
    items: list[AcceptanceItem] = []
    for spell in spells:
        county = spell.station.unit.path[:16]
        if county not in checklists:
            checklists[county] = checklist(county, spell.starts_on)
        by = by_county.get(county)
        first = spell.pk in failing
        if first:
            held_on = completed[spell.station_id] + timedelta(days=1)
            rounds.append(_failed(spell.station, 1, held_on, spell.starts_on, by))
            items += _items(rounds[-1], checklists[county], short=rng.choice(SHORT))
        rounds.append(_passed(spell, 2 if first else 1, by))
        items += _items(rounds[-1], checklists[county])
    Acceptance.objects.bulk_create(rounds, batch_size=500)
    AcceptanceItem.objects.bulk_create(items, batch_size=1000)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(15, 40), tzinfo=timezone.get_default_timezone())


def _passed(spell: StatusSpell, number: int, by: User | None) -> Acceptance:
    return Acceptance(
        station=spell.station,
        round=number,
        held_on=spell.starts_on,
        passed=True,
        members=f"区县民政局社工科、乡镇（街道）社会事务办{MARK}",
        comments=f"对照验收内容逐项核对，符合要求，同意验收{MARK}。",
        spell=spell,
        recorded_by=by,
        recorded_at=_at(spell.starts_on),
    )


def _failed(station: Station, number: int, held_on: date, correct_by: date, by: User | None) -> Acceptance:
    return Acceptance(
        station=station,
        round=number,
        held_on=held_on,
        passed=False,
        members=f"区县民政局社工科、乡镇（街道）社会事务办{MARK}",
        comments=f"个别内容不到位，请按期整改后再次验收{MARK}。",
        correct_by=correct_by,
        recorded_by=by,
        recorded_at=_at(held_on),
    )


def _items(acceptance: Acceptance, wanted: list[ChecklistItem], short: str = "") -> list[AcceptanceItem]:
    """One row for each item; those whose words hold `short` were not met."""
    rows = []
    for position, item in enumerate(wanted, 1):
        met = not (short and short in item.label)
        rows.append(
            AcceptanceItem(
                acceptance=acceptance,
                position=position,
                label=item.label,
                necessary=item.necessary,
                met=met,
                comment="" if met else f"尚未配齐{MARK}",
                provision=item.provision,
            )
        )
    return rows


# ---- rooms ----------------------------------------------------------------------------------------------------------


def _new_rooms(rng: Random, today: date) -> None:
    """Three rooms of 城关区 in this year's work: planned, building, and completed but failed at acceptance."""
    from_year = date(today.year, 3, 1)
    if (today - from_year).days < 150:
        from_year = date(today.year - 1, 3, 1)
    chengguan = OrgUnit.objects.get(code="620102000000")
    free = OrgUnit.objects.under(chengguan).live(today).filter(level=Level.TOWNSHIP, is_virtual=False)
    taken = Station.objects.filter(kind=StationKind.ROOM).values("unit__parent")
    towns = rng.sample(list(free.exclude(pk__in=taken).order_by("path")), 3)
    for number, town in enumerate(towns):
        unit = add_unit(parent=town, name=f"{town.name}社区社工室{MARK}", opened_on=from_year)
        room = Station(unit=unit, kind=StationKind.ROOM, is_demo=True)
        steps = [(_S.PLANNED, from_year), (_S.BUILDING, from_year + timedelta(days=40))][: 1 + min(number, 1)]
        if number == 2:
            steps.append((_S.COMPLETED, from_year + timedelta(days=120)))
            room.completed_on = steps[-1][1]
        room.save(force_insert=True)
        ends = [day for _, day in steps[1:]] + [None]
        StatusSpell.objects.bulk_create(
            StatusSpell(station=room, status=status, starts_on=day, ends_on=end)
            for (status, day), end in zip(steps, ends, strict=True)
        )
        if room.completed_on:
            failed = _failed(
                room, 1, room.completed_on + timedelta(days=4), room.completed_on + timedelta(days=34), None
            )
            failed.save()
            AcceptanceItem.objects.bulk_create(_items(failed, checklist(unit.path, failed.held_on), "制度"))


def _titles(rng: Random, today: date) -> None:
    """The rooms of before bear the title of the year in which they were built; a few apply again this year."""
    rooms = list(
        Station.objects.filter(kind=StationKind.ROOM, completed_on__year__lte=2023)
        .select_related("unit")
        .order_by("pk")
    )
    titles = []
    for number, room in enumerate(rooms):
        built = room.completed_on or today
        decided = built + timedelta(days=20)
        lost = number in (7, 21)
        titles.append(
            RoomTitle(
                room=room,
                year=built.year,
                state=TitleState.WITHDRAWN if lost else TitleState.GRANTED,
                applied_on=built + timedelta(days=6),
                statement=f"场地、人员、制度齐备，每周开展社区服务{MARK}。",
                decided_on=decided,
                comment=f"达到示范要求{MARK}",
                withdrawn_on=date(2025, 6, 30) if lost else None,
                reason=f"场地改作他用{MARK}" if lost else "",
            )
        )
    for number, room in enumerate(rng.sample(rooms, 4)):
        applied = date(today.year, 1, 8) + timedelta(days=3 * number)
        if applied > today:
            continue
        refused = number == 3
        titles.append(
            RoomTitle(
                room=room,
                year=today.year,
                state=TitleState.REFUSED if refused else TitleState.APPLIED,
                applied_on=applied,
                statement=f"本年服务面扩大到两个社区，申请复评{MARK}。",
                decided_on=applied if refused else None,
                comment=f"服务记录不足半年，请补充后再申请{MARK}" if refused else "",
            )
        )
    RoomTitle.objects.bulk_create(titles, batch_size=500)


# ---- plans ----------------------------------------------------------------------------------------------------------


def _plans(today: date, users: dict[str, User]) -> None:
    jinzhong, lanzhou, yuci = (OrgUnit.objects.get(code=code) for code in (JINZHONG, LANZHOU, YUCI))
    papers = {document.number: document for document in PolicyDocument.objects.filter(is_default=False)}
    city, other, county = users["city"], users["lanzhou"], users["yuci"]
    year = today.year

    plan = _plan(jinzhong, 2023, papers.get(JINZHONG_PAPER), city)
    counted = [_counted(plan, jinzhong, "全市建成", _S.COMPLETED, _due(jinzhong, today), date(2023, 12, 31))]
    for area in _due_2023(jinzhong, today):
        counted.append(_counted(plan, area, f"{area.name}建成", _S.COMPLETED, _due(area, today), date(2023, 12, 31)))
    counted.append(_counted(plan, jinzhong, "全市验收", _S.ACCEPTED, _due(jinzhong, today), date(2024, 1, 31)))
    Milestone.objects.bulk_create([*counted, *_steps(plan, STEPS_2023, city, today)])

    plan = _plan(lanzhou, 2023, papers.get(LANZHOU_PAPER), other)
    rooms = _counted(plan, lanzhou, "新增示范社区社工室", _S.COMPLETED, 14, date(2023, 12, 31), StationKind.ROOM)
    rooms.within_year = True
    stations = _counted(plan, lanzhou, "全市建成", _S.COMPLETED, 110, date(2023, 12, 31))
    Milestone.objects.bulk_create([stations, rooms, *_steps(plan, STEPS_2023, other, today)])

    plan = _plan(jinzhong, year, None, city)
    whole = _counted(plan, jinzhong, "保持全覆盖", _S.COMPLETED, _due(jinzhong, today), date(year, 12, 31))
    Milestone.objects.bulk_create([whole, *_steps(plan, STEPS_NOW, city, today)])

    plan = _plan(lanzhou, year, None, other)
    rooms = _counted(plan, lanzhou, "新增社区社工室", _S.ACCEPTED, 3, date(year, 12, 31), StationKind.ROOM)
    rooms.within_year = True
    Milestone.objects.bulk_create([rooms, *_steps(plan, STEPS_NOW, other, today)])

    plan = _plan(yuci, year, None, county)
    again = _counted(plan, yuci, "晋华街道社工站重建，全区建成", _S.COMPLETED, _due(yuci, today), date(year, 12, 31))
    chosen = ("晋华街道社工站新址选定", (10, 15), (10, 13))
    contract = ("晋华街道社工站装修合同签订", (11, 10), None)
    Milestone.objects.bulk_create([again, *_steps(plan, (chosen, contract), county, today)])


def _plan(unit: OrgUnit, year: int, document: PolicyDocument | None, by: User) -> BuildingPlan:
    title = f"{unit.name}{year}年乡镇（街道）社工站建设计划{MARK}"
    return BuildingPlan.objects.create(unit=unit, year=year, title=title, document=document, recorded_by=by)


def _counted(
    plan: BuildingPlan,
    unit: OrgUnit,
    words: str,
    status: StationStatus,
    count: int,
    due_on: date,
    kind: StationKind = StationKind.STATION,
) -> Milestone:
    return Milestone(
        plan=plan,
        name=f"{words} {count} 个{kind.label}",
        due_on=due_on,
        unit=unit,
        responsible="社工科",
        kind=MilestoneKind.COUNTED,
        count=count,
        status=status,
        station_kind=kind,
        recorded_by=plan.recorded_by,
    )


def _steps(plan: BuildingPlan, steps: Steps, by: User, today: date) -> list[Milestone]:
    rows = []
    for name, due, done in steps:
        done_on = date(plan.year, *done) if done and date(plan.year, *done) <= today else None
        rows.append(
            Milestone(
                plan=plan,
                name=name,
                due_on=date(plan.year, *due),
                unit=plan.unit,
                responsible="社工科",
                kind=MilestoneKind.STEP,
                done_on=done_on,
                done_note=f"已完成{MARK}" if done_on else "",
                done_by=by if done_on else None,
                recorded_by=by,
            )
        )
    return rows


def _due(unit: OrgUnit, today: date) -> int:
    """Live townships and streets of the unit."""
    return OrgUnit.objects.under(unit).live(today).filter(level=Level.TOWNSHIP, is_virtual=False).count()


def _due_2023(city: OrgUnit, today: date) -> list[OrgUnit]:
    """The six counties of Jinzhong that clause 二 names for 2023."""
    names = ("榆次", "太谷", "祁", "左权", "昔阳", "榆社")
    counties = OrgUnit.objects.filter(below("path", city.path), level=Level.COUNTY).live(today).order_by("path")
    return [unit for unit in counties if unit.name[:-1] in names]
