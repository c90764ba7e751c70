"""API v1: standards with their items, checks with their answers, equipment. Read only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.queries import unit_in_scope
from accounts.roles import Permission
from standards.forms.filters import AssetFilter
from standards.models import (
    Asset,
    AssetCategory,
    AssetState,
    Check,
    CheckAnswer,
    CheckKind,
    CheckState,
    MoneySource,
    Standard,
    StandardItem,
)

UNIT = OpenApiParameter("unit", OpenApiTypes.INT, description="单位编号：只列其下辖的")


class StandardItemSerializer(serializers.ModelSerializer):
    document = serializers.CharField(source="document.number", help_text="规定该项的文号")
    options = serializers.ListField(child=serializers.CharField(), help_text="选项，由低到高")

    class Meta:
        model = StandardItem
        fields = [
            "code", "dimension", "name", "kind", "unit_word", "minimum", "options", "least", "photo_required",
            "necessary", "weight", "guidance", "document", "clause",
        ]  # fmt: skip


class StandardSerializer(serializers.ModelSerializer):
    """一版建设标准。市、县的标准只有增加的项目和收紧的要求。"""

    issuer = serializers.IntegerField(source="issuer_id", help_text="制定单位编号")
    issuer_name = serializers.CharField(source="issuer.name", help_text="制定单位")
    document = serializers.CharField(source="document.number", help_text="依据文号")
    items = StandardItemSerializer(many=True, help_text="项目")

    class Meta:
        model = Standard
        fields = [
            "id", "title", "year", "version", "issuer", "issuer_name", "document", "starts_on", "ends_on", "is_default",
            "items",
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(
        summary="列出建设标准",
        parameters=[OpenApiParameter("on", OpenApiTypes.DATE, description="只列该日施行的；不填为全部")],
    ),
    retrieve=extend_schema(summary="查看一版建设标准"),
)
class StandardViewSet(ReadOnlyModelViewSet):
    """建设标准：管辖范围内和上级的各版标准。"""

    queryset = Standard.objects.none()
    serializer_class = StandardSerializer

    def get_queryset(self) -> QuerySet[Standard]:
        rows: Any = Standard.objects.visible_to(self.request.user)
        given = self.request.query_params.get("on")
        if self.action == "list" and given:
            rows = rows.at(serializers.DateField().run_validation(given))
        rows = rows.select_related("issuer", "document").prefetch_related("items__document")
        return rows.order_by("issuer__path", "-starts_on", "-pk")


class CheckAnswerSerializer(serializers.ModelSerializer):
    class Meta:
        model = CheckAnswer
        fields = ["code", "yes", "number", "choice", "photos", "note"]


class CheckSerializer(serializers.ModelSerializer):
    """一次自查或检查。达标与否按各日适用的标准判定，不在此列。"""

    station = serializers.IntegerField(source="station_id", help_text="站点编号")
    station_name = serializers.CharField(source="station.unit.name", help_text="站点")
    answers = CheckAnswerSerializer(many=True, help_text="各项结果")

    class Meta:
        model = Check
        fields = ["id", "station", "station_name", "kind", "state", "checked_on", "comment", "submitted_at", "answers"]


@extend_schema_view(
    list=extend_schema(
        summary="列出建设标准检查",
        parameters=[
            UNIT,
            OpenApiParameter("kind", OpenApiTypes.STR, enum=CheckKind.values, description="SELF 自查，COUNTY 县级检查"),
        ],
    ),
    retrieve=extend_schema(summary="查看一次检查"),
)
class CheckViewSet(ReadOnlyModelViewSet):
    """建设标准检查：已提交和撤回的自查、县级检查及各项结果；草稿不列。"""

    queryset = Check.objects.none()
    serializer_class = CheckSerializer

    def get_queryset(self) -> QuerySet[Check]:
        rows: Any = Check.objects.visible_to(self.request.user).exclude(state=CheckState.DRAFT)
        given = self.request.query_params
        if self.action == "list":
            unit = unit_in_scope(self.request.user, given.get("unit"))
            rows = rows.under(unit) if unit else rows
            if given.get("kind"):
                if given["kind"] not in CheckKind.values:
                    raise ValidationError({"kind": f"类别应为 {'、'.join(CheckKind.values)} 之一"})
                rows = rows.filter(kind=given["kind"])
        return rows.select_related("station__unit").prefetch_related("answers").order_by("-checked_on", "-pk")


class AssetSerializer(serializers.ModelSerializer):
    station = serializers.IntegerField(source="station_id", help_text="站点编号")
    station_name = serializers.CharField(source="station.unit.name", help_text="站点")

    class Meta:
        model = Asset
        fields = [
            "id", "station", "station_name", "name", "category", "quantity", "state", "source", "source_note", "price",
            "location", "starts_on", "ends_on", "end_reason", "note",
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(
        summary="列出设备",
        parameters=[
            UNIT,
            OpenApiParameter("q", OpenApiTypes.STR, description="名称或站点包含的文字"),
            OpenApiParameter("category", OpenApiTypes.STR, enum=AssetCategory.values, description="类别"),
            OpenApiParameter("state", OpenApiTypes.STR, enum=AssetState.values, description="状态"),
            OpenApiParameter("source", OpenApiTypes.STR, enum=MoneySource.values, description="资金来源"),
            OpenApiParameter("ended", OpenApiTypes.STR, enum=["yes", "all"], description="不填：不含停用"),
            OpenApiParameter("month", OpenApiTypes.STR, description="截至该月月末，如 2026-10；不填为今天"),
        ],
    ),
    retrieve=extend_schema(summary="查看一项设备"),
)
class AssetViewSet(ReadOnlyModelViewSet):
    """设备：管辖范围内各站点的设备登记。筛选与设备页面相同。"""

    queryset = Asset.objects.none()
    serializer_class = AssetSerializer

    def get_queryset(self) -> QuerySet[Asset]:
        rows: Any = Asset.objects.visible_to(self.request.user)
        if self.action == "list":
            user, given = self.request.user, self.request.query_params
            unit = unit_in_scope(user, given.get("unit"))
            form = AssetFilter(given, user=user, unit=unit, permission=Permission.VIEW)
            if not form.is_valid():
                raise ValidationError(form.errors.as_data())
            rows = form.apply(rows)
        return rows.select_related("station__unit").order_by("station__unit__path", "-starts_on", "pk")
