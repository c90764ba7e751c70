"""What stations answer of their standard and their feature project: see standards.stage_answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.urls import reverse

from policies.models import Dimension
from standards.effective import number_text
from standards.models import DimensionScore
from standards.stage_answers import Answers, Found, Question, answers
from standards.stage_questions import DIMENSION, FEATURE, SCORE
from stations.models import DimensionState, FeatureProject, Station

HUNDRED = Decimal(100)


@answers(DIMENSION)
def dimensions(stations: Sequence[Station], questions: Sequence[Question], on: date) -> Answers:
    """Met or not by the check that holds on the day. One query."""
    states = {
        (row.station_id, row.dimension): row for row in DimensionState.objects.at(on).filter(station__in=stations)
    }
    found = {}
    for station in stations:
        url = reverse("station_standard", args=[station.pk])
        for question in questions:
            label = Dimension(question.subject).label
            state = states.get((station.pk, question.subject))
            if state is None:
                answer = Found(None, f"{label}没有检查", url)
            else:
                note = f"，{state.note}" if state.note and not state.met else ""
                words = f"{label}{'达标' if state.met else '未达标'}（{state.starts_on} 检查{note}）"
                answer = Found(state.met, words, url)
            found[station.pk, question] = answer
    return found


@answers(SCORE)
def score(stations: Sequence[Station], questions: Sequence[Question], on: date) -> Answers:
    """Points of all dimensions together, out of a hundred. One query."""
    earned: dict[int, Decimal] = defaultdict(Decimal)
    possible: dict[int, Decimal] = defaultdict(Decimal)
    for row in DimensionScore.objects.at(on).filter(station__in=stations):
        earned[row.station_id] += row.earned
        possible[row.station_id] += row.possible
    found = {}
    for station in stations:
        url, full = reverse("station_standard", args=[station.pk]), possible[station.pk]
        if full:
            value = earned[station.pk] * HUNDRED / full
            fraction = f"{number_text(earned[station.pk])}/{number_text(full)}"
            answer = Found(value, f"建设标准得分 {value:.1f} 分（{fraction}）", url)
        else:
            answer = Found(None, "没有按建设标准检查", url)
        found.update({(station.pk, question): answer for question in questions})
    return found


@answers(FEATURE)
def feature(stations: Sequence[Station], questions: Sequence[Question], on: date) -> Answers:
    """A feature project of this year or the last that the county has recognised (R18). One query."""
    rows = FeatureProject.objects.recognised(on).filter(station__in=stations, year__in=(on.year - 1, on.year))
    projects = {row.station_id: row for row in rows.order_by("year", "pk")}
    found = {}
    for station in stations:
        project = projects.get(station.pk)
        if project is None:
            url = f"{reverse('feature_list')}?unit={station.pk}"
            answer = Found(False, f"{on.year - 1} 年、{on.year} 年没有已认定的特色项目", url)
        else:
            words = f"{project.year} 年特色项目“{project.name}”已认定（{project.approved_on}）"
            answer = Found(True, words, reverse("feature_detail", args=[project.pk]))
        found.update({(station.pk, question): answer for question in questions})
    return found
