"""Two at once at the same feature project, on a database that lets them: PostgreSQL."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from stations.actions import features as actions
from stations.models import FeatureProject, FeatureState, FeatureStep
from tests.stations.test_concurrency import refused
from tests.stations.test_features import FACTS
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_reviewers_at_once_the_second_is_told(world, rules, attempt):
    feature = FeatureProject.objects.create(
        station=world.station(), year=2023, state=FeatureState.APPLIED, applied_on=date(2023, 11, 1), **FACTS
    )

    def review(accepted: bool):
        return actions.review_feature(
            by=world.county, feature=feature, accepted=accepted, on=date(2023, 12, 5), comment="意见", expected=0
        )

    (error,) = refused(together(lambda: review(True), lambda: review(False)))
    assert "他人刚刚登记了" in error.messages[0]
    assert FeatureStep.objects.filter(feature=feature).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_a_station_gets_one_project_of_a_year_however_many_draft_it(world, rules, attempt):
    station = world.station()

    def draft(name: str):
        return actions.draft_feature(by=None, station=station, year=2023, files={}, **FACTS | {"name": name})

    errors = refused(together(lambda: draft("一"), lambda: draft("二"), lambda: draft("三")))
    assert [list(error.message_dict) for error in errors] == [["year"], ["year"]]
    assert FeatureProject.objects.filter(station=station).count() == 1
