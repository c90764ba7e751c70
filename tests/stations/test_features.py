"""One station, one brand (R18): who writes, recognises and recommends, in which order, and what counts when."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from common.months import Month
from stations.actions import features as actions
from stations.models import FeatureProject, FeatureState, FeatureStep, Recommendation, StaleMonth, Station
from tests.stations.conftest import errors_of

CITY, PROVINCE = Recommendation.CITY, Recommendation.PROVINCE
FACTS = {
    "name": "夕阳有伴",
    "group": "ELDERLY",
    "served": "辖区独居老人 46 人",
    "plan": "每周两次探访",
    "results": "",
}


@pytest.fixture
def station(world, rules) -> Station:
    return world.station()


@pytest.fixture
def draft(world, station):
    """`draft(…)`: the project of 北关街道社工站 for 2023, by 张."""

    def make(by=None, year=2023, **changes):
        facts = FACTS | changes
        return actions.draft_feature(by=by or world.worker, station=station, year=year, files={}, **facts)

    return make


@pytest.fixture
def applied(world, draft):
    return actions.apply_feature(by=world.worker, feature=draft(), expected=0)


@pytest.fixture
def recognised(world, applied):
    return review(world.county, applied, on=date(2023, 12, 1))


def review(by, feature, *, accepted=True, on=date(2023, 12, 5), comment="", expected=None):
    expected = actions.last_step(feature) if expected is None else expected
    return actions.review_feature(by=by, feature=feature, accepted=accepted, on=on, comment=comment, expected=expected)


def recommend(by, feature, to, on=date(2023, 12, 5)):
    last = actions.last_step(feature)
    return actions.recommend_feature(by=by, feature=feature, to=to, on=on, comment="", expected=last)


@pytest.fixture(autouse=True)
def applied_long_ago(monkeypatch):
    """Applications bear the date 2023-11-20, so that later steps have days to choose from."""
    real = actions.apply_feature

    def apply(**arguments):
        feature = real(**arguments)
        FeatureProject.objects.filter(pk=feature.pk).update(applied_on=date(2023, 11, 20))
        feature.refresh_from_db()
        return feature

    monkeypatch.setattr(actions, "apply_feature", apply)


# ---- writing


def test_a_station_drafts_its_project_of_a_year(world, draft):
    feature = draft()
    assert (feature.state, feature.created_by, feature.name) == (FeatureState.DRAFT, world.worker, "夕阳有伴")
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.actor) == ("填报特色项目", world.worker)


def test_a_second_project_of_the_same_year_is_refused(draft):
    draft()
    with pytest.raises(ValidationError) as caught:
        draft(name="另一个")
    assert "2023 年已有特色项目" in errors_of(caught)["year"][0]
    assert draft(year=2022).year == 2022


def test_the_database_refuses_it_too(station, draft):
    draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        FeatureProject.objects.create(station=station, year=2023, name="x", group="ELDERLY", served="x")


def test_after_a_stop_another_may_follow(world, draft):
    first = draft()
    actions.stop_feature(by=world.worker, feature=first, on=date(2023, 12, 5), reason="换主题", expected=0)
    assert draft(name="新主题").state == FeatureState.DRAFT


def test_all_wrong_facts_are_told_at_once(draft):
    with pytest.raises(ValidationError) as caught:
        draft(name="", group="NOBODY", served="<b>")
    assert set(errors_of(caught)) == {"name", "group", "served"}


@pytest.mark.parametrize("year", [2017, 2025])
def test_a_year_far_away_is_refused(draft, year):
    with pytest.raises(ValidationError) as caught:
        draft(year=year)
    assert "2018 至 2024" in errors_of(caught)["year"][0]


def test_a_station_that_is_not_completed_has_none_yet(world, planned):
    with pytest.raises(ValidationError) as caught:
        actions.draft_feature(by=None, station=planned, year=2023, files={}, **FACTS)
    assert "还没有建成" in errors_of(caught)["station"][0]


def test_a_county_does_not_write_for_the_station(world, draft):
    with pytest.raises(ValidationError) as caught:
        draft(by=world.county)
    assert "没有登记的权限" in errors_of(caught)["station"][0]


def test_what_waits_for_the_county_cannot_be_changed(world, applied):
    with pytest.raises(ValidationError):
        actions.edit_feature(by=world.worker, feature=applied, files={}, **FACTS | {"name": "改名"})


def test_of_a_recognised_project_only_the_results_change(world, recognised):
    changed = FACTS | {"name": "改名", "results": "探访 400 人次"}
    feature = actions.edit_feature(by=world.worker, feature=recognised, files={}, **changed)
    assert (feature.name, feature.results) == ("夕阳有伴", "探访 400 人次")


def test_the_trail_keeps_no_narratives(world, draft):
    actions.edit_feature(by=world.worker, feature=draft(), files={}, **FACTS | {"plan": "王奶奶住在三楼"})
    assert AuditEvent.objects.latest("id").changes["plan"] == ["6 字", "7 字"]


# ---- steps


def test_a_project_without_a_plan_cannot_apply(world, draft):
    with pytest.raises(ValidationError) as caught:
        actions.apply_feature(by=world.worker, feature=draft(plan=" "), expected=0)
    assert "请先填写实施方案" in caught.value.messages[0]


def test_the_county_recognises(world, applied):
    feature = review(world.county, applied)
    assert (feature.state, feature.approved_on) == (FeatureState.APPROVED, date(2023, 12, 5))
    assert [step.kind for step in feature.steps.all()] == ["APPLIED", "APPROVED"]


def test_sending_back_needs_a_comment_and_makes_it_a_draft_again(world, applied):
    with pytest.raises(ValidationError) as caught:
        review(world.county, applied, accepted=False)
    assert errors_of(caught) == {"comment": ["退回的，请写明意见"]}
    feature = review(world.county, applied, accepted=False, comment="请补充经费来源")
    assert (feature.state, feature.applied_on) == (FeatureState.DRAFT, None)


@pytest.mark.parametrize("who", ["worker", "township", "city", "province", "outsider"])
def test_nobody_but_the_county_recognises(world, applied, who):
    with pytest.raises(ValidationError) as caught:
        review(getattr(world, who), applied)
    assert "由县级民政部门" in str(caught.value) or "由县级民政干部登记" in str(caught.value)
    applied.refresh_from_db()
    assert applied.state == FeatureState.APPLIED


def test_of_two_reviewers_the_second_is_told(world, applied):
    seen = actions.last_step(applied)
    review(world.county, applied, accepted=False, comment="请补充", expected=seen)
    with pytest.raises(ValidationError) as caught:
        review(world.county, applied, expected=seen)
    assert "他人刚刚登记了“退回修改”" in caught.value.messages[0]
    assert FeatureStep.objects.filter(feature=applied).count() == 2


@pytest.mark.parametrize("on", [date(2023, 11, 19), date(2023, 12, 6)])
def test_a_review_bears_no_date_before_the_application_or_in_the_future(world, applied, on):
    with pytest.raises(ValidationError) as caught:
        review(world.county, applied, on=on)
    assert "on" in errors_of(caught)


def test_county_recommends_to_city_and_city_to_province(world, recognised):
    feature = recommend(world.county, recognised, CITY)
    feature = recommend(world.city, feature, PROVINCE)
    assert (feature.to_city_on, feature.to_province_on) == (date(2023, 12, 5), date(2023, 12, 5))


def test_the_city_cannot_go_before_the_county(world, recognised):
    with pytest.raises(ValidationError) as caught:
        recommend(world.city, recognised, PROVINCE)
    assert "县（市、区）推荐到市以后" in caught.value.messages[0]


@pytest.mark.parametrize(
    ("who", "to"), [("city", CITY), ("county", PROVINCE), ("worker", CITY), ("province", PROVINCE)]
)
def test_each_tier_recommends_only_its_own_step(world, recognised, who, to):
    with pytest.raises(ValidationError) as caught:
        recommend(getattr(world, who), recognised, to)
    assert "没有登记的权限" in errors_of(caught)["on"][0]


def test_what_is_not_recognised_is_not_recommended(world, applied):
    with pytest.raises(ValidationError) as caught:
        recommend(world.county, applied, CITY)
    assert "待认定" in caught.value.messages[0]


def test_a_recommendation_is_made_once(world, recognised):
    feature = recommend(world.county, recognised, CITY)
    with pytest.raises(ValidationError) as caught:
        recommend(world.county, feature, CITY)
    assert "不必重复推荐" in caught.value.messages[0]


def test_who_recommended_takes_it_back_with_a_reason(world, recognised):
    feature = recommend(world.county, recognised, CITY)
    last = actions.last_step(feature)
    with pytest.raises(ValidationError):
        actions.take_back_recommendation(by=world.city, feature=feature, reason="误推", expected=last)
    feature = actions.take_back_recommendation(by=world.county, feature=feature, reason="误推", expected=last)
    assert feature.to_city_on is None
    assert feature.steps.latest("pk").comment == "误推"


def test_a_project_ends_with_its_results(world, recognised):
    last = actions.last_step(recognised)
    finish = {"by": world.county, "on": date(2023, 12, 5), "comment": "", "expected": last}
    with pytest.raises(ValidationError) as caught:
        actions.finish_feature(feature=recognised, **finish)
    assert "还没有填写实施成效" in caught.value.messages[0]
    feature = actions.edit_feature(by=world.worker, feature=recognised, files={}, results="探访 400 人次")
    assert actions.finish_feature(feature=feature, **finish).state == FeatureState.FINISHED


def test_a_recognised_project_is_stopped_by_the_county_alone(world, recognised):
    stop = {
        "feature": recognised,
        "on": date(2023, 12, 5),
        "reason": "机构退出",
        "expected": actions.last_step(recognised),
    }
    with pytest.raises(ValidationError):
        actions.stop_feature(by=world.worker, **stop)
    assert actions.stop_feature(by=world.county, **stop).state == FeatureState.STOPPED


def test_a_finished_project_is_not_stopped(world, recognised):
    FeatureProject.objects.filter(pk=recognised.pk).update(state="FINISHED", finished_on=date(2023, 12, 5))
    with pytest.raises(ValidationError) as caught:
        actions.stop_feature(by=world.county, feature=recognised, on=date(2023, 12, 5), reason="x", expected=0)
    assert "已结项" in caught.value.messages[0]


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "APPROVED"},
        {"state": "APPLIED"},
        {"state": "FINISHED"},
        {"state": "STOPPED"},
        {"to_city_on": date(2023, 12, 1)},
        {"year": 2017},
    ],
)
def test_the_database_refuses_states_without_their_dates(draft, columns):
    feature = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        FeatureProject.objects.filter(pk=feature.pk).update(**columns)


def test_a_step_marks_the_months_that_it_changes(world, applied):
    StaleMonth.objects.all().delete()
    review(world.county, applied, on=date(2023, 11, 25))
    assert {row.month for row in StaleMonth.objects.filter(unit=applied.station_id)} == {
        Month(2023, 11),
        Month(2023, 12),
    }


# ---- words


def test_a_project_counts_from_its_recognition_until_it_stops(world, recognised):
    def counted(day: date) -> bool:
        return FeatureProject.objects.recognised(day).exists()

    assert (counted(date(2023, 11, 30)), counted(date(2023, 12, 1))) == (False, True)
    actions.stop_feature(
        by=world.county,
        feature=recognised,
        on=date(2023, 12, 4),
        reason="机构退出",
        expected=actions.last_step(recognised),
    )
    assert (counted(date(2023, 12, 3)), counted(date(2023, 12, 4))) == (True, False)


def test_a_recommendation_counts_from_its_day(world, recognised):
    recommend(world.county, recognised, CITY, on=date(2023, 12, 3))
    features = FeatureProject.objects
    assert not features.recommended(CITY, date(2023, 12, 2)).exists()
    assert features.recommended(CITY, date(2023, 12, 3)).exists()
    assert not features.recommended(PROVINCE, date(2023, 12, 5)).exists()
