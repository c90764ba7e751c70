"""Forms about contracts: signing, promises, payments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms.unit_field import UnitField
from accounts.models import Level, User
from accounts.roles import Permission
from agencies import shares
from agencies.actions import Instalment, Promised, by_percent
from agencies.forms.agencies import AgencyField, start_with
from agencies.models import Contract, ContractTerm, Outcome, Payment, PaymentCondition, Procurement, Quantity
from common.forms import choices_of, day_field, note_field
from common.money import MoneyField
from files.forms import FilesField
from files.kinds import BOTH
from services.models import Domain, Method
from stations.models import Station, StationKind


class StationsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Station) -> str:
        unit: Any = obj.unit
        return f"{unit.name}（{unit.parent.parent.name}）"


class ProcurementField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Procurement) -> str:
        return f"{obj.name}（{obj.service_years}，{obj.winner}）"


class ContractForm(forms.Form):
    """A new contract, or the renewal of one: then agency and buyer stand."""

    buyer = UnitField(label="购买单位", levels=(Level.CITY, Level.COUNTY, Level.TOWNSHIP))
    agency = AgencyField(label="承接机构")
    procurement = ProcurementField(
        label="采购", required=False, queryset=Procurement.objects.none(), empty_label="没有采购，或不在本系统"
    )
    number = forms.CharField(label="合同编号", max_length=60)
    title = forms.CharField(label="合同名称", max_length=120)
    stations = StationsField(
        label="站点", queryset=Station.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text="可跨乡镇选择几个；同一时期一个站点只能有一份合同",
    )  # fmt: skip
    signed_on = day_field("签订日期")
    starts_on = day_field("服务起始日期", today=False)
    last_day = day_field("服务截止日期", today=False, help_text="含当日")
    amount = MoneyField(label="合同金额（元）", help_text="按站点平均分摊")
    uploads = FilesField(label="合同扫描件", kinds=BOTH, required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        user: User,
        renewal_of: Contract | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial=_renewed(renewal_of) if renewal_of else initial)
        fields: dict[str, Any] = self.fields
        start_with(self, "buyer", user, Permission.MANAGE_CONTRACTS)
        fields["agency"].user = user
        fields["procurement"].queryset = (
            Procurement.objects.visible_to(user, Permission.MANAGE_CONTRACTS)
            .filter(outcome=Outcome.AWARDED)
            .select_related("winner")
        )
        stations = Station.objects.visible_to(user, Permission.MANAGE_CONTRACTS)
        if renewal_of:
            stations = stations.under(renewal_of.buyer)
            del fields["buyer"], fields["agency"]
        fields["stations"].queryset = (
            stations.filter(closed_on=None, kind=StationKind.STATION)
            .select_related("unit__parent__parent")
            .order_by("unit__path")
        )


def _renewed(contract: Contract) -> dict[str, Any]:
    """The next year of the same stations for the same amount."""
    days = contract.agreed_ends_on - contract.starts_on
    years = max(1, round(days.days / 365))
    return {
        "title": contract.title,
        "stations": list(contract.covers.values_list("station", flat=True)),
        "starts_on": contract.ends_on,
        "last_day": shares.years_later(contract.ends_on, years) - timedelta(days=1),
        "amount": contract.amount,
    }


class EditContractForm(forms.Form):
    number = forms.CharField(label="合同编号", max_length=60)
    title = forms.CharField(label="合同名称", max_length=120)
    signed_on = day_field("签订日期", help_text="站点、服务期和金额录错的，撤回合同后重新登记")

    def __init__(self, data: Any = None, *, contract: Contract) -> None:
        super().__init__(data, initial={name: getattr(contract, name) for name in ("number", "title", "signed_on")})


class TerminateForm(forms.Form):
    on = day_field("终止日期", help_text="不再履行的第一天")
    reason = note_field("终止理由", required=True)


class PromiseForm(forms.Form):
    quantity = forms.ChoiceField(label="计量", required=False, choices=choices_of(Quantity.choices, "---------"))
    method = forms.ChoiceField(label="方法", required=False, choices=choices_of(Method.choices, "全部方法"))
    domain = forms.ChoiceField(label="领域", required=False, choices=choices_of(Domain.choices, "全部领域"))
    promised = forms.IntegerField(
        label="约定数量", required=False, min_value=1, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


class PaymentForm(forms.Form):
    """One instalment, by amount or by percentage."""

    term = forms.ModelChoiceField(
        label="服务年度", required=False, queryset=ContractTerm.objects.none(), empty_label="---------"
    )
    planned_on = day_field("计划日期", required=False, today=False)
    amount = MoneyField(label="金额（元）", required=False)
    percent = forms.DecimalField(
        label="或比例（%）", required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    condition = forms.ChoiceField(label="付款条件", required=False, choices=PaymentCondition.choices)


class Rows(forms.BaseFormSet):
    """Rows of a table; those left empty are passed over."""

    def given(self) -> list[dict[str, Any]]:
        """What the rows that were filled in hold."""
        return [form.cleaned_data for form in self.forms if form.has_changed() and any(_told(form).values())]


def _told(form: forms.BaseForm) -> dict[str, Any]:
    """Without the choices that are there by themselves."""
    return {name: value for name, value in form.cleaned_data.items() if name not in ("condition", "term")}


PromiseRows: Any = forms.formset_factory(PromiseForm, formset=Rows, extra=0, max_num=24)
PaymentRows: Any = forms.formset_factory(PaymentForm, formset=Rows, extra=0, max_num=24)
SPARE = 4


def promise_rows(data: Any, term: ContractTerm) -> Any:
    """The promises of a year of service, and empty rows for more."""
    there = [
        {"quantity": row.quantity, "method": row.method, "domain": row.domain, "promised": row.promised}
        for row in term.promises.all()
    ]
    return PromiseRows(data, initial=[*there, *({} for _ in range(SPARE))])


def promises_of(rows: Rows) -> list[Promised]:
    """What set_promises takes."""
    return [
        Promised(row["quantity"], row["promised"] or 0, row["method"], row["domain"])
        for row in (form.cleaned_data for form in rows.forms)
        if row.get("quantity") or row.get("promised")
    ]


def payment_rows(data: Any, contract: Contract, unpaid: Iterable[Payment]) -> Any:
    """The instalments that are not paid yet, and empty rows for more."""
    terms = contract.terms.all()
    first = terms[0].pk
    there = [
        {"term": row.term_id, "planned_on": row.planned_on, "amount": row.amount, "condition": row.condition}
        for row in unpaid
    ]
    rows = PaymentRows(data, initial=[*there, *({"term": first} for _ in range(SPARE))])
    for form in rows.forms:
        form.fields["term"].queryset = terms
    return rows


def instalments_of(rows: Rows, contract: Contract) -> list[Instalment]:
    """What set_payments takes. Raises ValidationError when some rows say amounts and others percentages."""
    given = [row for row in (form.cleaned_data for form in rows.forms) if row.get("amount") or row.get("percent")]
    for number, row in enumerate(given, 1):
        if row["term"] is None or row["planned_on"] is None:
            raise ValidationError(f"第 {number} 行请填写服务年度和计划日期")
    by_share = [row["percent"] is not None and row["amount"] is None for row in given]
    if given and all(by_share):
        return by_percent(
            contract, [(row["term"], row["planned_on"], Decimal(row["percent"]), row["condition"]) for row in given]
        )
    if any(row["percent"] is not None for row in given):
        raise ValidationError("各行要么都填金额，要么都填比例")
    return [Instalment(row["term"], row["planned_on"], row["amount"], row["condition"]) for row in given]


class PaidForm(forms.Form):
    on = day_field("支付日期")
    amount = MoneyField(label="支付金额（元）")
    voucher_note = forms.CharField(label="凭证", max_length=100, help_text="支付凭证号或拨款文号")
    reason = note_field("理由（超出付款建议时必填）")

    def __init__(self, data: Any = None, *, amount: Decimal) -> None:
        super().__init__(data, initial={"amount": amount, "on": timezone.localdate()})
