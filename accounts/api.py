"""API v1: units, read only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import Level, OrgUnit
from accounts.queries import unit_in_scope
from accounts.queries.units import clean_query, matching


class UnitSerializer(serializers.ModelSerializer):
    level_name = serializers.CharField(source="get_level_display", read_only=True, help_text="层级名称")
    parent_name = serializers.CharField(source="parent.name", default=None, read_only=True, help_text="上级名称")

    class Meta:
        model = OrgUnit
        fields = [
            "id", "code", "stats_code", "name", "initials", "level", "level_name", "parent", "parent_name",
            "is_virtual", "opened_on", "closed_on",
        ]  # fmt: skip


def _parameter(name: str, kind: Any, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=description)


@extend_schema_view(
    list=extend_schema(
        parameters=[
            _parameter("parent", OpenApiTypes.INT, "上级单位编号，只列其直接下级"),
            _parameter("level", OpenApiTypes.INT, "层级：0 全国、1 省、2 市、3 县、4 乡镇、5 站点"),
            _parameter("code", OpenApiTypes.STR, "12 位区划代码"),
            _parameter("q", OpenApiTypes.STR, "名称、拼音首字母、区划代码、原名称或原代码"),
        ]
    )
)
class UnitViewSet(ReadOnlyModelViewSet):
    """组织层级：管辖范围内的单位。"""

    queryset = OrgUnit.objects.none()
    serializer_class = UnitSerializer

    def get_queryset(self) -> QuerySet[OrgUnit]:
        units = OrgUnit.objects.visible_to(self.request.user).select_related("parent")
        return self._filtered(units) if self.action == "list" else units

    def _filtered(self, units: QuerySet[OrgUnit]) -> QuerySet[OrgUnit]:
        given = self.request.query_params
        parent = unit_in_scope(self.request.user, given.get("parent"))
        if parent is not None:
            units = units.filter(parent=parent)
        if level := given.get("level"):
            if level not in {str(value) for value in Level.values}:
                raise ValidationError({"level": f"层级应为 0 至 5，收到“{level[:10]}”"})
            units = units.filter(level=int(level))
        if code := given.get("code"):
            if not (code.isascii() and code.isdigit() and len(code) == 12):
                raise ValidationError({"code": f"区划代码应为 12 位数字，收到“{code[:20]}”"})
            units = units.filter(code=code)
        q = clean_query(given.get("q", ""))
        return matching(units, q) if q else units.order_by("path")
