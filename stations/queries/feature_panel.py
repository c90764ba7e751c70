"""Feature projects on a station's page, and in its timeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from stations.models import FeatureProject, FeatureStep, FeatureStepKind, Station
from stations.panels import panel
from stations.queries.features import feature_rows
from stations.timeline import Event, timeline


@panel(key="features", title="一站一品", order=45, template="stations/panels/features.html")
def features(user: User, station: Station) -> dict[str, Any]:
    """Two queries."""
    rows = feature_rows(
        FeatureProject.objects.filter(station=station).select_related("station__unit").order_by("-year", "-pk")
    )
    writes = may(user, Permission.EDIT_FEATURE, station.unit.path) and station.completed_on and not station.closed_on
    create = f"{reverse('feature_create')}?station={station.pk}"
    return {"rows": rows, "links": [{"label": "填报特色项目", "url": create}] if writes else []}


@timeline()
def feature_steps(user: User, station: Station) -> Iterator[Event]:
    """One query."""
    steps = FeatureStep.objects.filter(feature__station=station).select_related("feature", "by").order_by("on", "pk")
    for step in steps:
        yield Event(
            step.on,
            f"特色项目{FeatureStepKind(step.kind).label}：{step.feature.name}",
            step.comment,
            reverse("feature_detail", args=[step.feature_id]),
            step.by.name if step.by else "",
        )
