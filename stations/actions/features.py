"""One station, one brand (R18): the station writes and applies, the county recognises and recommends, the city too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Level, User
from accounts.roles import Permission
from common import checks
from common.paths import STEP, within
from common.text import long_text, plain_name
from files.actions import attach
from files.checks import CheckedFile
from stations import stale
from stations.actions.locks import locked_station
from stations.actions.spells import require_step
from stations.models import (
    RECOGNISED,
    FeatureGroup,
    FeatureProject,
    FeatureState,
    FeatureStep,
    FeatureStepKind,
    Recommendation,
    Station,
)
from stations.models.features import FIRST_YEAR, RECOMMENDED_ON

TEXT_LENGTH = 3000
COMMENT_LENGTH = 500
Evidence = Sequence[File | CheckedFile]
_Kind = FeatureStepKind
# Which posting recommends: the county to its city, the city to its province (R14).
RECOMMENDERS = {Recommendation.CITY: Level.COUNTY, Recommendation.PROVINCE: Level.CITY}
RECOMMENDER_WORDS = {Recommendation.CITY: "县级民政干部", Recommendation.PROVINCE: "市级民政干部"}


def recommends(user: User | None, path: str, to: Recommendation) -> bool:
    """Does the user hold the right at the level that recommends there? (None: the system itself.)"""
    if user is None:
        return True
    depth = (RECOMMENDERS[to] + 1) * STEP
    return any(within(path, top) and len(top) == depth for top in user.paths(Permission.RECOMMEND_FEATURE))


@transaction.atomic
def draft_feature(
    *, by: User | None, station: Station, year: int, files: dict[str, Evidence], **facts: str
) -> FeatureProject:
    """Begin the station's project of a year. `facts`: name, group, served, plan, results; `files`: slot → files.

    Raises ValidationError: a live project of that year already, a station not yet completed or closed, wrong facts.
    """
    station = locked_station(station)
    require_step(by, station.unit.path, Permission.EDIT_FEATURE, step="特色项目", field="station")
    if station.closed_on or station.completed_on is None:
        words = f"{station}已于 {station.closed_on} 撤销" if station.closed_on else f"{station}还没有建成"
        raise ValidationError({"station": f"{words}，不能填报特色项目"})
    this_year = timezone.localdate().year
    if not FIRST_YEAR <= year <= this_year + 1:
        raise ValidationError({"year": f"年度应在 {FIRST_YEAR} 至 {this_year + 1} 之间"})
    clean = _facts(facts)
    taken = ValidationError({"year": f"{station} {year} 年已有特色项目，一站一年一个；原项目中止后才能另报"})
    if FeatureProject.objects.live().filter(station=station, year=year).exists():
        raise taken
    try:
        with transaction.atomic():
            feature = FeatureProject.objects.create(station=station, year=year, created_by=by, **clean)
    except IntegrityError:  # by somebody else since the look
        raise taken from None
    _attach(by, feature, files)
    _tell(by, "填报特色项目", feature, {"项目主题": [None, feature.name], "年度": [None, year]})
    return feature


@transaction.atomic
def edit_feature(
    *, by: User | None, feature: FeatureProject, files: dict[str, Evidence], **facts: str
) -> FeatureProject:
    """Change a draft; of a recognised project only the results, and more evidence.

    Raises ValidationError while the county looks at it, and once it is finished or stopped.
    """
    feature = _locked(feature)
    require_step(by, feature.station.unit.path, Permission.EDIT_FEATURE, step="特色项目", field="name")
    if feature.state not in (FeatureState.DRAFT, FeatureState.APPROVED):
        raise ValidationError(f"项目{feature.get_state_display()}，不能再修改")
    before = audit.told(feature)
    if feature.state == FeatureState.APPROVED:
        facts = {"results": facts.get("results", feature.results)}
        feature.results = _text(facts, "results", "实施成效")
    else:
        for name, value in _facts(facts).items():
            setattr(feature, name, value)
    feature.save()
    _attach(by, feature, files)
    if changes := audit.changes(before, audit.told(feature)):
        _tell(by, "修改特色项目", feature, {name: _short(name, pair) for name, pair in changes.items()})
    return feature


def _facts(facts: dict[str, str]) -> dict[str, Any]:
    return checks.all_of(
        name=lambda: plain_name(facts.get("name", ""), field="name", label="项目主题", max_length=60),
        group=lambda: checks.member(facts.get("group", ""), FeatureGroup, field="group", label="服务群体"),
        served=lambda: plain_name(facts.get("served", ""), field="served", label="服务对象", max_length=100),
        plan=lambda: _text(facts, "plan", "实施方案"),
        results=lambda: _text(facts, "results", "实施成效"),
    )


def _text(facts: dict[str, str], name: str, label: str) -> str:
    return long_text(facts.get(name, ""), field=name, label=label, max_length=TEXT_LENGTH)


@transaction.atomic
def apply_feature(*, by: User | None, feature: FeatureProject, expected: int) -> FeatureProject:
    """The station asks its county to recognise the draft. Raises ValidationError without a plan."""
    feature = _locked(feature)
    require_step(by, feature.station.unit.path, Permission.EDIT_FEATURE, step="申报特色项目", field="plan")
    _seen(feature, expected)
    _in_state(feature, "申报", FeatureState.DRAFT)
    if not feature.plan:
        raise ValidationError("请先填写实施方案，再申报")
    feature.state, feature.applied_on = FeatureState.APPLIED, timezone.localdate()
    return _step(by, feature, _Kind.APPLIED, feature.applied_on)


@transaction.atomic
def review_feature(
    *, by: User | None, feature: FeatureProject, accepted: bool, on: date, comment: str, expected: int
) -> FeatureProject:
    """The county recognises the project, or sends it back with a comment. Of two reviewers at once one is refused."""
    feature = _locked(feature)
    _require_tier(by, feature, Recommendation.CITY, "认定", "accepted")
    _seen(feature, expected)
    _in_state(feature, "审核", FeatureState.APPLIED)
    day = _day(on, feature.applied_on, "申报日期")
    comment = _comment(comment)
    if not accepted:
        if not comment:
            raise ValidationError({"comment": "退回的，请写明意见"})
        feature.state, feature.applied_on = FeatureState.DRAFT, None
        return _step(by, feature, _Kind.RETURNED, day, comment)
    feature.state, feature.approved_on = FeatureState.APPROVED, day
    return _step(by, feature, _Kind.APPROVED, day, comment)


@transaction.atomic
def recommend_feature(
    *, by: User | None, feature: FeatureProject, to: Recommendation, on: date, comment: str, expected: int
) -> FeatureProject:
    """The county recommends a recognised project to its city; the city one of those to its province."""
    feature = _locked(feature)
    _require_tier(by, feature, to, to.label, "on")
    _seen(feature, expected)
    _in_state(feature, "推荐", *RECOGNISED)
    if getattr(feature, RECOMMENDED_ON[to]):
        raise ValidationError(f"该项目已{to.label}，不必重复推荐")
    since, since_label = feature.approved_on, "认定日期"
    if to == Recommendation.PROVINCE:
        if feature.to_city_on is None:
            raise ValidationError("县（市、区）推荐到市以后，才能推荐到省")
        since, since_label = feature.to_city_on, "推荐到市日期"
    day = _day(on, since, since_label)
    setattr(feature, RECOMMENDED_ON[to], day)
    kind = _Kind.TO_CITY if to == Recommendation.CITY else _Kind.TO_PROVINCE
    return _step(by, feature, kind, day, _comment(comment))


@transaction.atomic
def take_back_recommendation(*, by: User | None, feature: FeatureProject, reason: str, expected: int) -> FeatureProject:
    """Whoever recommended last takes it back, with a reason; figures since that day no longer count it."""
    feature = _locked(feature)
    to = feature.recommended
    if to is None:
        raise ValidationError("该项目没有被推荐")
    _require_tier(by, feature, to, f"撤回{to.label}", "reason")
    _seen(feature, expected)
    _in_state(feature, "撤回推荐", *RECOGNISED)
    reason = checks.withdrawal_reason(reason)
    since: date = getattr(feature, RECOMMENDED_ON[to])
    setattr(feature, RECOMMENDED_ON[to], None)
    _step(by, feature, _Kind.TAKEN_BACK, timezone.localdate(), reason)
    stale.mark(feature.station_id, stale.months_since(since))
    return feature


@transaction.atomic
def finish_feature(
    *, by: User | None, feature: FeatureProject, on: date, comment: str, expected: int
) -> FeatureProject:
    """The county accepts the results. Raises ValidationError while none are written."""
    feature = _locked(feature)
    _require_tier(by, feature, Recommendation.CITY, "结项", "on")
    _seen(feature, expected)
    _in_state(feature, "结项", FeatureState.APPROVED)
    if not feature.results:
        raise ValidationError("站点还没有填写实施成效，不能结项")
    day = _day(on, feature.approved_on, "认定日期")
    feature.state, feature.finished_on = FeatureState.FINISHED, day
    return _step(by, feature, _Kind.FINISHED, day, _comment(comment))


@transaction.atomic
def stop_feature(*, by: User | None, feature: FeatureProject, on: date, reason: str, expected: int) -> FeatureProject:
    """Give the project up: before recognition by the station, afterwards by the county. A reason is needed."""
    feature = _locked(feature)
    _in_state(feature, "中止", FeatureState.DRAFT, FeatureState.APPLIED, FeatureState.APPROVED)
    if feature.state == FeatureState.APPROVED:
        _require_tier(by, feature, Recommendation.CITY, "中止已认定的项目", "on")
    else:
        require_step(by, feature.station.unit.path, Permission.EDIT_FEATURE, step="中止未认定的项目", field="on")
    _seen(feature, expected)
    since = feature.to_province_on or feature.to_city_on or feature.approved_on or feature.applied_on
    clean = checks.all_of(
        on=lambda: _day(on, since, "上一环节日期"),
        reason=lambda: checks.withdrawal_reason(reason, label="中止理由"),
    )
    feature.state, feature.stopped_on = FeatureState.STOPPED, clean["on"]
    return _step(by, feature, _Kind.STOPPED, clean["on"], clean["reason"])


# ---- shared ---------------------------------------------------------------------------------------------------------


def _locked(feature: FeatureProject) -> FeatureProject:
    """Station first, then the project (stations.actions.locks)."""
    locked_station(feature.station)
    rows = FeatureProject.objects.select_for_update(of=("self",)).select_related("station__unit")
    return rows.get(pk=feature.pk)


def last_step(feature: FeatureProject) -> int:
    """The key of the latest step, 0 before the first: what a form carries as `expected`."""
    return FeatureStep.objects.filter(feature=feature).order_by("-pk").values_list("pk", flat=True).first() or 0


def _seen(feature: FeatureProject, expected: int) -> None:
    """Raises ValidationError when somebody took a step since the user looked."""
    last = FeatureStep.objects.filter(feature=feature).order_by("-pk").first()
    if last is not None and last.pk != expected:
        raise ValidationError(f"他人刚刚登记了“{last.get_kind_display()}”（{last.on}），请核对后重新办理")


def _in_state(feature: FeatureProject, step: str, *states: FeatureState) -> None:
    if feature.state not in states:
        raise ValidationError(f"项目现为“{feature.get_state_display()}”，不能{step}")


def _require_tier(by: User | None, feature: FeatureProject, to: Recommendation, step: str, field: str) -> None:
    if not recommends(by, feature.station.unit.path, to):
        raise ValidationError({field: f"“{step}”由{RECOMMENDER_WORDS[to]}登记，您在这里没有登记的权限"})


def _day(on: date, since: date | None, since_label: str) -> date:
    return checks.past_day(on, field="on", label="日期", since=since, since_label=since_label)


def _comment(text: str) -> str:
    return long_text(text, field="comment", label="意见", max_length=COMMENT_LENGTH)


def _attach(by: User | None, feature: FeatureProject, files: dict[str, Evidence]) -> None:
    for slot, chosen in files.items():
        attach(by=by, target=feature, unit=feature.station.unit, files=chosen, slot=slot, field=slot)


def _short(name: str, pair: list[Any]) -> list[Any]:
    """The trail keeps no narratives, only how long they are."""
    return [f"{len(text)} 字" for text in pair] if name in ("plan", "results") else pair


def _step(
    by: User | None, feature: FeatureProject, kind: FeatureStepKind, on: date, comment: str = ""
) -> FeatureProject:
    """Save the project and the step, leave the event, and mark the months whose figures change."""
    feature.save()
    FeatureStep.objects.create(feature=feature, kind=kind, on=on, comment=comment, by=by, at=timezone.now())
    state = FeatureState(feature.state).label
    _tell(by, f"特色项目{kind.label}", feature, {"状态": [None, state], "日期": [None, str(on)]}, comment)
    stale.mark(feature.station_id, stale.months_since(on))
    return feature


def _tell(by: User | None, verb: str, feature: FeatureProject, changes: dict[str, Any], reason: str = "") -> None:
    audit.record(by=by, verb=verb, target=feature, unit=feature.station.unit, changes=changes, reason=reason)
