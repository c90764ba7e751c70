"""API v1: the figures of a unit and month, as `manage.py figures` prints them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from common.months import Month
from reporting.figures import as_json, figures_of

CODE_LENGTH = 12


def _number(description: str) -> dict[str, Any]:
    return {"type": "number", "nullable": True, "description": description}


# A map by indicator key, which no serializer describes.
ANSWER = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "label": {"type": "string", "description": "名称"},
            "unit": {
                "type": "string",
                "description": "单位；为 % 时 value 是 0 到 1 的比值，有分母的其他单位是平均值（分子÷分母）",
            },
            "numerator": _number("分子；null：尚未计算"),
            "denominator": _number("分母；null：没有分母，或尚未计算"),
            "value": _number("数值；null：尚未计算，或分母为零"),
        },
    },
}


class FiguresViewSet(ViewSet):
    """统计指标：一个单位一个月的全部指标。"""

    @extend_schema(
        parameters=[
            OpenApiParameter("unit", OpenApiTypes.STR, required=True, description="12 位区划代码，或单位编号"),
            OpenApiParameter("month", OpenApiTypes.STR, required=True, description="月份，如 2026-10"),
        ],
        responses={(200, "application/json"): ANSWER},
    )
    def list(self, request: Request) -> Response:
        """`{指标: {label, unit, numerator, denominator, value}}`，与 `manage.py figures` 相同。"""
        month = _month(request.query_params.get("month", ""))
        unit = _unit(request.user, request.query_params.get("unit", ""))
        return Response(as_json(figures_of(unit, month)))


def _month(text: str) -> Month:
    if not text:
        raise ValidationError({"month": "请给出月份，如 month=2026-10"})
    try:
        return Month.parse(text)
    except ValueError as error:
        raise ValidationError({"month": str(error)}) from None


def _unit(user: Any, text: str) -> OrgUnit:
    """By 12-digit code or by key, within scope; Http404 for any other."""
    if not text:
        raise ValidationError({"unit": "请给出单位：12 位区划代码或单位编号"})
    assert isinstance(user, User)
    units = OrgUnit.objects.visible_to(user, Permission.VIEW)
    if not (text.isascii() and text.isdigit() and len(text) <= CODE_LENGTH):
        raise Http404("没有这个单位，或不在您的管辖范围内")
    unit = units.filter(code=text).first() if len(text) == CODE_LENGTH else units.filter(pk=int(text)).first()
    if unit is None:
        raise Http404("没有这个单位，或不在您的管辖范围内")
    return unit
