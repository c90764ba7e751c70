"""Generated workers, marked 演示, with numbers of a region that does not exist (999999)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from common.citizen_numbers import born_on, check_digit, is_male
from common.encrypted import blind_index
from reporting.demo import MARK, SEED
from reporting.demo.certificates import build_certificates
from reporting.demo.places import Place
from stations.models import (
    Education,
    EmployerKind,
    Employment,
    Hosting,
    Language,
    LeavingReason,
    Sex,
    StationPosting,
    Worker,
    WorkerLanguage,
)

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (  # noqa: SIM905
    "秀英 丽娟 海燕 晓燕 志强 建国 文静 雪梅 国庆 红霞 春梅 玉兰 佳慧 思远 子涵 雨桐 晓东 永强 淑芬 彩霞 "
    "桂英 振华 晓霞 立新 美玲 俊杰 欣怡 慧敏 志刚 海涛 婷婷 丹丹 晓峰 润泽 国栋 素芳 瑞霞 亚楠 鹏飞 少华"
).split()
UNCERTIFIED_STATIONS = 9  # 持证率不高
PART_TIME_STATIONS = 7  # 工作人员非专职
UNDERSTAFFED_STATIONS = 8  # whose second worker left and has no successor
TRANSFERS = 5
REASONS = [LeavingReason.RESIGNED] * 5 + [LeavingReason.EXPIRED] * 3 + [LeavingReason.RETIRED, LeavingReason.OTHER]
NOTES = {LeavingReason.RESIGNED: "另谋职业", LeavingReason.OTHER: "随家属外迁"}
MAJORS = ["社会工作", "社会工作", "社会学", "心理学", "公共管理", "汉语言文学", "护理学", "会计学"]


@dataclass
class Plan:
    """A worker at a station from one day to another; `before`: the station from which they were transferred."""

    worker: Worker
    place: Place
    start: date
    end: date | None
    certified: bool
    full_time: bool
    before: Place | None = None
    moved_on: date | None = None


def _id_number(rng: Random, serial: int) -> str:
    born = date(1970, 1, 1) + timedelta(days=rng.randint(0, 32 * 365))
    first = f"999999{born:%Y%m%d}{serial % 1000:03d}"
    return first + check_digit(first)


def build_people(rng: Random, places: list[Place], today: date) -> dict[int, list[Worker]]:
    """Two to four workers for each station, some of them successors of one who left; station id → workers there now."""
    weak = rng.sample(range(len(places)), UNCERTIFIED_STATIONS + PART_TIME_STATIONS)
    uncertified, part_time = set(weak[:UNCERTIFIED_STATIONS]), set(weak[UNCERTIFIED_STATIONS:])
    plans: list[Plan] = []
    now: dict[int, list[Worker]] = {}
    numbers: set[str] = set()
    for index, place in enumerate(places):
        here: list[Worker] = []
        for _ in range(rng.choices([2, 3, 4], [3, 5, 2])[0]):
            worker = _worker(rng, place, len(numbers), numbers)
            certified = rng.random() < (0.25 if index in uncertified else 0.95)
            full_time = rng.random() < (0.3 if index in part_time else 0.97)
            start = place.completed_on + timedelta(days=rng.randint(-20, 15))
            if rng.random() < 0.08:  # a predecessor left
                left = start + timedelta(days=rng.randint(200, 500))
                before = _worker(rng, place, len(numbers), numbers)
                plans.append(Plan(before, place, start, left, True, full_time))
                start = left + timedelta(days=rng.randint(1, 30))
            plans.append(Plan(worker, place, start, None, certified, full_time))
            here.append(worker)
        now[place.station.pk] = here
    # A generator of its own for what was added later, so that the rest of the demo stays as it was.
    more = Random(f"{SEED}-people")
    _let_some_leave(more, plans, now, today)
    _transfer_some(more, plans, places, today)
    _insert(rng, more, plans)
    build_certificates(more, [(plan.worker, plan.start) for plan in plans if plan.certified], today)
    return now


def _worker(rng: Random, place: Place, serial: int, numbers: set[str]) -> Worker:
    number = _id_number(rng, serial)
    while number in numbers:
        number = _id_number(rng, serial)
    numbers.add(number)
    return Worker(
        unit=place.county,
        name=rng.choice(SURNAMES) + rng.choice(GIVEN) + MARK,
        id_number=number,
        id_number_index=blind_index(number),
        born_on=born_on(number),
        sex=Sex.MALE if is_male(number) else Sex.FEMALE,
        phone=f"000{rng.randint(10000000, 99999999)}",
        is_demo=True,
    )


def _let_some_leave(rng: Random, plans: list[Plan], now: dict[int, list[Worker]], today: date) -> None:
    """One of two workers of some stations left before the months of services; the stations are short since then."""
    pairs = [plan for plan in plans if plan.end is None and len(now[plan.place.station.pk]) == 2]
    seconds = [plan for plan in pairs if now[plan.place.station.pk][1] is plan.worker]
    for plan in rng.sample(seconds[8:], UNDERSTAFFED_STATIONS):
        plan.end = today - timedelta(days=rng.randint(225, 300))
        now[plan.place.station.pk].remove(plan.worker)


def _transfer_some(rng: Random, plans: list[Plan], places: list[Place], today: date) -> None:
    """Some came from another station of their county, which stood already."""
    by_county: dict[int, list[Place]] = {}
    for place in places:
        by_county.setdefault(place.county.pk, []).append(place)
    found = 0
    for plan in rng.sample(plans, len(plans)):
        others = [
            place for place in by_county[plan.place.county.pk]
            if place is not plan.place and place.completed_on < plan.start
        ]  # fmt: skip
        moved_on = plan.start + timedelta(days=rng.randint(150, 400))
        if plan.end is None and others and moved_on < today - timedelta(days=300):
            plan.before, plan.moved_on = rng.choice(others), moved_on
            found += 1
        if found == TRANSFERS:
            return


def _insert(rng: Random, more: Random, plans: list[Plan]) -> None:
    for plan in plans:
        education = more.choices(Education.values, [4, 34, 52, 9, 0.3])[0]
        plan.worker.education, plan.worker.major = education, more.choice(MAJORS)
    Worker.objects.bulk_create([plan.worker for plan in plans], batch_size=500)
    employments: list[Employment] = []
    postings: list[StationPosting] = []
    languages: list[WorkerLanguage] = []
    for plan in plans:
        reason = more.choice(REASONS) if plan.end else ""
        ended = {"end_reason": reason, "end_note": NOTES.get(reason, "") if reason else ""}  # type: ignore[call-overload]
        by_agency = plan.place.station.hosting != Hosting.TOWNSHIP
        employments.append(
            Employment(
                worker=plan.worker,
                employer_kind=EmployerKind.AGENCY if by_agency else EmployerKind.TOWNSHIP,
                employer_name=plan.place.station.host_name if by_agency else plan.place.township.name,
                full_time=plan.full_time,
                starts_on=plan.start,
                ends_on=plan.end,
                **ended,
            )
        )
        postings += _postings(plan, ended)
        languages += [
            WorkerLanguage(worker=plan.worker, language=language)
            for language, chance in ((Language.MANDARIN, 1.0), (Language.DIALECT, 0.6), (Language.SIGN, 0.02))
            if more.random() < chance
        ]
    Employment.objects.bulk_create(employments, batch_size=500)
    StationPosting.objects.bulk_create(postings, batch_size=500)
    WorkerLanguage.objects.bulk_create(languages, batch_size=500)


def _postings(plan: Plan, ended: dict[str, str]) -> list[StationPosting]:
    since, first = plan.start, []
    if plan.before and plan.moved_on:
        first = [
            StationPosting(
                worker=plan.worker,
                station=plan.before.station,
                starts_on=plan.start,
                ends_on=plan.moved_on,
                end_reason=LeavingReason.TRANSFERRED,
            )
        ]
        since = plan.moved_on
    note = "支援新站建设" if first else ""
    last = StationPosting(
        worker=plan.worker, station=plan.place.station, starts_on=since, ends_on=plan.end, note=note, **ended
    )
    return [*first, last]
