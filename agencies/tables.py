"""The room's lists as tables for export (jobs.tables). Members of an agency export their own agency's rows."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from agencies.forms.filters import AgencyFilter, ContractFilter, EvaluationFilter, PlaceFilter, ProcurementFilter
from agencies.models import Agency, Contract, Procurement
from agencies.queries.agency_list import agency_rows, sorted_agencies
from agencies.queries.contract_list import JOINED, contract_rows, sorted_contracts
from agencies.queries.evaluations import listed_evaluations
from agencies.queries.procurement_list import sorted_procurements
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of

P = Permission
DATE, WHOLE, MONEY, PERCENT = Kind.DATE, Kind.WHOLE, Kind.MONEY, Kind.PERCENT


def _filter(form: type[PlaceFilter], user: User, params: QueryDict) -> Any:
    made = form(params, user=user, unit=unit_in_scope(user, params.get("unit"), P.VIEW_CONTRACTS))
    require_valid(made)
    return made


def _agencies(user: User, params: QueryDict) -> RowSource:
    form = _filter(AgencyFilter, user, params)
    agencies = form.apply(Agency.objects.visible_to(user, P.VIEW_CONTRACTS)).select_related("unit")
    return source_of(
        sorted_agencies(agencies, params.get("sort", ""), form.on),
        prepare=lambda rows: agency_rows(rows, user, form.on),
        on=form.on,
        conditions=filter_words(form),
    )


def _contracts(user: User, params: QueryDict) -> RowSource:
    form = _filter(ContractFilter, user, params)
    contracts = form.apply(Contract.objects.visible_to(user, P.VIEW_CONTRACTS)).select_related(*JOINED, "procurement")
    return source_of(
        sorted_contracts(contracts, params.get("sort", "")),
        prepare=lambda rows: contract_rows(rows, user, form.on),
        on=form.on,
        conditions=filter_words(form),
    )


def _procurements(user: User, params: QueryDict) -> RowSource:
    form = _filter(ProcurementFilter, user, params)
    rows = form.apply(Procurement.objects.visible_to(user, P.VIEW_CONTRACTS)).select_related("buyer", "winner")
    return source_of(
        sorted_procurements(rows, params.get("sort", "")), on=timezone.localdate(), conditions=filter_words(form)
    )


def _evaluations(user: User, params: QueryDict) -> RowSource:
    form = _filter(EvaluationFilter, user, params)
    return source_of(listed_evaluations(user, form), on=timezone.localdate(), conditions=filter_words(form))


# By VIEW: an agency's members hold no VIEW_CONTRACTS. The rows are narrowed by it all the same.
declare(
    Table(
        key="agencies", title="承接机构台账", permission=P.VIEW, rows=_agencies,
        columns=(
            Column("机构名称", "agency.name", width=28),
            Column("统一社会信用代码", "agency.credit_code", width=22),
            Column("机构性质", lambda row: row.agency.get_kind_display(), width=20),
            Column("法定代表人", "agency.legal_person"),
            Column("联系电话", "agency.phone"),
            Column("登记日期", "agency.registered_on", DATE),
            Column("建档单位", "agency.unit.name"),
            Column("等级", "grade"),
            Column("等级有效期止", "grade_until", DATE),
            Column("黑名单", lambda row: str(row.blacklisted) if row.blacklisted else "否", width=20),
            Column("现有合同（份）", "contracts", WHOLE),
            Column("承接站点（个）", "stations", WHOLE),
            Column("合同金额（元）", "amount", MONEY),
            Column("所在县", lambda row: "、".join(sorted(row.counties)), width=20),
            Column("社工（人）", "workers", WHOLE),
        ),
    )
)  # fmt: skip
declare(
    Table(
        key="contracts", title="购买服务合同台账", permission=P.VIEW, rows=_contracts,
        columns=(
            Column("合同编号", "contract.number", width=20),
            Column("合同名称", "contract.title", width=28),
            Column("承接机构", "contract.agency.name", width=24),
            Column("购买单位", "contract.buyer.name"),
            Column("采购方式", lambda row: row.contract.procurement and row.contract.procurement.get_method_display()),
            Column("签订日期", "contract.signed_on", DATE),
            Column("服务起", "contract.starts_on", DATE),
            Column("服务止", "contract.last_day", DATE),
            Column("站点数", lambda row: len(row.stations), WHOLE),
            Column("站点", lambda row: "、".join(row.stations), width=30),
            Column("合同金额（元）", "contract.amount", MONEY),
            Column("已支付（元）", "paid", MONEY),
            Column("指标（项）", lambda row: len(row.promises), WHOLE),
            Column("落后（项）", "behind", WHOLE),
            Column("指标完成率", "completion", PERCENT),
            Column("状态", lambda row: row.state.label),
        ),
    )
)  # fmt: skip
declare(
    Table(
        key="procurements", title="政府购买服务采购台账", permission=P.VIEW, rows=_procurements,
        columns=(
            Column("项目名称", "name", width=28),
            Column("采购单位", "buyer.name"),
            Column("采购方式", lambda row: row.get_method_display()),
            Column("预算（元）", "budget", MONEY),
            Column("服务年度", "service_years"),
            Column("公告日期", "announced_on", DATE),
            Column("开标（评审）日期", "opened_on", DATE),
            Column("成交日期", "awarded_on", DATE),
            Column("结果", lambda row: row.get_outcome_display() or "进行中"),
            Column("成交机构", lambda row: row.winner.name if row.winner else None, width=24),
            Column("说明", "outcome_note", width=24),
        ),
    )
)  # fmt: skip
declare(
    Table(
        key="evaluations", title="购买服务项目评估台账", permission=P.VIEW, rows=_evaluations,
        columns=(
            Column("合同编号", "term.contract.number", width=20),
            Column("合同名称", "term.contract.title", width=28),
            Column("服务年度", "term.number", WHOLE),
            Column("评估", lambda row: row.get_kind_display()),
            Column("承接机构", "term.contract.agency.name", width=24),
            Column("购买单位", "term.contract.buyer.name"),
            Column("评估办法", "frame.title", width=28),
            Column("进度", lambda row: row.get_step_display()),
            Column("开始日期", "opened_on", DATE),
            Column("定稿日期", "finalised_on", DATE),
            Column("总分", "total", MONEY, width=8),
            Column("结论", lambda row: row.get_conclusion_display() or None),
            Column("整改", lambda row: "逾期" if row.overdue else None),
        ),
    )
)  # fmt: skip
