"""Six months of services with realistic lateness and gaps (R6), a few stations of each fault (R10)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from django.utils import timezone

from common.months import Month
from policies.deadlines import Due
from policies.models import ProvisionKind
from policies.queries import RuleBook
from reporting.demo import MARK, demo_months
from reporting.demo.places import Place
from services.models import ADMINISTRATIVE, Domain, Method, ServiceRecord, ServiceWorker
from stations.models import Worker

CLERICAL_STATIONS = 14  # 工作内容偏事务
NARROW_STATIONS = 8  # 专业化程度较低: advocacy, hotline and clerical work only
SILENT = 0.012  # share of station-months without any service
A_MONTH = (30, 64)

METHOD_WEIGHTS = {
    Method.VISIT: 26, Method.CASE: 8, Method.GROUP: 6, Method.ACTIVITY: 9, Method.EMOTIONAL_SUPPORT: 7,
    Method.HOTLINE: 7, Method.RESOURCE_LINK: 6, Method.VOLUNTEERING: 5, Method.POLICY_ADVOCACY: 8,
    Method.SUPPORT_NETWORK: 3, Method.COMMUNITY_CARE: 5, Method.CLERICAL: 22,
}  # fmt: skip
DOMAIN_WEIGHTS = {
    Domain.RELIEF: 27, Domain.ELDERLY_CARE: 31, Domain.CHILD_WELFARE: 15, Domain.COMMUNITY: 16,
    Domain.MARRIAGE_FUNERAL: 3, Domain.DISABILITY: 8,
}  # fmt: skip
TITLES = {
    Method.VISIT: ("入户探访", "节前走访慰问", "电话回访后入户"), Method.CASE: ("个案面谈", "个案跟进"),
    Method.GROUP: ("支持小组活动", "兴趣小组活动"), Method.ACTIVITY: ("社区主题活动", "便民服务日活动"),
    Method.EMOTIONAL_SUPPORT: ("陪伴聊天", "情绪疏导"), Method.HOTLINE: ("政策咨询答复", "来电咨询"),
    Method.RESOURCE_LINK: ("爱心物资链接", "联系义诊"), Method.VOLUNTEERING: ("志愿者清洁服务", "志愿者理发"),
    Method.POLICY_ADVOCACY: ("惠民政策宣讲", "反诈知识宣传"), Method.SUPPORT_NETWORK: ("邻里互助小组联络",),
    Method.COMMUNITY_CARE: ("日间照料陪护", "助餐配送"), Method.CLERICAL: ("低保复核材料整理", "协助高龄补贴申报"),
}  # fmt: skip
CROWD = {
    Method.GROUP: (6, 15), Method.ACTIVITY: (15, 80), Method.POLICY_ADVOCACY: (10, 60), Method.VOLUNTEERING: (3, 25),
}  # fmt: skip
RESULTS = ("已完成，居民反映良好", "已了解需求，下月继续跟进", "已转介社区并记录", "问题已解决", "")


class Profile:
    """How one station works: how much, how punctually, with which methods."""

    def __init__(self, rng: Random, county_punctuality: float, *, clerical: bool, narrow: bool) -> None:
        low, high = A_MONTH
        self.low, self.high = (low * 3 // 4, high * 2 // 3) if clerical or narrow else A_MONTH
        self.punctuality = min(max(county_punctuality + rng.uniform(-0.05, 0.05), 0.4), 0.998)
        weights = dict(METHOD_WEIGHTS)
        if clerical:
            weights[Method.CLERICAL] = 170
        if narrow:
            kept = (Method.CLERICAL, Method.POLICY_ADVOCACY, Method.HOTLINE)
            weights = {method: weight if method in kept else 0 for method, weight in weights.items()}
        self.methods, self.weights = list(weights), list(weights.values())


def build_services(rng: Random, places: list[Place], workers: dict[int, list[Worker]], now: datetime) -> int:
    """Insert the records; returns how many."""
    rules = RuleBook.load()

    @cache
    def due(county_path: str, ended_on: date) -> Due:
        return rules.due(ProvisionKind.SERVICE_ENTRY, county_path, ended_on)

    today = timezone.localdate(now)
    odd = rng.sample(range(len(places)), CLERICAL_STATIONS + NARROW_STATIONS)
    clerical, narrow = set(odd[:CLERICAL_STATIONS]), set(odd[CLERICAL_STATIONS:])
    punctuality = {place.county.pk: rng.uniform(0.7, 0.985) for place in places}
    records: list[ServiceRecord] = []
    served_by: list[list[Worker]] = []
    for index, place in enumerate(places):
        profile = Profile(rng, punctuality[place.county.pk], clerical=index in clerical, narrow=index in narrow)
        for month in demo_months(today):
            if place.operating_from is None or place.operating_from > month.first or rng.random() < SILENT:
                continue
            for day in _days(rng, profile, month, today):
                record = _record(rng, profile, place, day)
                _enter(rng, profile, record, due(place.county.path, day), now)
                if record.entered_at <= now:  # the rest will be entered tomorrow
                    here = workers[place.station.pk]
                    records.append(record)
                    served_by.append(rng.sample(here, min(len(here), rng.choices([1, 2], [7, 3])[0])))
    ServiceRecord.objects.bulk_create(records, batch_size=500)
    pairs = ((record, one) for record, some in zip(records, served_by, strict=True) for one in some)
    ServiceWorker.objects.bulk_create(
        [ServiceWorker(service=record, worker=one) for record, one in pairs], batch_size=2000
    )
    return len(records)


def _days(rng: Random, profile: Profile, month: Month, today: date) -> Iterator[date]:
    for _ in range(rng.randint(profile.low, profile.high)):
        day = month.first + timedelta(days=rng.randrange(month.last.day))
        if day.weekday() >= 5 and rng.random() < 0.6:
            day -= timedelta(days=day.weekday() - 4) if day.day > 3 else timedelta(0)
        if day <= today:
            yield day


def _record(rng: Random, profile: Profile, place: Place, day: date) -> ServiceRecord:
    method = rng.choices(profile.methods, profile.weights)[0]
    domain = rng.choices(list(DOMAIN_WEIGHTS), list(DOMAIN_WEIGHTS.values()))[0]
    contacts = rng.randint(*CROWD.get(method, (1, 3)))
    elderly = rng.randint(contacts // 3, contacts) if domain == Domain.ELDERLY_CARE else rng.randint(0, contacts // 4)
    children = rng.randint(contacts // 2, contacts) if domain == Domain.CHILD_WELFARE else 0
    crowd = method in (Method.VOLUNTEERING, Method.ACTIVITY)
    volunteers = rng.randint(1, 12) if crowd else 0
    return ServiceRecord(
        client_id=uuid.UUID(int=rng.getrandbits(128), version=4),
        station=place.station,
        month=Month.of(day),
        starts_on=day,
        ends_on=day,
        title=rng.choice(TITLES[method]) + MARK,
        domain=domain,
        method=method,
        administrative=method in ADMINISTRATIVE,
        place=rng.choice(["服务对象家中", "社工站", "社区活动室", "村委会", "日间照料中心"]),
        contacts=contacts,
        elderly=elderly,
        children=children,
        orphans=rng.randint(0, 1) if children and rng.random() < 0.06 else 0,
        hardship=rng.randint(1, contacts) if domain == Domain.RELIEF else 0,
        hours=Decimal(rng.choice([5, 10, 10, 15, 20, 30] if not crowd else [20, 30, 40])) / 10,
        volunteers=volunteers,
        volunteer_hours=Decimal(volunteers * rng.choice([10, 15, 20])) / 10,
        result=rng.choice(RESULTS),
        is_demo=True,
    )


def _enter(rng: Random, profile: Profile, record: ServiceRecord, due: Due, now: datetime) -> None:
    """Entered in time with the station's punctuality, else two to eight days after; judged by the rule book (R6)."""
    late = rng.random() > profile.punctuality
    wait = rng.randint(2, 8) if late else rng.choices([0, 1], [6, 4])[0]
    # Before the 3rd of the next month, when the report of the month locks it.
    day = min(record.ends_on + timedelta(days=wait), record.month.last + timedelta(days=2))
    if not late and day == timezone.localdate(now):
        day = record.ends_on
    minute = time(rng.randint(9, 19), rng.randint(0, 59))
    record.entered_at = datetime.combine(day, minute, tzinfo=timezone.get_default_timezone())
    record.on_time = not due.is_late(record.entered_at)
    record.judge_by(due)
