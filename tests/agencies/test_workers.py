from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from agencies.actions import adopt_employments, employ_by_agency
from agencies.models import AgencyEmployment
from agencies.queries.pages import adoptable, agency_page
from stations.actions import create_worker, employ
from stations.models import Employment
from tests.agencies.conftest import TODAY


@pytest.fixture
def worker(world):
    return create_worker(by=None, unit=world.units["榆次区"], name="某社工")


def employed(worker, name: str, kind: str = "AGENCY") -> Employment:
    return employ(by=None, worker=worker, employer_kind=kind, employer_name=name, full_time=True, on=date(2025, 3, 1))


def test_an_agency_employs_a_worker_under_its_own_name(world, agency, worker):
    link = employ_by_agency(by=world.county, agency=agency, worker=worker, full_time=False, on=date(2026, 3, 1))
    assert (link.employment.employer_name, link.employment.full_time) == ("榆次阳光社工中心", False)
    assert agency_page(agency, world.county, TODAY)["workers"] == [link]


def test_who_leaves_an_agency_is_no_longer_among_its_workers(world, agency, other, worker):
    employ_by_agency(by=None, agency=agency, worker=worker, full_time=True, on=date(2026, 3, 1))
    employ_by_agency(by=None, agency=other, worker=worker, full_time=True, on=date(2026, 5, 1))
    assert agency_page(agency, world.county, TODAY)["workers"] == []
    assert len(agency_page(other, world.county, TODAY)["workers"]) == 1


def test_employments_under_the_very_name_are_offered_and_linked_once(world, agency, worker, sign_in):
    mine = employed(worker, "榆次阳光社工中心")
    assert adoptable(agency, world.county, TODAY) == [mine]
    assert adoptable(agency, world.outsider, TODAY) == []
    sign_in(world.county).post(reverse("agency_adopt", args=[agency.pk]))
    assert AgencyEmployment.objects.get().employment == mine
    assert adoptable(agency, world.county, TODAY) == []


@pytest.mark.parametrize(("name", "kind"), [("榆次阳光社工中心有限公司", "AGENCY"), ("榆次阳光社工中心", "TOWNSHIP")])
def test_another_employer_is_not_linked(world, agency, worker, name, kind):
    assert adopt_employments(by=None, agency=agency, employments=[employed(worker, name, kind)]) == 0
