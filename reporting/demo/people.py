"""Generated workers, marked 演示, with numbers of a region that does not exist (999999)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from common.citizen_numbers import check_digit
from common.encrypted import blind_index
from reporting.demo import MARK
from reporting.demo.places import Place
from stations.models import (
    Certificate,
    CertificateLevel,
    EmployerKind,
    Employment,
    Hosting,
    StationPosting,
    Worker,
)

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (  # noqa: SIM905
    "秀英 丽娟 海燕 晓燕 志强 建国 文静 雪梅 国庆 红霞 春梅 玉兰 佳慧 思远 子涵 雨桐 晓东 永强 淑芬 彩霞 "
    "桂英 振华 晓霞 立新 美玲 俊杰 欣怡 慧敏 志刚 海涛 婷婷 丹丹 晓峰 润泽 国栋 素芳 瑞霞 亚楠 鹏飞 少华"
).split()
UNCERTIFIED_STATIONS = 9  # 持证率不高
PART_TIME_STATIONS = 7  # 工作人员非专职


def _id_number(rng: Random, serial: int) -> str:
    born = date(1970, 1, 1) + timedelta(days=rng.randint(0, 32 * 365))
    first = f"999999{born:%Y%m%d}{serial % 1000:03d}"
    return first + check_digit(first)


def build_people(rng: Random, places: list[Place]) -> dict[int, list[Worker]]:
    """Two to four workers for each station, some of them successors of one who left; station id → workers there now."""
    weak = rng.sample(range(len(places)), UNCERTIFIED_STATIONS + PART_TIME_STATIONS)
    uncertified, part_time = set(weak[:UNCERTIFIED_STATIONS]), set(weak[UNCERTIFIED_STATIONS:])
    plans: list[tuple[Worker, Place, date, date | None, bool, bool]] = []
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
                plans.append((before, place, start, left, True, full_time))
                start = left + timedelta(days=rng.randint(1, 30))
            plans.append((worker, place, start, None, certified, full_time))
            here.append(worker)
        now[place.station.pk] = here
    _insert(rng, plans)
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
        phone=f"000{rng.randint(10000000, 99999999)}",
        is_demo=True,
    )


def _insert(rng: Random, plans: list[tuple[Worker, Place, date, date | None, bool, bool]]) -> None:
    Worker.objects.bulk_create([plan[0] for plan in plans], batch_size=500)
    levels = [CertificateLevel.ASSISTANT, CertificateLevel.SOCIAL_WORKER, CertificateLevel.SENIOR]
    certificates, employments, postings = [], [], []
    for serial, (worker, place, start, end, certified, full_time) in enumerate(plans):
        by_agency = place.station.hosting != Hosting.TOWNSHIP
        employments.append(
            Employment(
                worker=worker,
                employer_kind=EmployerKind.AGENCY if by_agency else EmployerKind.TOWNSHIP,
                employer_name=place.station.host_name if by_agency else place.township.name,
                full_time=full_time,
                starts_on=start,
                ends_on=end,
            )
        )
        postings.append(StationPosting(worker=worker, station=place.station, starts_on=start, ends_on=end))
        if certified:
            certificates.append(
                Certificate(
                    worker=worker,
                    level=rng.choices(levels, [6, 4, 0.3])[0],
                    number=f"演示{serial:08d}",
                    issued_on=start - timedelta(days=rng.randint(-120, 900)),
                )
            )
    Employment.objects.bulk_create(employments, batch_size=500)
    StationPosting.objects.bulk_create(postings, batch_size=500)
    Certificate.objects.bulk_create(certificates, batch_size=500)
