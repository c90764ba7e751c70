"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from standards.actions import Found, judge_due, save_check
from standards.models import Check, CheckKind, DimensionScore, Standard
from stations.models import DimensionState
from tests.standards.conftest import AREA, PLATE, check, good, items_of
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]
D = date(2026, 3, 1)


def refused(results: list[Any]) -> list[ValidationError]:
    """The acts that were refused; anything else that went wrong is raised."""
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, ValidationError):
            raise result
    return [result for result in results if isinstance(result, ValidationError)]


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_who_submit_the_same_check_one_is_told(world, issue, attempt):
    issue("晋中市", AREA, PLATE)
    station = world.station()
    found = {code: good(item) for code, item in items_of(station, D).items()}
    draft = save_check(by=None, station=station, kind=CheckKind.COUNTY, checked_on=D, found=found)

    def submit() -> Any:
        return save_check(
            by=None, station=station, kind=CheckKind.COUNTY, checked_on=D, found=found, submit=True,
            expected=draft.revision,
        )  # fmt: skip

    (error,) = refused(together(submit, submit))
    assert "他人刚刚保存或提交" in error.messages[0]
    assert Check.objects.get().answers.count() == len(found)
    assert DimensionScore.objects.filter(station=station, ends_on=None).count() == 4


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_who_check_without_a_draft_one_is_told(world, default, attempt):
    """Neither of them saved a draft before: handing in leaves none behind either."""
    station = world.station()
    found = {code: good(item) for code, item in items_of(station, D).items()}

    def submit() -> Any:
        return save_check(
            by=None, station=station, kind=CheckKind.COUNTY, checked_on=D, found=found, submit=True, expected=0
        )

    (error,) = refused(together(submit, submit))
    assert "他人刚刚保存或提交" in error.messages[0]
    assert Check.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_two_who_begin_a_check_make_one_draft(world, default, attempt):
    station = world.station()

    def begin(area: int) -> Any:
        found = {"AREA": Found(number=area)}
        return save_check(by=None, station=station, kind=CheckKind.SELF, checked_on=D, found=found, expected=0)

    (error,) = refused(together(lambda: begin(50), lambda: begin(60)))
    assert "他人刚刚" in error.messages[0]
    assert Check.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_versions_at_once_the_second_is_told(issue, world, attempt):
    (error,) = refused(together(lambda: issue("榆次区", AREA, expected=0), lambda: issue("榆次区", PLATE, expected=0)))
    assert "他人刚刚发布" in error.messages[0]
    assert Standard.objects.current().filter(issuer=world.units["榆次区"]).count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_judging_and_a_check_at_once_leave_one_state(issue, world, attempt):
    issue("晋中市", AREA, PLATE)
    station = world.station()
    check(station, date(2026, 1, 10))
    issue("榆次区", PLATE, on=D)
    assert refused(together(judge_due, lambda: check(station, D), judge_due)) == []
    assert DimensionState.objects.current().filter(station=station).count() == 4
    assert DimensionScore.objects.current().filter(station=station).count() == 4
