"""API v1: funds, allocations and payments, read only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.gate import require
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from funds.forms.filters import ALL, RECEIVED, TRANSIT, WITHDRAWN, AllocationFilter, FundFilter, SpendingFilter
from funds.models import Allocation, Category, Fund, FundForbiddenUse, Source, Spending

SEEN = Permission.VIEW_FUNDS


class ForbiddenUseSerializer(serializers.ModelSerializer):
    class Meta:
        model = FundForbiddenUse
        fields = ["category", "clause", "words", "starts_on"]


class FundSerializer(serializers.ModelSerializer):
    """一项资金：来源、依据、用途和禁止用途。金额见下达和支出。"""

    unit_name = serializers.CharField(source="unit.name", help_text="主管单位名称")
    document = serializers.CharField(source="document.number", default=None, help_text="依据文件的文号")
    permitted = serializers.ListField(
        child=serializers.ChoiceField(Category.choices), help_text="使用范围；空：未禁止的都可以"
    )
    forbidden_uses = ForbiddenUseSerializer(many=True, help_text="禁止用途；starts_on 为空即自始禁止")

    class Meta:
        model = Fund
        fields = [
            "id", "name", "source", "tier", "year", "unit", "unit_name", "document", "clause", "purpose", "permitted",
            "forbidden_uses", "is_demo",
        ]  # fmt: skip


class AllocationSerializer(serializers.ModelSerializer):
    """一笔下达。确认到账（received_on）之前在途，不属于任何单位的结存。"""

    fund_name = serializers.CharField(source="fund.name", help_text="资金名称")
    from_unit_name = serializers.CharField(source="from_unit.name", help_text="下达单位名称")
    to_unit_name = serializers.CharField(source="to_unit.name", help_text="接收单位名称")

    class Meta:
        model = Allocation
        fields = [
            "id", "fund", "fund_name", "from_unit", "from_unit_name", "to_unit", "to_unit_name", "amount",
            "allocated_on", "document_number", "expected_on", "received_on", "withdrawn_on",
        ]  # fmt: skip


class SpendingSerializer(serializers.ModelSerializer):
    """一笔支出。冲销的仍在列，reversed_on 为冲销日期。"""

    number = serializers.CharField(help_text="支出编号")
    fund_name = serializers.CharField(source="fund.name", help_text="资金名称")
    unit_name = serializers.CharField(source="unit.name", help_text="支出单位名称")

    class Meta:
        model = Spending
        fields = [
            "id", "number", "fund", "fund_name", "unit", "unit_name", "category", "beneficiary", "spent_on", "amount",
            "payee", "purpose", "voucher_number", "outside_scope", "reversed_on", "is_demo",
        ]  # fmt: skip


def _parameter(name: str, description: str, kind: Any = OpenApiTypes.STR, enum: Any = None) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=description, enum=enum)


UNIT = _parameter("unit", "单位编号：只列其下辖的", OpenApiTypes.INT)
FUND = _parameter("fund", "资金编号", OpenApiTypes.INT)


class _MoneyViewSet(ReadOnlyModelViewSet):
    """Rows that the user sees; 403 for who has no right to see money."""

    filter_form: type[Any]

    def check_permissions(self, request: Any) -> None:
        super().check_permissions(request)
        if self.action == "list" and not request.user.paths(SEEN):
            require(request.user, SEEN, "")

    def check_object_permissions(self, request: Any, obj: Any) -> None:
        super().check_object_permissions(request, obj)
        if not request.user.paths(SEEN):
            require(request.user, SEEN, "")

    def _form(self) -> Any:
        given, user = self.request.query_params, self.request.user
        form = self.filter_form(given, user=user, unit=unit_in_scope(user, given.get("unit"), SEEN))
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        return form


@extend_schema_view(
    list=extend_schema(
        summary="列出资金",
        parameters=[
            _parameter("source", "来源", enum=Source.values),
            _parameter("tier", "资金层级：0 中央、1 省、2 市、3 县、4 乡镇", OpenApiTypes.INT),
            _parameter("year", "年度", OpenApiTypes.INT),
            _parameter("q", "名称包含的文字"),
        ],
    ),
    retrieve=extend_schema(summary="查看一项资金"),
)
class FundViewSet(_MoneyViewSet):
    """资金：本级及下级登记的，和上级登记、可以向下读取的。"""

    queryset = Fund.objects.none()
    serializer_class = FundSerializer
    filter_form = FundFilter

    def get_queryset(self) -> QuerySet[Fund]:
        if self.action == "list":
            funds = self._form().apply(Fund.objects.visible_to(self.request.user, SEEN))
        else:
            funds = Fund.objects.visible_to(self.request.user)
        rows = funds.select_related("unit", "document").prefetch_related("forbidden_uses")
        return rows.order_by("-year", "tier", "pk")


@extend_schema_view(
    list=extend_schema(
        summary="列出下达",
        parameters=[UNIT, FUND, _parameter("state", "状态；不填为在途", enum=[TRANSIT, RECEIVED, WITHDRAWN, ALL])],
    ),
    retrieve=extend_schema(summary="查看一笔下达"),
)
class AllocationViewSet(_MoneyViewSet):
    """下达：接收单位在管辖范围内的。"""

    queryset = Allocation.objects.none()
    serializer_class = AllocationSerializer
    filter_form = AllocationFilter

    def get_queryset(self) -> QuerySet[Allocation]:
        listed = self.action == "list"
        rows = self._form().allocations() if listed else Allocation.objects.visible_to(self.request.user)
        return rows.select_related("fund", "from_unit", "to_unit").order_by("-allocated_on", "-pk")


@extend_schema_view(
    list=extend_schema(
        summary="列出支出",
        parameters=[
            UNIT,
            FUND,
            _parameter("category", "类别", enum=Category.values),
            _parameter("since", "起始月份，如 2026-01"),
            _parameter("until", "截止月份，如 2026-12"),
        ],
    ),
    retrieve=extend_schema(summary="查看一笔支出"),
)
class SpendingViewSet(_MoneyViewSet):
    """支出：管辖范围内单位和站点的。"""

    queryset = Spending.objects.none()
    serializer_class = SpendingSerializer
    filter_form = SpendingFilter

    def get_queryset(self) -> QuerySet[Spending]:
        listed = self.action == "list"
        rows = self._form().spendings() if listed else Spending.objects.visible_to(self.request.user)
        return rows.select_related("fund", "unit").order_by("-spent_on", "-pk")
