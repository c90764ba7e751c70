"""Whatever people do, in any order: what the worker counted after each change is what a whole count gives."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import OrgUnit
from common.months import Month
from funds.actions import add_receipt, create_fund
from funds.models import Source, Tier
from reporting import recount
from reporting.actions import approve_report, open_report, return_report, save_report, submit_report
from reporting.compute import compute_month
from reporting.models import UnitMonth
from services.actions import correct_service, log_service, void_service
from services.models import Domain, Method, ServiceRecord
from stations import actions as stations
from stations.actions import plans
from stations.models import (
    CertificateLevel,
    Dimension,
    EmployerKind,
    Grade,
    Hosting,
    StaleMonth,
    Station,
    StationKind,
    StationPosting,
    StationStatus,
    Worker,
)
from tests.agencies.conftest import make_agency
from tests.dimensions import record_dimension
from tests.reporting import deeds
from tests.reporting.deeds import pick
from tests.reporting.facts import snapshots

MONTHS = list(Month(2023, 8).until(Month(2023, 12)))
days = st.integers(0, 120).map(lambda n: date(2023, 8, 20) + timedelta(days=n))
picks = st.integers(0, 30)  # which of what is there by then


def log(station: int, day: date, method: Method, contacts: int, volunteers: int) -> None:
    log_service(
        by=None, station=pick(Station.objects, station), client_id=uuid.uuid4(), workers=pick_team(station),
        starts_on=day, ends_on=day, title="服务", domain=Domain.RELIEF, method=method, contacts=contacts,
        hardship=contacts // 2, hours=Decimal("0.7"), volunteers=volunteers,
    )  # fmt: skip


def pick_team(station: int) -> list[Worker]:
    return [posting.worker for posting in StationPosting.objects.filter(station=pick(Station.objects, station))]


def correct(record: int, day: date, contacts: int) -> None:
    if found := pick(ServiceRecord.objects, record):
        correct_service(by=None, record=found, reason="更正", starts_on=day, ends_on=day, contacts=contacts, hardship=0)


def void(record: int) -> None:
    if found := pick(ServiceRecord.objects, record):
        void_service(by=None, record=found, reason="重复")


def create(township: int, kind: StationKind, day: date) -> None:
    township = pick(OrgUnit.objects.filter(level=4), township)
    stations.create_station(by=None, township=township, name=f"新站{day}", kind=kind, started_on=day)


def status(station: int, status: StationStatus, day: date) -> None:
    stations.record_status(by=None, station=pick(Station.objects, station), status=status, on=day)


def withdraw(station: int) -> None:
    stations.withdraw_status(by=None, station=pick(Station.objects, station), reason="登记错误")


def dimension(station: int, dimension: Dimension, met: bool, day: date) -> None:
    record_dimension(by=None, station=pick(Station.objects, station), dimension=dimension, met=met, on=day)


def basics(station: int) -> None:
    stations.edit_station(
        by=None, station=pick(Station.objects, station), address="某路", contact_name="某人", contact_phone="03540001",
        hosting=Hosting.TOWNSHIP,
    )  # fmt: skip


def post(worker: int, station: int, day: date) -> None:
    stations.post_worker(by=None, worker=pick(Worker.objects, worker), station=pick(Station.objects, station), on=day)


def leave(posting: int, day: date) -> None:
    if found := pick(StationPosting.objects, posting):
        stations.end_posting(by=None, posting=found, on=day)


def employ(worker: int, full_time: bool, day: date) -> None:
    stations.employ(
        by=None, worker=pick(Worker.objects, worker), employer_kind=EmployerKind.AGENCY, employer_name="某机构",
        full_time=full_time, on=day,
    )  # fmt: skip


def certify(worker: int, day: date) -> None:
    stations.add_certificate(
        by=None, worker=pick(Worker.objects, worker), level=CertificateLevel.ASSISTANT,
        number=uuid.uuid4().hex[:20].upper(), issued_on=day,
    )  # fmt: skip


def report(station: int, month: Month, end: str) -> None:
    found = open_report(by=None, station=pick(Station.objects, station), month=month)
    with suppress(ValidationError):
        found = save_report(by=None, report=found, summary="本月", problems="", plan="", zero_confirmed=False)
    with suppress(ValidationError):
        found = save_report(by=None, report=found, summary="本月", problems="", plan="", zero_confirmed=True)
    found = submit_report(by=None, report=found)
    if end == "return":
        return_report(by=None, report=found, comment="请补充")
    if end == "approve":
        approve_report(by=None, report=found)


def sent(sender: int, receiver: int, amount: int, day: date, arrives: bool) -> None:
    deeds.pass_down(sender, receiver, amount, day, arrives=arrives)


def recognised(station: int, day: date, recommended: bool) -> None:
    deeds.feature(station, day, recommended=recommended)


def acts(act: Callable[..., None], *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(act), *arguments)


months, methods = st.sampled_from(MONTHS), st.sampled_from(Method)
edits = st.one_of(
    acts(log, picks, days, methods, st.integers(1, 50), st.integers(0, 5)),
    acts(log, picks, days, methods, st.integers(1, 50), st.integers(0, 5)),
    acts(correct, picks, days, st.integers(1, 50)),
    acts(void, picks),
    acts(create, picks, st.sampled_from(StationKind), days),
    acts(status, picks, st.sampled_from(StationStatus), days),
    acts(status, picks, st.sampled_from(StationStatus), days),
    acts(withdraw, picks),
    acts(dimension, picks, st.sampled_from(Dimension), st.booleans(), days),
    acts(basics, picks),
    acts(post, picks, picks, days),
    acts(leave, picks, days),
    acts(employ, picks, st.booleans(), days),
    acts(certify, picks, days),
    acts(report, picks, months, st.sampled_from(["send", "return", "approve"])),
    acts(recount.drain),
)
fen = st.integers(1, 3_000_00)
later_edits = st.one_of(
    acts(deeds.train, picks, st.integers(1, 8), days),
    acts(deeds.untrain, picks),
    acts(deeds.evaluate, picks, st.sampled_from(Grade), days),
    acts(deeds.supervise, picks, picks, days),
    acts(deeds.milestone, picks, days),
    acts(deeds.drop_milestone, picks),
    acts(deeds.receive, fen, days),
    acts(sent, picks, picks, fen, days, st.booleans()),
    acts(sent, picks, picks, fen, days, st.booleans()),
    acts(deeds.call_back, picks, days),
    acts(deeds.pay, picks, fen, days),
    acts(deeds.pay, picks, fen, days),
    acts(deeds.reverse, picks, days),
    acts(deeds.contract, picks, picks, days, fen),
    acts(deeds.promise, picks, st.integers(1, 30)),
    acts(deeds.end_contract, picks, days | st.none()),
    acts(recognised, picks, days, st.booleans()),
    acts(deeds.stop_feature, picks, days),
)


@pytest.fixture
def place(world, rules, time_machine):
    time_machine.move_to("2023-12-18T10:00:00+08:00", tick=False)
    for number, station in enumerate(Station.objects.all()):
        for extra in range(2):
            worker = stations.create_worker(by=None, unit=station.unit, name=f"社工{number}{'甲乙'[extra]}")
            if number % 2 == 0:
                stations.post_worker(by=None, worker=worker, station=station, on=date(2023, 11, 1))
    units = world.units
    fund = create_fund(
        by=None,
        unit=units["晋中市"],
        name="市级资金",
        source=Source.FISCAL,
        tier=Tier.CITY,
        year=2023,
        purpose="服务活动",
    )
    add_receipt(by=None, fund=fund, amount="8000", received_on=date(2023, 8, 1))
    make_agency(world, "榆次阳光社工中心", 1)
    plans.save_plan(by=None, unit=units["晋中市"], year=2023, title="建设计划")
    for month in MONTHS:
        compute_month(month)
    StaleMonth.objects.all().delete()
    return world


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(edits | later_edits | later_edits, min_size=1, max_size=25))
def test_counting_after_each_change_gives_what_a_whole_count_gives(place, edits):
    with transaction.atomic():
        for act, *arguments in edits:
            with suppress(ValidationError), transaction.atomic():
                act(*arguments)
        recount.drain()
        assert not StaleMonth.objects.exists()
        step_by_step = {key: row for key, row in snapshots().items() if key[1] in MONTHS}
        UnitMonth.objects.all().delete()
        for month in MONTHS:
            compute_month(month)
        assert step_by_step == snapshots()
        transaction.set_rollback(True)
