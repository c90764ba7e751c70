"""Five-party linkage of demo stations: volunteers with hours, organisations, donations and what was given of them,
a joint meeting, referrals on their way. A few of each for every operating station."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from uuid import UUID

from django.utils import timezone

from accounts.initials import initials_of
from clients.models import Client
from linkage.models import (
    Donation,
    Handout,
    Meeting,
    MeetingParty,
    MeetingTask,
    Organisation,
    OrganisationService,
    Party,
    Referral,
    ReferralState,
    ReferralStep,
    Volunteer,
    VolunteerService,
)
from linkage.rules import Step, standing, value_of_part
from policies.models import ProvisionKind
from policies.queries import RuleBook
from reporting.demo import MARK, demo_months
from reporting.demo.people import GIVEN, SURNAMES
from reporting.demo.places import Place
from services.models import ServiceRecord
from stations.models import Sex

S = ReferralState
VOLUNTEERS = 3
SERVICES = 3  # of a station, with names
GROUPS = (
    ("邻里互助队", "MUTUAL_AID"),
    ("银龄志愿服务队", "VOLUNTEER_TEAM"),
    ("文艺队", "CULTURE"),
    ("议事会", "AFFAIRS"),
)
SKILLS = ("理发", "家电维修", "陪护、量血压", "书法", "摄影", "心理疏导")
GOODS = (("大米", "袋", 30), ("食用油", "桶", 25), ("棉被", "床", 12), ("护理包", "份", 20), ("书包文具", "套", 15))
NEEDS = (
    ("MEDICAL", "区人民医院", "白内障筛查后需要手术，家中无人陪护"),
    ("RELIEF", "镇民政所", "突发大病，申请临时救助"),
    ("DISABLED", "县残联", "需要轮椅和居家无障碍改造"),
    ("EDUCATION", "镇中心校", "随父母返乡，需要转学就近入学"),
    ("CHARITY", "某慈善基金会", "冬季取暖设备"),
)
WAYS = ((), (S.CONTACTED,), (S.CONTACTED, S.REFERRED), (S.CONTACTED, S.REFERRED, S.SUCCEEDED),
        (S.CONTACTED, S.FAILED), (S.CONTACTED, S.REFERRED, S.SUCCEEDED, S.FOLLOWED_UP))  # fmt: skip


class _Rows:
    """Everything that is inserted, in the order of its keys."""

    def __init__(self) -> None:
        self.organisations: list[Organisation] = []
        self.volunteers: list[Volunteer] = []
        self.hours: list[VolunteerService] = []
        self.took_part: list[OrganisationService] = []
        self.donations: list[Donation] = []
        self.handouts: list[Handout] = []
        self.meetings: list[Meeting] = []
        self.parties: list[MeetingParty] = []
        self.tasks: list[MeetingTask] = []
        self.referrals: list[Referral] = []
        self.steps: list[ReferralStep] = []

    def insert(self) -> None:
        for rows in vars(self).values():
            if rows:
                type(rows[0]).objects.bulk_create(rows, batch_size=500)


def build_linkage(rng: Random, places: list[Place], today: date) -> int:
    """Insert the rows; returns how many volunteers."""
    first = demo_months(today)[0].first
    served = _services(first)
    people = _people(first)
    rules = RuleBook.load()
    rows = _Rows()
    for number, place in enumerate(places):
        if place.operating_from is None or place.operating_from > first or place.station.closed_on:
            continue
        _volunteers(rng, rows, place, number, first, served[place.station.pk])
        _donations(rng, rows, place, number, today, people[place.station.pk])
        _meeting(rng, rows, place, number, today)
        _referrals(rng, rows, place, number, today, people[place.station.pk], rules)
    rows.insert()
    return len(rows.volunteers)


def _services(first: date) -> dict[int, list[ServiceRecord]]:
    """Station → its first services with at least three volunteers."""
    found: dict[int, list[ServiceRecord]] = defaultdict(list)
    some = ServiceRecord.objects.filter(
        is_demo=True, volunteers__gte=VOLUNTEERS, volunteer_hours__gt=0, voided_at=None, starts_on__gte=first
    )
    for record in some.only("pk", "station", "month", "volunteers", "volunteer_hours").order_by("-starts_on", "pk"):
        if len(found[record.station_id]) < SERVICES:
            found[record.station_id].append(record)
    return found


def _people(first: date) -> dict[int, list[Client]]:
    """Station → a few of its files, open all the time."""
    found: dict[int, list[Client]] = defaultdict(list)
    for client in Client.objects.open().filter(is_demo=True, opened_on__lt=first).only("pk", "station").order_by("pk"):
        if len(found[client.station_id]) < 4:
            found[client.station_id].append(client)
    return found


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _volunteers(
    rng: Random, rows: _Rows, place: Place, number: int, first: date, services: list[ServiceRecord]
) -> None:
    unit = place.station.unit
    name, kind = GROUPS[number % len(GROUPS)]
    filing = rng.choice(["FILED", "FILED", "REGISTERED", "NONE"])
    organisation = Organisation(
        unit=unit, name=f"{place.township.name}{name}{MARK}", kind=kind, filing=filing,
        leader=rng.choice(SURNAMES) + "队长" + MARK, members=rng.randint(8, 40), starts_on=first - timedelta(days=200),
        is_demo=True,
    )  # fmt: skip
    here = []
    for each in range(VOLUNTEERS):
        named = rng.choice(SURNAMES) + rng.choice(GIVEN) + MARK
        here.append(
            Volunteer(
                unit=unit,
                name=named,
                initials=initials_of(named)[:80],
                sex=rng.choice(Sex.values),
                birth_year=rng.randint(1955, 2009),
                phone=f"0354-000{number:04d}{each}",
                skills=rng.choice(SKILLS),
                organisation=organisation if each else None,
                registered_on=first - timedelta(days=30),
                is_demo=True,
            )
        )
    rows.organisations.append(organisation)
    rows.volunteers += here
    for each, record in enumerate(services):
        share = (record.volunteer_hours / record.volunteers).quantize(Decimal("0.1"), ROUND_DOWN)
        where = {"service": record, "station": place.station, "month": record.month}
        rows.hours += [VolunteerService(volunteer=one, hours=share, **where) for one in here[: VOLUNTEERS - each % 2]]
        if each == 0:
            rows.took_part.append(OrganisationService(organisation=organisation, **where))


def _donations(rng: Random, rows: _Rows, place: Place, number: int, today: date, people: list[Client]) -> None:
    item, measure, usual = GOODS[number % len(GOODS)]
    quantity = Decimal(rng.randint(usual // 2, usual * 2))
    value = quantity * rng.choice([40, 55, 68])
    goods = _donation(rng, place, today, "GOODS", item, measure, quantity, value)
    rows.donations.append(goods)
    if number % 3 == 0:
        yuan = Decimal(rng.choice([500, 1000, 2000, 5000]))
        rows.donations.append(_donation(rng, place, today, "MONEY", "款项", "元", yuan, yuan))
    for client in people[:2]:
        rows.handouts.append(_handout(rng, goods, today, Decimal(rng.randint(1, 2)), client))
    if number % 2:
        rows.handouts.append(_handout(rng, goods, today, goods.left // 3 or Decimal(1), None))


def _donation(
    rng: Random, place: Place, today: date, form: str, item: str, measure: str, quantity: Decimal, value: Decimal
) -> Donation:
    kind = rng.choice(["ORGANISATION", "ORGANISATION", "PERSON", "ANONYMOUS"])
    donor = {"ORGANISATION": f"{place.township.name}某超市{MARK}", "PERSON": f"{rng.choice(SURNAMES)}先生{MARK}"}
    return Donation(
        token=_uuid(rng), unit=place.station.unit, donor_kind=kind, donor=donor.get(kind, ""), form=form, item=item,
        quantity=quantity, measure=measure, value=value, left=quantity, left_value=value, purpose="帮扶困难家庭",
        received_on=today - timedelta(days=rng.randint(40, 150)), is_demo=True,
    )  # fmt: skip


def _handout(rng: Random, donation: Donation, today: date, part: Decimal, client: Client | None) -> Handout:
    part = min(part, donation.left)
    value = value_of_part(part, donation.left, donation.left_value)
    donation.left, donation.left_value = donation.left - part, donation.left_value - value
    to = (
        {"to_kind": "CLIENT", "client": client, "station_id": client.station_id, "people": 1}
        if client
        else {"to_kind": "GROUP", "recipients": f"辖区环卫工人{MARK}", "people": rng.randint(3, 10)}
    )
    day = min(donation.received_on + timedelta(days=rng.randint(1, 30)), today)
    return Handout(token=_uuid(rng), donation=donation, given_on=day, quantity=part, value=value, is_demo=True, **to)


def _meeting(rng: Random, rows: _Rows, place: Place, number: int, today: date) -> None:
    held_on = today - timedelta(days=rng.randint(5, 120))
    meeting = Meeting(
        token=_uuid(rng), unit=place.station.unit, held_on=held_on, place="社工站会议室", is_demo=True,
        chair=rng.choice(SURNAMES) + "主任" + MARK, topics=f"重阳节助老服务分工；冬季取暖物资筹集。{MARK}",
    )  # fmt: skip
    rows.meetings.append(meeting)
    there = [Party.COMMUNITY, Party.WORKER, *rng.sample([Party.ORGANISATION, Party.VOLUNTEER, Party.CHARITY], 2)]
    rows.parties += [MeetingParty(meeting=meeting, party=party) for party in there]
    for text, responsible, days in (("排出每周探访值班表", "志愿服务队", 14), ("联系爱心企业筹集棉被", "社工站", 60)):
        due_on, task = held_on + timedelta(days=days), MeetingTask(meeting=meeting, text=text, responsible=responsible)
        task.due_on = due_on
        if due_on < today and number % 5:
            task.done_on, task.result = due_on - timedelta(days=rng.randint(0, 4)), "已落实"
        rows.tasks.append(task)


def _referrals(
    rng: Random, rows: _Rows, place: Place, number: int, today: date, people: list[Client], rules: RuleBook
) -> None:
    for each, client in enumerate(people[:2]):
        to_kind, to_name, need = NEEDS[(number + each) % len(NEEDS)]
        way = WAYS[(number + each * 2) % len(WAYS)]
        referral = Referral(
            token=_uuid(rng), station=place.station, client=client, kind="RESOURCE_LINK" if each else "REFERRAL",
            need=need + MARK, urgency=rng.choice(["NORMAL", "NORMAL", "URGENT"]), to_kind=to_kind,
            to_name=to_name + MARK if way else "", is_demo=True,
        )  # fmt: skip
        steps = list(_way(rng, way, today - timedelta(days=rng.randint(20, 140)), today))
        come = standing(steps)
        referral.state, referral.outcome, referral.attempt = come.state, come.outcome or "", come.attempt
        referral.opened_on, referral.ended_on, referral.followed_up_on = (
            come.opened_on, come.ended_on, come.followed_up_on,
        )  # fmt: skip
        if come.outcome == S.SUCCEEDED and come.ended_on:
            referral.judge_by(rules.due(ProvisionKind.REFERRAL_FOLLOW_UP, place.station.unit.path, come.ended_on))
        rows.referrals.append(referral)
        rows.steps += [
            ReferralStep(referral=referral, state=step.state, on=step.on, note="按流程办理", at=_noon(step.on))
            for step in steps
        ]


def _way(rng: Random, way: tuple[ReferralState, ...], day: date, today: date) -> Iterator[Step]:
    yield Step(S.TO_VERIFY, day)
    for state in way:
        day = min(day + timedelta(days=rng.randint(1, 12)), today)
        yield Step(state, day)


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
