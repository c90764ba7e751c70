"""API v1 of building: plans with their milestones, acceptances, titles of rooms. Read only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.api import parameter
from stations.forms.building_filters import AcceptanceFilter, MilestoneFilter, PlanFilter, TitleFilter
from stations.milestones import Standing
from stations.models import Acceptance, AcceptanceItem, BuildingPlan, Milestone, MilestoneKind, RoomTitle, TitleState
from stations.queries.milestones import milestone_rows

COMMON = [
    parameter("unit", "单位编号：只列其下辖的", OpenApiTypes.INT),
    parameter("year", "年度", OpenApiTypes.INT),
    parameter("q", "名称包含的文字"),
]


class Filtered(ReadOnlyModelViewSet):
    """Lists pass the same filters as their page, errors under the filter's name."""

    form: Any
    related: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)

    def get_queryset(self) -> QuerySet[Any]:
        model: Any = self.queryset.model  # type: ignore[union-attr]
        rows = model.objects.visible_to(self.request.user).select_related(*self.related)
        return self._filtered(rows).order_by(*self.order) if self.action == "list" else rows

    def _filtered(self, rows: Any) -> Any:
        user, given = self.request.user, self.request.query_params
        unit = unit_in_scope(user, given.get("unit"))
        form = self.form(given, user=user, unit=unit, permission=Permission.VIEW)
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        return self.apply(form, rows)

    def apply(self, form: Any, rows: Any) -> Any:
        return form.apply(rows)


class PlanSerializer(serializers.ModelSerializer):
    """年度建设计划。目标取自文件条款，见 units 的数字。"""

    unit_name = serializers.CharField(source="unit.name", help_text="单位名称")
    document = serializers.CharField(source="document.number", default=None, help_text="依据文件的文号")

    class Meta:
        model = BuildingPlan
        fields = ["id", "unit", "unit_name", "year", "title", "document", "note"]


@extend_schema_view(
    list=extend_schema(summary="列出建设计划", parameters=COMMON), retrieve=extend_schema(summary="查看一份建设计划")
)
class PlanViewSet(Filtered):
    """建设计划：管辖范围内市、县的年度计划。"""

    queryset = BuildingPlan.objects.none()
    serializer_class = PlanSerializer
    form = PlanFilter
    related = ("unit", "document")
    order = ("-year", "unit__path")


class MilestoneSerializer(serializers.ModelSerializer):
    """建设节点，以及按今天的事实判定的进度。"""

    plan_title = serializers.CharField(source="plan.title", help_text="建设计划名称")
    year = serializers.IntegerField(source="plan.year", help_text="年度")
    unit_name = serializers.CharField(source="unit.name", help_text="责任单位名称")
    standing = serializers.SerializerMethodField(help_text="进度：" + "、".join(Standing.values))
    reached = serializers.SerializerMethodField(help_text="按站点数的节点现已达到的站点数；按事项的为空")
    reached_on = serializers.SerializerMethodField(help_text="完成日期；未完成的为空")

    class Meta:
        model = Milestone
        fields = [
            "id", "plan", "plan_title", "year", "name", "due_on", "unit", "unit_name", "responsible", "kind", "count",
            "status", "station_kind", "within_year", "standing", "reached", "reached_on", "done_note",
        ]  # fmt: skip

    def _judged(self, milestone: Milestone) -> Any:
        """All rows of the page at once: one query."""
        if "judged" not in self.context:
            rows = self.parent.instance if self.parent is not None else [self.instance]
            found = list(rows) if rows is not None else [milestone]
            self.context["judged"] = {row.pk: row for row in milestone_rows(found, timezone.localdate())}
        return self.context["judged"][milestone.pk]

    def get_standing(self, milestone: Milestone) -> str:
        return str(self._judged(milestone).standing.value)

    def get_reached(self, milestone: Milestone) -> int | None:
        return self._judged(milestone).reached

    def get_reached_on(self, milestone: Milestone) -> date | None:
        return self._judged(milestone).done_on


@extend_schema_view(
    list=extend_schema(
        summary="列出建设节点",
        parameters=[*COMMON, parameter("kind", "完成方式", enum=MilestoneKind.values)],
    ),
    retrieve=extend_schema(summary="查看一个建设节点"),
)
class MilestoneViewSet(Filtered):
    """建设节点：责任单位在管辖范围内的。"""

    queryset = Milestone.objects.none()
    serializer_class = MilestoneSerializer
    form = MilestoneFilter
    related = ("plan__unit", "unit")
    order = ("due_on", "pk")


class ItemSerializer(serializers.ModelSerializer):
    """一项验收内容。"""

    document = serializers.CharField(source="provision.document.number", default=None, help_text="依据文件的文号")
    clause = serializers.CharField(source="provision.clause", default=None, help_text="依据条款")

    class Meta:
        model = AcceptanceItem
        fields = ["position", "label", "necessary", "met", "comment", "document", "clause"]


class AcceptanceSerializer(serializers.ModelSerializer):
    """一轮验收和逐项结果。"""

    station_name = serializers.CharField(source="station.unit.name", help_text="站点名称")
    items = ItemSerializer(many=True, read_only=True)

    class Meta:
        model = Acceptance
        fields = [
            "id", "station", "station_name", "round", "held_on", "passed", "members", "comments", "correct_by", "items",
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(
        summary="列出验收",
        parameters=[*COMMON, parameter("result", "结论", enum=[key for key, _ in AcceptanceFilter.RESULTS])],
    ),
    retrieve=extend_schema(summary="查看一轮验收"),
)
class AcceptanceViewSet(Filtered):
    """验收：管辖范围内站点的各轮验收。"""

    queryset = Acceptance.objects.none()
    serializer_class = AcceptanceSerializer
    form = AcceptanceFilter
    related = ("station__unit",)
    order = ("-held_on", "-pk")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().prefetch_related("items__provision__document")


class TitleSerializer(serializers.ModelSerializer):
    """社工室申请或取得的示范命名。"""

    room_name = serializers.CharField(source="room.unit.name", help_text="社工室名称")

    class Meta:
        model = RoomTitle
        fields = [
            "id", "room", "room_name", "year", "state", "applied_on", "decided_on", "comment", "withdrawn_on", "reason",
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(
        summary="列出示范社工室命名", parameters=[*COMMON, parameter("state", "状态", enum=TitleState.values)]
    ),
    retrieve=extend_schema(summary="查看一个示范社工室命名"),
)
class RoomTitleViewSet(Filtered):
    """示范社区社工室：管辖范围内的申请和命名。"""

    queryset = RoomTitle.objects.none()
    serializer_class = TitleSerializer
    form = TitleFilter
    related = ("room__unit",)
    order = ("-year", "room__unit__path", "-pk")
