"""Acceptance over the checklist (R3), its rounds, and who records which step (R14)."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from common.months import Month
from policies.actions import add_document, add_provision
from policies.models import ProvisionKind
from stations import life
from stations.actions import create_station, record_status, withdraw_acceptance, withdraw_status
from stations.models import (
    Acceptance,
    AcceptanceItem,
    StaleMonth,
    Station,
    StationKind,
    StationState,
    StationStatus,
    StatusSpell,
)
from stations.queries.checklist import checklist
from tests.stations.conftest import accept, advance, errors_of, findings

S = StationStatus
BUILT, HELD = date(2023, 8, 1), date(2023, 8, 10)


@pytest.fixture
def built(planned) -> Station:
    """Completed on 2023-08-01, not accepted yet."""
    advance(planned, (S.BUILDING, date(2023, 7, 1)), (S.COMPLETED, BUILT))
    planned.refresh_from_db()
    return planned


def fail(station, on=HELD, **fields):
    values = {"passed": False, "comments": "制度未上墙（演示）", "correct_by": date(2023, 9, 1), **fields}
    return accept(station, on, findings=findings(station, on, unmet=("制度",)), **values)


def current(station) -> str:
    return StatusSpell.objects.current().get(station=station).status


# ---- rounds ---------------------------------------------------------------------------------------------------------


def test_passing_brings_the_accepted_status_of_the_same_day(world, built):
    acceptance = accept(built, HELD, by=world.county)
    spell = StatusSpell.objects.current().get(station=built)
    assert (spell.status, spell.starts_on, spell.recorded_by) == (S.ACCEPTED, HELD, world.county)
    assert (acceptance.spell, acceptance.round, acceptance.correct_by) == (spell, 1, None)
    assert acceptance.items.count() == len(checklist(built.unit.path, HELD)) > 5


def test_an_item_keeps_its_document_and_clause(built):
    item = accept(built, HELD).items.first()
    assert item.provision.citation.startswith("缺省（无文件） 验收内容")


def test_passing_is_refused_while_a_necessary_item_is_not_met(built):
    with pytest.raises(ValidationError) as caught:
        accept(built, HELD, findings=findings(built, HELD, unmet=("场地",)))
    (told,) = errors_of(caught).values()
    assert "必备内容不符合，不能登记为合格（缺省（无文件）" in told[0]
    assert current(built) == S.COMPLETED
    assert not Acceptance.objects.exists()


def test_an_item_that_is_not_necessary_may_fail(built):
    accept(built, HELD, findings=findings(built, HELD, unmet=("流程图",)))
    assert current(built) == S.ACCEPTED
    assert AcceptanceItem.objects.filter(met=False).count() == 1


def test_failing_leaves_the_station_completed_with_corrections_due(built):
    acceptance = fail(built)
    assert current(built) == S.COMPLETED
    assert (acceptance.passed, acceptance.correct_by, acceptance.spell) == (False, date(2023, 9, 1), None)
    assert list(Acceptance.objects.awaiting_corrections(date(2023, 9, 1))) == [acceptance]
    assert not Acceptance.objects.corrections_late(date(2023, 9, 1)).exists()
    assert list(Acceptance.objects.corrections_late(date(2023, 9, 2))) == [acceptance]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"comments": ""}, "comments"),
        ({"correct_by": None}, "correct_by"),
        ({"correct_by": date(2023, 8, 9)}, "correct_by"),
        ({"members": " "}, "members"),
        ({"on": date(2023, 7, 31)}, "held_on"),
        ({"on": date(2023, 12, 6)}, "held_on"),
    ],
)
def test_a_failed_round_says_what_to_correct_and_until_when(built, fields, field):
    with pytest.raises(ValidationError) as caught:
        fail(built, **fields)
    assert field in errors_of(caught)
    assert not Acceptance.objects.exists()


def test_a_later_round_answers_the_failed_one(built):
    first = fail(built)
    second = accept(built, date(2023, 9, 5))
    assert (second.round, second.passed) == (2, True)
    assert not Acceptance.objects.awaiting_corrections(date(2023, 12, 1)).exists()
    assert list(Acceptance.objects.corrections_late(date(2023, 9, 4))) == [first]


def test_a_round_is_not_held_before_the_one_before(built):
    fail(built)
    with pytest.raises(ValidationError, match="上一轮验收日期"):
        accept(built, date(2023, 8, 9))


def test_rounds_are_counted_by_month(built):
    fail(built)
    accept(built, date(2023, 9, 5))
    counts = [
        tuple(Acceptance.objects.held_in(month).filter(passed=passed).count() for passed in (True, False))
        for month in (Month(2023, 8), Month(2023, 9), Month(2023, 10))
    ]
    assert counts == [(0, 1), (1, 0), (0, 0)]


def test_every_item_needs_a_finding(built):
    some = dict(list(findings(built, HELD).items())[1:])
    with pytest.raises(ValidationError) as caught:
        accept(built, HELD, findings=some)
    assert list(errors_of(caught).values()) == [["请选择是否符合"]]


def test_only_a_completed_station_is_accepted(planned):
    with pytest.raises(ValidationError, match="“筹建”之后只能登记“建设中”、“撤销”，不能登记“验收”"):
        accept(planned, HELD)


def test_accepted_is_never_recorded_by_hand(built):
    with pytest.raises(ValidationError, match="请填写验收表"):
        record_status(by=None, station=built, status=S.ACCEPTED, on=HELD)


def test_a_sign_is_not_hung_before_acceptance(built):
    with pytest.raises(ValidationError, match="“建成”之后只能登记“验收”、“撤销”，不能登记“挂牌”"):
        record_status(by=None, station=built, status=S.SIGN_HUNG, on=HELD)


def test_a_sign_hung_before_acceptance_was_recorded_stays_valid(world):
    """Stations of before went from 建成 to 挂牌; they go on, and count as not accepted."""
    station = world.station()
    record_status(by=None, station=station, status=S.SUSPENDED, on=date(2023, 11, 1))
    day = date(2023, 11, 1)
    assert not Station.objects.state_at(StationState.ACCEPTED, day).filter(pk=station.pk).exists()
    assert not Station.objects.state_at(StationState.NOT_ACCEPTED, day).filter(pk=station.pk).exists()
    assert Station.objects.state_at(StationState.SIGN_HUNG, day).filter(pk=station.pk).exists()


def test_the_second_of_two_who_accept_is_told_of_the_first(built):
    fail(built)
    with pytest.raises(ValidationError, match="他人刚刚登记了第 1 轮验收不合格（2023-08-10）"):
        accept(built, date(2023, 8, 12), expected=1)
    assert Acceptance.objects.count() == 1


def test_an_acceptance_leaves_an_event_and_marks_months(world, built):
    StaleMonth.objects.all().delete()
    fail(built, by=world.county)
    event = AuditEvent.objects.get(verb="登记验收")
    assert (event.actor, event.changes["验收"], event.changes["整改期限"]) == (
        world.county, [None, "第 1 轮验收不合格"], [None, "2023-09-01"],
    )  # fmt: skip
    assert StaleMonth.objects.filter(unit_id=built.pk).count() == 5


def test_the_database_knows_no_passed_round_without_its_status(built):
    values = {"station": built, "round": 1, "held_on": HELD, "members": "某人", "recorded_at": "2023-08-10T10:00+08:00"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Acceptance.objects.create(passed=True, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Acceptance.objects.create(passed=False, **values)


# ---- the checklist --------------------------------------------------------------------------------------------------


def issue(world, unit: str, item: str, *, necessary: bool, order: int = 5):
    place = world.units[unit]
    document = add_document(
        by=None, issuer=place, number=f"{unit}〔2023〕1号", title="验收办法", issued_on=date(2023, 6, 1)
    )
    return add_provision(
        by=None, document=document, unit=place, kind=ProvisionKind.ACCEPTANCE_ITEM, clause="三",
        parameters={"item": item, "necessary": necessary, "order": order}, in_force_from=date(2023, 8, 5),
    )  # fmt: skip


def test_a_county_adds_an_item_from_its_day_on(world, built):
    issue(world, "榆次区", "有无障碍通道", necessary=True)
    labels = [[item.label for item in checklist(built.unit.path, day)] for day in (date(2023, 8, 4), HELD)]
    assert labels[1] == ["有无障碍通道", *labels[0]]
    elsewhere = [item.label for item in checklist(world.station("明星镇社工站").unit.path, HELD)]
    assert elsewhere == labels[0]


def test_the_same_words_replace_the_item_from_above(world, built):
    item = next(item for item in checklist(built.unit.path, HELD) if not item.necessary)
    issue(world, "晋中市", item.label, necessary=True)
    found = [one for one in checklist(built.unit.path, HELD) if one.label == item.label]
    assert [(one.necessary, one.provision.citation) for one in found] == [(True, "晋中市〔2023〕1号 三")]


# ---- taking back ----------------------------------------------------------------------------------------------------


def test_withdrawing_the_status_takes_its_acceptance_along(built):
    accept(built, HELD)
    withdraw_status(by=None, station=built, reason="日期有误（演示）")
    assert (current(built), Acceptance.objects.count()) == (S.COMPLETED, 0)
    assert AuditEvent.objects.first().changes["验收"] == ["第 1 轮验收合格", None]


def test_a_failed_round_is_withdrawn_alone(built):
    fail(built)
    withdraw_acceptance(by=None, station=built, reason="记错站点（演示）")
    assert (current(built), Acceptance.objects.count()) == (S.COMPLETED, 0)
    assert accept(built, HELD).round == 1


def test_what_came_after_is_withdrawn_first(built):
    accept(built, HELD)
    advance(built, (S.SIGN_HUNG, HELD))
    with pytest.raises(ValidationError, match="验收之后已登记“挂牌”，请先撤回后面的状态"):
        withdraw_acceptance(by=None, station=built, reason="有误（演示）")


def test_completion_is_not_withdrawn_below_a_round(built):
    fail(built)
    with pytest.raises(ValidationError, match="请先撤回验收"):
        withdraw_status(by=None, station=built, reason="有误（演示）")


def test_a_closing_is_not_withdrawn_once_the_township_has_another_station(world, built):
    advance(built, (S.CLOSED, date(2023, 9, 1)))
    create_station(
        by=None, township=built.unit.parent, name="东阳镇社工站", kind=StationKind.STATION, started_on=date(2023, 9, 2)
    )
    with pytest.raises(ValidationError, match="已另设"):
        withdraw_status(by=None, station=built, reason="有误（演示）")


# ---- who records which step (R14) -----------------------------------------------------------------------------------


@pytest.fixture
def here(world, rules) -> Station:
    """北关街道社工站, where 李 manages, completed on 2023-09-01 and no more."""
    station = world.station()
    StatusSpell.objects.filter(station=station).delete()
    StatusSpell.objects.create(station=station, status=S.COMPLETED, starts_on=date(2023, 9, 1))
    return station


def test_every_status_says_who_records_it():
    assert set(life.RECORDED_WITH) == set(StationStatus)


def test_the_township_may_not_accept_and_is_told_who_may(world, here):
    with pytest.raises(ValidationError) as caught:
        accept(here, date(2023, 9, 5), by=world.township)
    assert errors_of(caught) == {"passed": ["“验收”由县级民政干部登记，您在这里没有登记的权限"]}


def test_the_township_hangs_the_sign_and_takes_it_back(world, here):
    accept(here, date(2023, 9, 5), by=world.county)
    record_status(by=world.township, station=here, status=S.SIGN_HUNG, on=date(2023, 9, 6))
    withdraw_status(by=world.township, station=here, reason="有误（演示）")
    with pytest.raises(ValidationError, match="“验收”由县级民政干部登记"):
        withdraw_status(by=world.township, station=here, reason="有误（演示）")


@pytest.mark.parametrize("step", [S.SUSPENDED, S.CLOSED])
def test_suspending_and_closing_are_the_countys(world, step):
    station = world.station()
    with pytest.raises(ValidationError, match="由县级民政干部登记"):
        record_status(by=world.township, station=station, status=step, on=date(2023, 11, 1))
    record_status(by=world.county, station=station, status=step, on=date(2023, 11, 1))


def test_who_suspends_also_resumes(world):
    station = world.station()
    record_status(by=world.county, station=station, status=S.SUSPENDED, on=date(2023, 11, 1))
    with pytest.raises(ValidationError, match="“运营”由县级民政干部登记"):
        record_status(by=world.township, station=station, status=S.OPERATING, on=date(2023, 11, 2))


def test_an_official_of_another_county_records_nothing(world, here):
    with pytest.raises(ValidationError, match="您在这里没有登记的权限"):
        accept(here, date(2023, 9, 5), by=world.outsider)


def test_only_the_county_places_a_station(world, township):
    with pytest.raises(ValidationError, match="“筹建”由县级民政干部登记"):
        create_station(
            by=world.city, township=township, name="站", kind=StationKind.STATION, started_on=date(2023, 6, 1)
        )
