"""Filters of the lists of money. Their parameters are fixed: figures open their records by them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common.forms import PlainInput, PlainSelect, choices_of
from common.months import MonthFormField
from funds.models import Allocation, Category, Entry, FindingKind, Fund, Source, Spending, Tier
from funds.models.ledger import AllocationQuerySet, EntryQuerySet, SpendingQuerySet
from funds.models.vocabulary import USED
from funds.queries.findings import Finding
from stations.forms.filters import unit_choices

SEEN = Permission.VIEW_FUNDS
TRANSIT, RECEIVED, WITHDRAWN, ALL = "transit", "received", "withdrawn", "all"
STATES = [(TRANSIT, "在途，待确认到账"), (RECEIVED, "已到账"), (WITHDRAWN, "已撤回"), (ALL, "全部")]
IN, OUT = "in", "out"
FLOWS = [("", "全部"), (IN, "到位（来自单位以外）"), (OUT, "支出及冲销")]
OPEN, EXPLAINED = "open", "explained"
FINDING_STATES = [("", "全部"), (OPEN, "未说明"), (EXPLAINED, "已说明")]


def _choice(label: str, choices: list[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=PlainSelect)


def _month(label: str) -> MonthFormField:
    return MonthFormField(label=label, required=False, widget=PlainInput(attrs={"type": "month"}))


class MoneyFilter(forms.Form):
    """`unit` (already resolved through the gate) and what a list adds."""

    unit = _choice("单位", [])

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None) -> None:
        super().__init__(data)
        self.user, self.chosen_unit = user, unit
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = unit_choices(user, unit, SEEN, lowest_level=Level.STATION)
        if "fund" in fields:
            self.funds = {str(fund.pk): fund for fund in Fund.objects.visible_to(user, SEEN)}
            named = [(key, fund.label) for key, fund in self.funds.items()]
            fields["fund"].choices = choices_of(named)

    @property
    def chosen_fund(self) -> Fund | None:
        return self.funds.get(self.cleaned_data.get("fund", "")) if self.is_valid() else None


class FundFilter(MoneyFilter):
    source = _choice("来源", choices_of(Source.choices))
    tier = _choice("资金层级", choices_of([(str(value), label) for value, label in Tier.choices]))
    year = forms.IntegerField(
        label="年度", required=False, min_value=2000, max_value=2099, widget=PlainInput(attrs={"inputmode": "numeric"})
    )
    q = forms.CharField(label="名称", required=False, max_length=40, widget=PlainInput(attrs={"type": "search"}))

    def apply(self, funds: QuerySet[Fund]) -> QuerySet[Fund]:
        """The funds that pass; none while a filter is wrong. The unit narrows their amounts, not the funds."""
        if not self.is_valid():
            return funds.none()
        values = self.cleaned_data
        for name in ("source", "tier", "year"):
            if values[name]:
                funds = funds.filter(**{name: values[name]})
        return funds.filter(name__icontains=values["q"].strip()) if values["q"] else funds


class LedgerFilter(MoneyFilter):
    fund = _choice("资金", [])
    category = _choice("支出类别", choices_of(Category.choices))
    flow = _choice("收支", FLOWS)
    since = _month("起始月份")
    until = _month("截止月份")
    month = _month("截至月末")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", "截止月份不能早于起始月份")
        return values

    def entries(self) -> EntryQuerySet:
        """Those of the user that pass; none while a filter is wrong. `month`: until its end; with `flow`, of the funds
        of its year."""
        rows = self._narrowed(Entry.objects.visible_to(self.user, SEEN), "on", "spending__category")
        if not self.is_valid():
            return rows
        flow, month = self.cleaned_data["flow"], self.cleaned_data["month"]
        if month:
            rows = rows.until(month.last)
        if flow and month:
            rows = rows.filter(fund__year=month.year)
        if flow == OUT:
            return rows.filter(kind__in=USED)
        return rows.came_into(self.chosen_unit) if flow == IN else rows

    def _narrowed(self, rows: Any, on: str, category: str) -> Any:
        """Rows that pass, told apart by these columns."""
        if not self.is_valid():
            return rows.none()
        values = self.cleaned_data
        if self.chosen_unit:
            rows = rows.under(self.chosen_unit)
        if values["fund"]:
            rows = rows.filter(fund=values["fund"])
        if values["category"]:
            rows = rows.filter(**{category: values["category"]})
        if values["since"]:
            rows = rows.filter(**{f"{on}__gte": values["since"].first})
        return rows.filter(**{f"{on}__lte": values["until"].last}) if values["until"] else rows


class SpendingFilter(LedgerFilter):
    """The same conditions, on payments."""

    def spendings(self) -> SpendingQuerySet:
        """Those of the user that pass, reversed ones too; by the day of the payment."""
        rows = Spending.objects.visible_to(self.user, SEEN)
        return self._narrowed(rows, "spent_on", "category")


class PurseFilter(MoneyFilter):
    """Whose money, and of which fund, a payment is made from. `payment` is kept: the instalment that is paid."""

    fund = _choice("资金", [])
    payment = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class AllocationFilter(MoneyFilter):
    fund = _choice("资金", [])
    state = _choice("状态", STATES)

    @property
    def state_asked(self) -> str:
        """What waits, unless something else was chosen."""
        return (self.cleaned_data.get("state") if self.is_valid() else "") or TRANSIT

    def apply(self, allocations: AllocationQuerySet) -> AllocationQuerySet:
        if not self.is_valid():
            return allocations.none()
        if self.chosen_unit:
            allocations = allocations.under(self.chosen_unit)
        if self.cleaned_data["fund"]:
            allocations = allocations.filter(fund=self.cleaned_data["fund"])
        state = self.state_asked
        if state == TRANSIT:
            return allocations.in_transit()
        if state == RECEIVED:
            return allocations.filter(received_on__isnull=False)
        return allocations.filter(withdrawn_on__isnull=False) if state == WITHDRAWN else allocations

    def allocations(self) -> AllocationQuerySet:
        """Those of the user that pass."""
        return self.apply(Allocation.objects.visible_to(self.user, SEEN))


class FindingFilter(MoneyFilter):
    fund = _choice("资金", [])
    kind = _choice("疑点", choices_of(FindingKind.choices))
    state = _choice("说明", FINDING_STATES)

    def chosen(self, found: Iterable[Finding]) -> list[Finding]:
        """Of what was found, what kind and state ask for; nothing while a filter is wrong."""
        if not self.is_valid():
            return []
        kind, state = self.cleaned_data["kind"], self.cleaned_data["state"]
        return [
            row for row in found if kind in ("", row.kind) and state in ("", EXPLAINED if row.explanation else OPEN)
        ]
