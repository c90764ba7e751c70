"""API v1: agencies, contracts with their progress, evaluations. Read only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.gate import allowed
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from agencies.forms.filters import STATES, AgencyFilter, ContractFilter
from agencies.models import Agency, Contract, ContractState, Evaluation, Grade, Quantity, Step, is_member
from agencies.progress import Pace
from agencies.queries.agency_list import AgencyRow, agency_rows
from agencies.queries.contract_list import JOINED, ContractRow, contract_rows
from agencies.queries.progress import PromiseRow
from common.api import parameter

P = Permission


UNIT = parameter("unit", "单位编号：只列其范围内的", OpenApiTypes.INT)


class AgencySerializer(serializers.Serializer):
    """承接机构和它今天的等级、黑名单、合同情况（只计您可见的合同）。"""

    id = serializers.IntegerField(source="agency.pk", help_text="机构编号")
    credit_code = serializers.CharField(source="agency.credit_code", help_text="统一社会信用代码")
    name = serializers.CharField(source="agency.name", help_text="名称")
    legal_person = serializers.CharField(source="agency.legal_person", help_text="法定代表人")
    registered_on = serializers.DateField(source="agency.registered_on", help_text="登记日期")
    unit = serializers.IntegerField(source="agency.unit_id", help_text="建档单位的编号")
    grade = serializers.ChoiceField(Grade.choices, allow_blank=True, help_text="评估等级；空：没有")
    grade_until = serializers.DateField(allow_null=True, help_text="等级有效期止（含当日）")
    blacklisted = serializers.SerializerMethodField(help_text="今天是否在黑名单中")
    contracts = serializers.IntegerField(help_text="今天履行中的合同份数")
    stations = serializers.IntegerField(help_text="今天承接的站点数")
    amount = serializers.DecimalField(14, 2, help_text="履行中合同的金额（元）")
    workers = serializers.IntegerField(help_text="登记在机构名下的社工人数")
    is_demo = serializers.BooleanField(source="agency.is_demo", help_text="演示数据")

    def get_blacklisted(self, row: AgencyRow) -> bool:
        return row.blacklisted is not None


class PromiseSerializer(serializers.Serializer):
    """一项服务指标和它的完成情况。"""

    label = serializers.CharField(help_text="指标")
    quantity = serializers.ChoiceField(Quantity.choices, source="promise.quantity", help_text="计量")
    method = serializers.CharField(source="promise.method", help_text="方法；空：全部")
    domain = serializers.CharField(source="promise.domain", help_text="领域；空：全部")
    promised = serializers.IntegerField(source="progress.promised", help_text="约定数量")
    due = serializers.IntegerField(source="progress.due", help_text="按服务期已过天数应完成")
    done = serializers.DecimalField(12, 1, source="progress.done", help_text="已完成")
    pace = serializers.SerializerMethodField(help_text="进度：" + "、".join(pace.value for pace in Pace))

    def get_pace(self, row: PromiseRow) -> str:
        return row.progress.pace.value


class ContractSerializer(serializers.Serializer):
    """合同，和当前服务年度的指标进度。"""

    id = serializers.IntegerField(source="contract.pk", help_text="合同编号（系统内）")
    number = serializers.CharField(source="contract.number", help_text="合同编号")
    title = serializers.CharField(source="contract.title", help_text="合同名称")
    agency = serializers.IntegerField(source="contract.agency_id", help_text="承接机构的编号")
    agency_name = serializers.CharField(source="contract.agency.name", help_text="承接机构")
    buyer = serializers.IntegerField(source="contract.buyer_id", help_text="购买单位的编号")
    signed_on = serializers.DateField(source="contract.signed_on", help_text="签订日期")
    starts_on = serializers.DateField(source="contract.starts_on", help_text="服务起始日期")
    last_day = serializers.DateField(source="contract.last_day", help_text="服务截止日期（含当日）")
    amount = serializers.DecimalField(14, 2, source="contract.amount", help_text="合同金额（元）")
    paid = serializers.DecimalField(14, 2, help_text="已支付（元）")
    state = serializers.ChoiceField(ContractState.choices, help_text="今天的状态")
    stations = serializers.ListField(child=serializers.CharField(), help_text="站点；管辖范围以外的不写名称")
    renewal_of = serializers.IntegerField(source="contract.renewal_of_id", allow_null=True, help_text="续签自")
    promises = PromiseSerializer(many=True, help_text="服务指标，落后的在前")
    is_demo = serializers.BooleanField(source="contract.is_demo", help_text="演示数据")


class EvaluationSerializer(serializers.ModelSerializer):
    """项目评估的总分和结论。"""

    contract = serializers.IntegerField(source="term.contract_id", help_text="合同的编号（系统内）")
    term = serializers.IntegerField(source="term.number", help_text="第几个服务年度")
    frame = serializers.CharField(source="frame.title", help_text="评估办法")

    class Meta:
        model = Evaluation
        fields = [
            "id", "contract", "term", "kind", "frame", "step", "opened_on", "finalised_on", "total", "conclusion",
            "summary", "is_demo",
        ]  # fmt: skip


class OfContracts(ReadOnlyModelViewSet):
    """Officials with VIEW_CONTRACTS, and members of an agency; what each sees is for `visible_to` to say."""

    def seen(self, model: Any) -> Any:
        """For a list the rows that the user may read. For one row those in sight: `get_object` asks for the right."""
        user: Any = self.request.user
        if self.action != "list":
            return model.objects.visible_to(user)
        if not user.paths(P.VIEW_CONTRACTS) and not is_member(user):
            raise PermissionDenied(f"您的角色没有“{P.VIEW_CONTRACTS.label}”的权限")
        return model.objects.visible_to(user, P.VIEW_CONTRACTS)

    def get_object(self) -> Any:
        row = super().get_object()
        if not allowed(self.request.user, P.VIEW_CONTRACTS, row):
            raise PermissionDenied(f"您的角色没有“{P.VIEW_CONTRACTS.label}”的权限")
        return row


class RowViewSet(OfContracts):
    """Serialises prepared rows instead of models: a page at a time."""

    def prepared(self, some: list[Any]) -> list[Any]:
        """The rows of these models, in their order."""
        raise NotImplementedError

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        given = args[0] if args else None
        if given is not None:
            many = kwargs.get("many", False)
            rows = self.prepared(list(given) if many else [given])
            args = (rows if many else rows[0], *args[1:])
        return super().get_serializer(*args, **kwargs)


@extend_schema_view(
    list=extend_schema(
        summary="列出承接机构",
        parameters=[
            UNIT,
            parameter("q", "名称包含的文字，或信用代码的开头"),
            parameter("grade", "等级", enum=Grade.values),
            parameter("expiring", "等级 90 天内到期", enum=["yes"]),
            parameter("blacklisted", "黑名单", enum=["yes", "no"]),
            parameter("hired", "现有合同", enum=["yes", "no"]),
        ],
    ),
    retrieve=extend_schema(summary="查看一家承接机构"),
)
class AgencyViewSet(RowViewSet):
    """承接机构。筛选与页面相同。"""

    queryset = Agency.objects.none()
    serializer_class = AgencySerializer

    def get_queryset(self) -> QuerySet[Agency]:
        return _filtered(self, AgencyFilter, self.seen(Agency)).order_by("name", "pk")

    def prepared(self, some: list[Any]) -> list[AgencyRow]:
        user: Any = self.request.user
        return agency_rows(some, user, timezone.localdate())


@extend_schema_view(
    list=extend_schema(
        summary="列出合同",
        parameters=[
            UNIT,
            parameter("q", "编号、名称或机构包含的文字"),
            parameter("state", "状态；expiring 为 60 天内到期，behind 为指标落后", enum=[key for key, _ in STATES]),
            parameter("year", "服务期落在该年", OpenApiTypes.INT),
        ],
    ),
    retrieve=extend_schema(summary="查看一份合同"),
)
class ContractViewSet(RowViewSet):
    """购买服务合同，带当前服务年度的指标进度。"""

    queryset = Contract.objects.none()
    serializer_class = ContractSerializer

    def get_queryset(self) -> QuerySet[Contract]:
        return _filtered(self, ContractFilter, self.seen(Contract).select_related(*JOINED)).order_by(
            "-starts_on", "-pk"
        )

    def prepared(self, some: list[Any]) -> list[ContractRow]:
        user: Any = self.request.user
        return contract_rows(some, user, timezone.localdate())


@extend_schema_view(
    list=extend_schema(
        summary="列出评估",
        parameters=[parameter("contract", "合同的编号（系统内）", OpenApiTypes.INT)],
    ),
    retrieve=extend_schema(summary="查看一次评估"),
)
class EvaluationViewSet(OfContracts):
    """项目评估，撤回的除外。机构管理员只见已定稿的。"""

    queryset = Evaluation.objects.none()
    serializer_class = EvaluationSerializer

    def get_queryset(self) -> QuerySet[Evaluation]:
        rows = self.seen(Evaluation).exclude(step=Step.WITHDRAWN)
        given = self.request.query_params.get("contract", "") if self.action == "list" else ""
        if given:
            if not (given.isascii() and given.isdigit() and len(given) < 19):
                raise ValidationError({"contract": "合同编号应为数字"})
            rows = rows.filter(term__contract=int(given))
        return rows.select_related("term__contract__buyer", "frame").order_by("-opened_on", "-pk")


def _filtered(view: Any, form_class: Any, rows: Any) -> Any:
    """The rows that pass the list's filters; all of them for one row's page."""
    if view.action != "list":
        return rows
    user, given = view.request.user, view.request.query_params
    form = form_class(given, user=user, unit=unit_in_scope(user, given.get("unit"), P.VIEW_CONTRACTS))
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form.apply(rows)
