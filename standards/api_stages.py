"""API v1: stations with their stage and the tasks of it. Read only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.queries import unit_in_scope
from accounts.roles import Permission
from policies.stages import Stage, StageTask
from standards.forms.stages import StageFilter
from standards.models import ProposalState
from standards.queries.stage_pages import with_proposal
from standards.queries.stages import standing_of
from standards.stages import Outcome
from stations.models import Station


class StageCriterionSerializer(serializers.Serializer):
    words = serializers.CharField(help_text="完成条件")
    outcome = serializers.ChoiceField(
        [outcome.name for outcome in Outcome], source="outcome.name", help_text="达到、未达到、没有数据"
    )
    found = serializers.CharField(help_text="现状")
    citation = serializers.CharField(source="source.label", help_text="规定该条件的文号和条款")


class StageTaskSerializer(serializers.Serializer):
    task = serializers.ChoiceField(StageTask.choices, help_text="任务")
    stage = serializers.ChoiceField(Stage.choices, source="task.stage", help_text="所属阶段")
    met = serializers.BooleanField(help_text="已完成；没有完成条件的任务不计为完成")
    criteria = StageCriterionSerializer(many=True, help_text="完成条件")


class StageSerializer(serializers.ModelSerializer):
    """一个社工站所处的发展阶段。"""

    id = serializers.IntegerField(source="pk", help_text="站点编号")
    station_name = serializers.CharField(source="unit.name", help_text="站点")
    stage = serializers.ChoiceField(Stage.choices, help_text="发展阶段")
    since = serializers.DateField(source="stage_since", help_text="该阶段自何日起")
    proposal_state = serializers.ChoiceField(
        ProposalState.choices, allow_null=True, help_text="最近一次评定的状态；没有评定过为空"
    )

    class Meta:
        model = Station
        fields = ["id", "station_name", "stage", "since", "proposal_state"]


class StageDetailSerializer(StageSerializer):
    """一个社工站所处的发展阶段，和三个阶段十二项任务今天的完成情况。"""

    tasks = serializers.SerializerMethodField(help_text="十二项任务")

    class Meta(StageSerializer.Meta):
        fields = [*StageSerializer.Meta.fields, "tasks"]

    @extend_schema_field(StageTaskSerializer(many=True))
    def get_tasks(self, row: Station) -> list[dict[str, Any]]:
        standing = standing_of(row, timezone.localdate())
        return StageTaskSerializer(list(standing.tasks.values()), many=True).data


@extend_schema_view(
    list=extend_schema(
        summary="列出社工站的发展阶段",
        parameters=[
            OpenApiParameter("unit", OpenApiTypes.INT, description="单位编号：只列其下辖的"),
            OpenApiParameter("q", OpenApiTypes.STR, description="名称或拼音首字母包含的文字"),
            OpenApiParameter("stage", OpenApiTypes.STR, enum=Stage.values, description="阶段"),
            OpenApiParameter("state", OpenApiTypes.STR, enum=ProposalState.values, description="最近一次评定的状态"),
            OpenApiParameter("month", OpenApiTypes.STR, description="截至该月月末，如 2026-10；不填为今天"),
        ],
    ),
    retrieve=extend_schema(summary="查看一个社工站的发展阶段"),
)
class StageViewSet(ReadOnlyModelViewSet):
    """发展阶段：管辖范围内运营过的社工站。没有运营过的、已撤销的和社工室不评定阶段。"""

    queryset = Station.objects.none()

    def get_serializer_class(self) -> type[StageSerializer]:
        return StageSerializer if self.action == "list" else StageDetailSerializer

    def get_queryset(self) -> QuerySet[Station]:
        user, given = self.request.user, self.request.query_params
        rows: Any = Station.objects.visible_to(user)
        if self.action != "list":
            return with_proposal(rows, timezone.localdate()).select_related("unit")
        unit = unit_in_scope(user, given.get("unit"))
        form = StageFilter(given, user=user, unit=unit, permission=Permission.VIEW)
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        return form.apply(rows).select_related("unit").order_by("unit__path")
