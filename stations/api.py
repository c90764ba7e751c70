"""API v1: stations and their feature projects, read only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.api import parameter
from stations.basics import BasicsState, judge
from stations.forms.features import RECOGNISED_CHOICE, FeatureFilter
from stations.forms.filters import StationFilter
from stations.models import (
    BasicsFilter,
    Dimension,
    FeatureGroup,
    FeatureProject,
    FeatureState,
    Hosting,
    Recommendation,
    Station,
    StationKind,
    StationState,
    StationStatus,
    StatusSpell,
)


class StationSerializer(serializers.ModelSerializer):
    """站点、今天的状态，以及基础信息录入是否按时的判定和依据。"""

    id = serializers.IntegerField(source="pk", help_text="站点编号，也是其单位编号")
    name = serializers.CharField(source="unit.name", help_text="名称")
    parent = serializers.IntegerField(source="unit.parent_id", help_text="所在乡镇（街道）的单位编号")
    status = serializers.ChoiceField(StationStatus.choices, help_text="今天的状态")
    status_since = serializers.DateField(help_text="今天的状态自何日起")
    basics = serializers.SerializerMethodField(help_text="基础信息录入的判定：" + "、".join(BasicsState.values))
    document = serializers.CharField(source="due_provision.document.number", default=None, help_text="期限依据的文号")
    clause = serializers.CharField(source="due_provision.clause", default=None, help_text="期限依据的条款")

    class Meta:
        model = Station
        fields = [
            "id", "name", "parent", "kind", "status", "status_since", "address", "contact_name", "contact_phone",
            "hosting", "host_name", "area_square_metres", "completed_on", "closed_on", "basics_entered_on", "basics",
            "due_on", "due_reason", "due_provisional", "document", "clause", "is_demo",
        ]  # fmt: skip

    def get_basics(self, station: Station) -> str:
        return judge(station.judged_due(), station.basics_entered_on, timezone.localdate()).state.value


@extend_schema_view(
    list=extend_schema(
        summary="列出站点",
        parameters=[
            parameter("unit", "单位编号：只列其下辖的站点", OpenApiTypes.INT),
            parameter("q", "名称或拼音首字母包含的文字"),
            parameter("kind", "类型", enum=StationKind.values),
            parameter("state", "状态；已建成、已验收、已挂牌、新建成为累计口径，停运的也算", enum=StationState.values),
            parameter("basics", "基础信息录入", enum=BasicsFilter.values),
            parameter("dimension", "建设标准的维度，与 met 一起用", enum=Dimension.values),
            parameter("met", "达标与否；不填维度时指四个维度都达标", enum=["yes", "no"]),
            parameter("hosting", "运营方式", enum=Hosting.values),
            parameter("month", "截至该月月末，如 2026-10；不填为今天"),
        ],
    ),
    retrieve=extend_schema(summary="查看一个站点"),
)
class StationViewSet(ReadOnlyModelViewSet):
    """站点：管辖范围内的社工站和社工室。筛选与站点页面相同。"""

    queryset = Station.objects.none()
    serializer_class = StationSerializer

    def get_queryset(self) -> QuerySet[Station]:
        stations: Any = Station.objects.visible_to(self.request.user)
        if self.action == "list":
            stations = self._filtered(stations)
        now = StatusSpell.objects.current().filter(station=OuterRef("pk"))
        return stations.select_related("unit", "due_provision__document").annotate(
            status=Subquery(now.values("status")[:1]), status_since=Subquery(now.values("starts_on")[:1])
        )

    def _filtered(self, stations: Any) -> Any:
        user, given = self.request.user, self.request.query_params
        unit = unit_in_scope(user, given.get("unit"))
        form = StationFilter(given, user=user, unit=unit, permission=Permission.VIEW)
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        return form.apply(stations).order_by("unit__path")


class FeatureSerializer(serializers.ModelSerializer):
    """一站一品特色项目。照片和材料见页面。"""

    station_name = serializers.CharField(source="station.unit.name", help_text="站点名称")

    class Meta:
        model = FeatureProject
        fields = [
            "id", "station", "station_name", "year", "name", "group", "served", "plan", "results", "state",
            "applied_on", "approved_on", "to_city_on", "to_province_on", "finished_on", "stopped_on", "is_demo",
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(
        summary="列出特色项目",
        parameters=[
            parameter("unit", "单位编号：只列其下辖站点的项目", OpenApiTypes.INT),
            parameter("q", "项目或站点名称包含的文字"),
            parameter("year", "年度", OpenApiTypes.INT),
            parameter("state", "状态", enum=[*FeatureState.values, RECOGNISED_CHOICE]),
            parameter("group", "服务群体", enum=FeatureGroup.values),
            parameter("recommended", "推荐到哪一级", enum=Recommendation.values),
            parameter("month", "截至该月月末已认定的，如 2026-10"),
        ],
    ),
    retrieve=extend_schema(summary="查看一个特色项目"),
)
class FeatureViewSet(ReadOnlyModelViewSet):
    """一站一品：管辖范围内站点的特色项目。筛选与列表页面相同。"""

    queryset = FeatureProject.objects.none()
    serializer_class = FeatureSerializer

    def get_queryset(self) -> QuerySet[FeatureProject]:
        user, given = self.request.user, self.request.query_params
        features: Any = FeatureProject.objects.visible_to(user)
        if self.action == "list":
            unit = unit_in_scope(user, given.get("unit"))
            form = FeatureFilter(given, user=user, unit=unit, permission=Permission.VIEW)
            if not form.is_valid():
                raise ValidationError(form.errors.as_data())
            features = form.apply(features)
        return features.select_related("station__unit").order_by("-year", "station__unit__path", "pk")
