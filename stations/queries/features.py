"""What the pages of feature projects show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import F
from django.urls import reverse

from accounts.gate import may
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common.paths import ancestors
from files.queries import AttachmentRow, attachments_of
from stations.actions.features import recommends
from stations.models import (
    RECOGNISED,
    FeatureGroup,
    FeatureProject,
    FeatureState,
    FeatureStep,
    FeatureStepKind,
    Recommendation,
)
from stations.models.features import FeatureQuerySet

PHOTO = "photo"
TONES = {
    FeatureState.DRAFT: "muted",
    FeatureState.APPLIED: "info",
    FeatureState.APPROVED: "ok",
    FeatureState.FINISHED: "ok",
    FeatureState.STOPPED: "muted",
}
SORTS: dict[str, tuple[Any, ...]] = {
    "station": ("station__unit__path", "-year"),
    "-station": ("-station__unit__path", "-year"),
    "year": ("year", "station__unit__path"),
    "-year": ("-year", "station__unit__path"),
    "approved_on": (F("approved_on").asc(nulls_last=True), "station__unit__path"),
    "-approved_on": (F("approved_on").desc(nulls_last=True), "station__unit__path"),
}


@dataclass(frozen=True)
class FeatureRow:
    """One project in a list or as a card of the gallery."""

    pk: int
    url: str
    name: str
    year: int
    station: str
    county: str
    township: str
    group: str
    served: str
    state: str
    tone: str
    recommended: str
    applied_on: date | None
    approved_on: date | None
    to_city_on: date | None
    to_province_on: date | None
    finished_on: date | None
    stopped_on: date | None
    is_demo: bool
    photo: AttachmentRow | None = None
    plan: str = ""
    results: str = ""


@dataclass(frozen=True)
class StepRow:
    kind: str
    on: date
    by: str
    comment: str


@dataclass(frozen=True)
class FeatureSteps:
    """What this user may do with the project now."""

    edit: bool = False
    apply: bool = False
    review: bool = False
    to_city: bool = False
    to_province: bool = False
    take_back: bool = False
    finish: bool = False
    stop: bool = False


def sorted_features(features: FeatureQuerySet, sort: str) -> FeatureQuerySet:
    """In the order of `?sort=`, the latest year first for an unknown key."""
    return features.order_by(*SORTS.get(sort, SORTS["-year"]))


def feature_rows(features: Iterable[FeatureProject], *, photos_for: User | None = None) -> list[FeatureRow]:
    """`features` with station and unit joined. One query; with photos a few more, whatever their number."""
    features = list(features)
    paths = {
        step for feature in features for step in ancestors(feature.station.unit.path)[Level.COUNTY : Level.STATION]
    }
    names = dict(OrgUnit.objects.filter(path__in=paths).order_by().values_list("path", "name"))
    photos = attachments_of(photos_for, features, PHOTO) if photos_for and features else {}
    rows = []
    for feature in features:
        steps = [names.get(path, "") for path in ancestors(feature.station.unit.path)[Level.COUNTY : Level.STATION]]
        county, township = [*steps, "", ""][:2]
        state = FeatureState(feature.state)
        rows.append(
            FeatureRow(
                pk=feature.pk,
                url=reverse("feature_detail", args=[feature.pk]),
                name=feature.name,
                year=feature.year,
                station=feature.station.unit.name,
                county=county,
                township=township,
                group=FeatureGroup(feature.group).label,
                served=feature.served,
                state=state.label,
                tone=TONES[state],
                recommended=recommended_words(feature),
                applied_on=feature.applied_on,
                approved_on=feature.approved_on,
                to_city_on=feature.to_city_on,
                to_province_on=feature.to_province_on,
                finished_on=feature.finished_on,
                stopped_on=feature.stopped_on,
                is_demo=feature.is_demo,
                photo=next(iter(photos.get(feature.pk, [])), None),
                plan=feature.plan,
                results=feature.results,
            )
        )
    return rows


def recommended_words(feature: FeatureProject) -> str:
    """“推荐到省”, or ""."""
    return str(feature.recommended.label) if feature.recommended else ""


def by_county(rows: Iterable[FeatureRow]) -> list[tuple[str, list[FeatureRow]]]:
    """Rows in the order of the tree, by county."""
    return [(county, list(group)) for county, group in groupby(rows, key=lambda row: row.county)]


def step_rows(feature: FeatureProject) -> tuple[list[StepRow], int, str]:
    """The steps, the latest first; the key of the last (0: none); the comment of a return that waits. One query."""
    steps = list(FeatureStep.objects.filter(feature=feature).select_related("by").order_by("-pk"))
    rows = [
        StepRow(step.get_kind_display(), step.on, step.by.name if step.by else "系统", step.comment) for step in steps
    ]
    last = steps[0] if steps else None
    returned = last is not None and last.kind == FeatureStepKind.RETURNED and feature.state == FeatureState.DRAFT
    return rows, last.pk if last else 0, last.comment if last and returned else ""


def steps_open_to(user: User, feature: FeatureProject) -> FeatureSteps:
    """What the user may do with it. No query."""
    path, state = feature.station.unit.path, feature.state
    writes = may(user, Permission.EDIT_FEATURE, path)
    county, city = (recommends(user, path, to) for to in (Recommendation.CITY, Recommendation.PROVINCE))
    recognised, to = state in RECOGNISED, feature.recommended
    return FeatureSteps(
        edit=writes and state in (FeatureState.DRAFT, FeatureState.APPROVED),
        apply=writes and state == FeatureState.DRAFT and bool(feature.plan),
        review=county and state == FeatureState.APPLIED,
        to_city=county and recognised and to is None,
        to_province=city and recognised and to == Recommendation.CITY,
        take_back=recognised and ((county and to == Recommendation.CITY) or (city and to == Recommendation.PROVINCE)),
        finish=county and state == FeatureState.APPROVED and bool(feature.results),
        stop=(county and state == FeatureState.APPROVED)
        or (writes and state in (FeatureState.DRAFT, FeatureState.APPLIED)),
    )


def waiting(user: User) -> int:
    """Projects that wait for this county's decision. One query."""
    rows = FeatureProject.objects.visible_to(user, Permission.RECOMMEND_FEATURE)
    return rows.filter(state=FeatureState.APPLIED).count()
