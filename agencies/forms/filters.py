"""Filters of the lists. Their parameters are fixed: figures and exports use them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from agencies.models import Grade, Method, Outcome
from agencies.models.agencies import AgencyQuerySet
from agencies.models.contracts import ContractQuerySet
from agencies.queries.progress import behind
from common.forms import YES_NO, PlainInput, PlainSelect, choices_of
from common.months import MonthFormField
from stations.forms.filters import unit_choices
from stations.models import month_end

SOON = timedelta(days=60)
GRADE_SOON = timedelta(days=90)
STATES = [
    ("current", "履行中"), ("expiring", "60 天内到期"), ("behind", "指标落后"), ("ahead", "未开始"),
    ("ended", "已到期"), ("terminated", "提前终止"), ("void", "已撤回"),
]  # fmt: skip


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=PlainSelect)


def _word(label: str) -> forms.CharField:
    widget = PlainInput(attrs={"type": "search"})
    return forms.CharField(label=label, required=False, max_length=40, widget=widget)


def _month(label: str) -> MonthFormField:
    return MonthFormField(label=label, required=False, widget=PlainInput(attrs={"type": "month"}))


class PlaceFilter(forms.Form):
    """`unit` is resolved through the gate before the form is made."""

    unit = _choice("单位", [])

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None) -> None:
        super().__init__(data)
        self.chosen_unit = unit
        fields: dict[str, Any] = self.fields
        # A member of an agency has no place of its own to choose from.
        if user.paths(Permission.VIEW_CONTRACTS):
            fields["unit"].choices = unit_choices(user, unit, Permission.VIEW_CONTRACTS)
        else:
            del fields["unit"]

    @property
    def on(self) -> date:
        """The day as of which rows are judged: the end of `month` where a list has it."""
        month = self.cleaned_data.get("month") if self.is_valid() else None
        return month_end(month) if month else timezone.localdate()

    def placed(self, rows: Any) -> Any:
        """The rows of the chosen unit; none while a filter is wrong."""
        if not self.is_valid():
            return rows.none()
        return rows.under(self.chosen_unit) if self.chosen_unit else rows


class AgencyFilter(PlaceFilter):
    q = _word("机构名称、信用代码")
    grade = _choice("等级", choices_of(Grade.choices))
    expiring = _choice("等级 90 天内到期", YES_NO[:2])
    blacklisted = _choice("黑名单", YES_NO)
    hired = _choice("现有合同", YES_NO)

    def apply(self, agencies: AgencyQuerySet) -> AgencyQuerySet:
        agencies = self.placed(agencies)
        if not self.is_valid():
            return agencies
        values = self.cleaned_data
        if values["q"]:
            word = values["q"].strip()
            agencies = agencies.filter(Q(name__contains=word) | Q(credit_code__startswith=word.upper()))
        if values["grade"]:
            agencies = agencies.graded(Grade(values["grade"]), self.on)
        if values["expiring"]:
            agencies = agencies.grade_expiring(self.on, self.on + GRADE_SOON)
        if values["blacklisted"]:
            agencies = agencies.blacklisted(self.on, yes=values["blacklisted"] == "yes")
        if values["hired"]:
            hired = agencies.under_contract(self.on)
            agencies = hired if values["hired"] == "yes" else agencies.exclude(pk__in=hired.order_by().values("pk"))
        return agencies


class ContractFilter(PlaceFilter):
    q = _word("编号、名称、机构")
    state = _choice("状态", choices_of(STATES))
    year = forms.TypedChoiceField(
        label="服务年度", required=False, coerce=int, empty_value=None, choices=[], widget=PlainSelect
    )
    bought = _choice("购买单位", [("", "不限"), ("yes", "在本单位范围内")])
    month = _month("截至月末")

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        fields: dict[str, Any] = self.fields
        years = range(timezone.localdate().year + 1, 2019, -1)
        fields["year"].choices = [("", "全部"), *((year, f"{year} 年") for year in years)]

    def apply(self, contracts: ContractQuerySet) -> ContractQuerySet:
        contracts = self.placed(contracts)
        if not self.is_valid():
            return contracts
        values = self.cleaned_data
        if values["q"]:
            word = values["q"].strip()
            contracts = contracts.filter(
                Q(number__contains=word) | Q(title__contains=word) | Q(agency__name__contains=word)
            )
        if values["bought"] and self.chosen_unit:
            contracts = contracts.kept_in([self.chosen_unit.path])
        if values["year"]:
            contracts = contracts.during(date(values["year"], 1, 1), date(values["year"], 12, 31))
        if values["state"] == "behind":
            return contracts.filter(pk__in=behind(contracts, self.on))
        return contracts.in_state(values["state"], self.on, self.on + SOON) if values["state"] else contracts


class EvaluationFilter(PlaceFilter):
    month = _month("定稿月份")

    def apply(self, evaluations: Any) -> Any:
        """With a unit: of contracts that were bought there; with a month: finalised in it."""
        if not self.is_valid():
            return evaluations.none()
        month = self.cleaned_data["month"]
        if self.chosen_unit:
            evaluations = evaluations.kept_in([self.chosen_unit.path])
        if month:
            evaluations = evaluations.finalised().filter(finalised_on__gte=month.first, finalised_on__lte=month.last)
        return evaluations


class ProcurementFilter(PlaceFilter):
    q = _word("项目名称、成交机构")
    method = _choice("采购方式", choices_of(Method.choices))
    outcome = _choice("结果", choices_of([*Outcome.choices, ("open", "进行中")]))
    year = forms.IntegerField(
        label="服务年度", required=False, min_value=2000, max_value=2100, widget=PlainInput(attrs={"type": "number"})
    )

    def apply(self, rows: Any) -> Any:
        rows = self.placed(rows)
        if not self.is_valid():
            return rows
        values = self.cleaned_data
        if values["q"]:
            rows = rows.filter(Q(name__contains=values["q"].strip()) | Q(winner__name__contains=values["q"].strip()))
        if values["method"]:
            rows = rows.filter(method=values["method"])
        if values["outcome"]:
            rows = rows.filter(outcome="" if values["outcome"] == "open" else values["outcome"])
        if values["year"]:
            rows = rows.filter(first_year__lte=values["year"], first_year__gt=values["year"] - F("years"))
        return rows
