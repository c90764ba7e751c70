"""Figures of work with people open lists that hold just what they count, where a plain list would hold other rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from casework.models import CaseSpell
from common.months import Month
from linkage.models import Handout, Organisation, OrganisationService, Referral, ReferralStep, Volunteer
from linkage.models import VolunteerService as Hours
from reporting.compute import compute_month
from reporting.figures import figures_of
from reporting.indicators import Group
from reporting.registry import INDICATORS
from tests.casework import gate_rows as case_rows
from tests.linkage import gate_rows as rows
from tests.reporting.facts import service

OCTOBER = Month(2026, 10)
DAY = date(2026, 10, 1)
STATION, TOWNSHIP = "北关街道社工站", "北关街道"
WITH_PEOPLE = {Group.PEOPLE, Group.CASEWORK, Group.VISIT, Group.LINKAGE}


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-10-20T10:00:00+08:00", tick=False)


@pytest.fixture
def opened(world, sign_in):
    """`opened("handouts", who)`: the figure at the unit of `who`, and what the list that it opens is given to show."""

    def open_it(key, who):
        compute_month(OCTOBER)
        unit = who.current_postings()[0].unit
        figure = figures_of(unit, OCTOBER)[key]
        page = sign_in(who).get(figure.url(unit, OCTOBER))
        assert page.status_code == 200
        return figure.numerator, page.context

    return open_it


@pytest.mark.parametrize("key", [key for key, one in INDICATORS.items() if one.group in WITH_PEOPLE])
def test_each_figure_opens_its_list_for_the_county(opened, world, key):
    assert INDICATORS[key].records is not None
    opened(key, world.county)


def test_a_townships_volunteer_is_on_the_list_of_the_station_that_they_served(opened, world):
    rows.volunteer(world, STATION)
    record = service(world.station(), DAY)
    helper = rows.volunteer(world, TOWNSHIP)
    Hours.objects.create(service=record, station=world.station(), month=OCTOBER, volunteer=helper, hours="2.5")
    for who in (world.worker, world.township, world.county):
        number, context = opened("named_volunteers", who)
        assert number == context["page"].paginator.count == 1
        number, context = opened("named_hours", who)
        assert number == context["sums"].hours == Decimal("2.5")
    assert context["rows"][0].hours == Decimal("2.5")


def test_hours_at_another_station_stand_not_on_the_list_of_this_one(opened, world):
    helper = rows.volunteer(world, TOWNSHIP)
    Hours.objects.create(
        service=service(world.station(), DAY), station=world.station(), month=OCTOBER, volunteer=helper, hours="2.0"
    )
    elsewhere = world.station("锦纶街道社工站")
    Hours.objects.create(
        service=service(elsewhere, DAY), station=elsewhere, month=OCTOBER, volunteer=helper, hours="4.0"
    )
    number, context = opened("named_hours", world.worker)
    assert number == context["sums"].hours == context["rows"][0].hours == 2
    number, context = opened("named_volunteers", world.city)
    assert number == context["page"].paginator.count == 1


def test_organisations_that_took_part_are_listed_without_those_that_did_not(opened, world):
    rows.organisation(world, STATION)
    of_township = rows.organisation(world, TOWNSHIP)
    OrganisationService.objects.create(
        service=service(world.station(), DAY), station=world.station(), month=OCTOBER, organisation=of_township
    )
    Organisation.objects.filter(pk=of_township.pk).update(ends_on=date(2026, 10, 5), end_reason="解散")
    for who, url in ((world.worker, ""), (world.county, f"/organisations/{of_township.pk}/")):
        number, context = opened("organisations_serving", who)
        assert [row.name for row in context["rows"]] == [of_township.name]
        assert number == 1
        assert context["rows"][0].url == url


def test_what_was_handed_out_is_listed_by_the_day_it_was_given(opened, world):
    given, september, withdrawn = (rows.handout(world, STATION) for _ in range(3))
    Handout.objects.filter(pk=september.pk).update(given_on=date(2026, 9, 30))
    Handout.objects.filter(pk=withdrawn.pk).update(withdrawn_at="2026-10-02T00:00Z", withdrawal_reason="登记错误")
    number, context = opened("handouts", world.county)
    assert (number, [row.pk for row in context["rows"]]) == (1, [given.pk])
    assert context["rows"][0].recipient == "一名服务对象"
    assert opened("handouts_value", world.county)[0] == context["sums"].value == 20
    assert opened("handout_people", world.county)[0] == context["sums"].people == 1


def test_a_case_closed_twice_in_a_month_is_one_on_figure_and_list(opened, world):
    case = case_rows.case(world, STATION)
    CaseSpell.objects.filter(case=case).delete()
    CaseSpell.objects.create(case=case, starts_on=date(2026, 9, 1), ends_on=DAY, outcome="OTHER")
    CaseSpell.objects.create(case=case, starts_on=date(2026, 10, 5), ends_on=date(2026, 10, 9), outcome="GOALS_MET")
    for key in ("cases_closed", "cases_closed_OTHER", "cases_closed_GOALS_MET"):
        number, context = opened(key, world.county)
        assert number == context["page"].paginator.count == 1


def test_a_referral_that_succeeded_twice_in_a_month_is_one_on_figure_and_list(opened, world):
    row: Referral = rows.referral(world, STATION)
    for day in (3, 9):
        ReferralStep.objects.create(
            referral=row, state="SUCCEEDED", on=date(2026, 10, day), at="2026-10-09T00:00Z", note="已办"
        )
    number, context = opened("referral_success", world.county)
    assert number == context["page"].paginator.count == 1


def test_volunteers_who_only_registered_are_listed_without_a_month(sign_in, world):
    helper: Volunteer = rows.volunteer(world, STATION)
    page = sign_in(world.county).get("/volunteers/").context
    assert [row.pk for row in page["rows"]] == [helper.pk]
