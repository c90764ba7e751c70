"""Forms that write. What they take is checked again by the actions; choices come through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import F, QuerySet

from accounts.forms import UnitField
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from agencies.models import Payment
from common import money
from common.forms import choices_of, day_field, note_field
from common.money import MoneyField
from common.paths import ancestors
from files.forms import FilesField
from funds.models import (
    USUALLY_FORBIDDEN,
    Beneficiary,
    Category,
    FindingKind,
    Fund,
    Holding,
    Source,
    Tier,
)
from policies.models import PolicyDocument

MANAGE, SPEND = Permission.MANAGE_FUNDS, Permission.SPEND_FUNDS


class CategoriesField(forms.MultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Category.choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class DocumentField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(PolicyDocument.objects.none(), label="依据文件", required=False, **kwargs)

    def label_from_instance(self, obj: PolicyDocument) -> str:
        return f"{obj.number} {obj.title}"

    def offer(self, user: User) -> None:
        self.queryset = PolicyDocument.objects.visible_to(user).filter(is_default=False)


def _purpose() -> forms.CharField:
    return forms.CharField(label="用途", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class FundForm(forms.Form):
    """A new fund. The usual forbidden uses are ticked for lottery money: whoever registers it edits them."""

    source = forms.ChoiceField(label="来源", choices=Source.choices, widget=forms.HiddenInput)
    unit = UnitField(label="主管单位", help_text="资金最先到账、由它往下下达的单位")
    name = forms.CharField(label="名称", max_length=80, help_text="如：2026年市级福彩公益金社工站补助")
    tier = forms.TypedChoiceField(label="资金层级", choices=Tier.choices, coerce=int)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2099)
    document = DocumentField(help_text="福彩公益金必须选择；没有录入的文件，请管理员先在“制度”中新增")
    clause = forms.CharField(label="用途条款", max_length=40, required=False, help_text="如 二(三)")
    purpose = _purpose()
    permitted = CategoriesField(label="使用范围", help_text="不勾选：未禁止的都可以；范围外的支出列为挪用疑点")
    forbidden = CategoriesField(label="禁止用途", help_text="登记支出时直接拒绝，并写明文件和条款")
    forbidden_clause = forms.CharField(label="禁止用途的条款", max_length=40, required=False, help_text="如 三")

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any]) -> None:
        if initial.get("source") == Source.LOTTERY:
            initial = {"forbidden": [str(use) for use in USUALLY_FORBIDDEN], **initial}
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["unit"].limit(user, MANAGE, levels=(Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWNSHIP))
        fields["document"].offer(user)
        fields["document"].required = self["source"].value() == Source.LOTTERY


class FundEditForm(forms.Form):
    name = forms.CharField(label="名称", max_length=80)
    document = DocumentField()
    clause = forms.CharField(label="用途条款", max_length=40, required=False)
    purpose = _purpose()
    permitted = CategoriesField(label="使用范围", help_text="已有支出后不能再改")

    def __init__(self, data: Any = None, *, user: User, fund: Fund) -> None:
        initial = {name: getattr(fund, name) for name in ("name", "document", "clause", "purpose", "permitted")}
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["document"].offer(user)


class ReceiptForm(forms.Form):
    amount = MoneyField(label="金额（元）")
    received_on = day_field("到账日期")
    document_number = forms.CharField(label="拨款文号", max_length=60, required=False)
    note = note_field()


class ForbidForm(forms.Form):
    category = forms.ChoiceField(label="类别", choices=choices_of(Category.choices, "请选择"))
    clause = forms.CharField(label="条款", max_length=40, required=False, help_text="资金依据文件中的条款")
    words = forms.CharField(label="规定原文", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    starts_on = day_field("禁止起", required=False, today=False, help_text="资金已有支出的必须填写；不填：自始禁止")


class ReasonForm(forms.Form):
    """A day and a reason, for reversals."""

    on = day_field("冲销日期")
    reason = note_field("理由", required=True)


class TakeBackForm(forms.Form):
    amount = MoneyField(label="收回金额（元）", required=False, help_text="不填：全部未收回的；在途的只能全部撤回")
    on = day_field("收回日期")
    reason = note_field("理由", required=True)


class ConfirmForm(forms.Form):
    received_on = day_field("到账日期", help_text="自该日起由接收单位持有")


class AllocateForm(forms.Form):
    """One row for each unit below; those with an amount get it. Errors of a receiver stand beside its amount."""

    allocated_on = day_field("下达日期")
    document_number = forms.CharField(label="下达文号", max_length=60, required=False)
    expected_on = day_field("预计到账", required=False, today=False)
    note = note_field()

    def __init__(self, data: Any = None, *, receivers: list[OrgUnit]) -> None:
        super().__init__(data)
        self.units = {f"amount_{unit.pk}": unit for unit in receivers}
        for name, unit in self.units.items():
            self.fields[name] = MoneyField(label=f"{unit.name}的金额", required=False)

    def rows(self) -> list[tuple[OrgUnit, forms.BoundField]]:
        """Receivers with their fields, for the table."""
        return [(unit, self[name]) for name, unit in self.units.items()]

    def common(self) -> list[forms.BoundField]:
        return [self[name] for name in ("allocated_on", "document_number", "expected_on", "note")]

    def values(self) -> dict[str, Any]:
        """What allocate takes."""
        given = self.cleaned_data
        receivers = [(unit, given[name]) for name, unit in self.units.items() if given[name]]
        return {"receivers": receivers} | {name: value for name, value in given.items() if name not in self.units}


class HoldingField(forms.ModelChoiceField):
    """A fund at a unit: money can only be spent where it is."""

    def __init__(self) -> None:
        super().__init__(Holding.objects.none(), label="资金和单位", empty_label="请选择")

    def offer(self, user: User, holdings: Sequence[Holding]) -> None:
        self.queryset = Holding.objects.visible_to(user, SPEND).select_related("fund__document", "unit")
        self.choices = [("", "请选择"), *((row.pk, self.label_from_instance(row)) for row in holdings)]

    def label_from_instance(self, obj: Holding) -> str:
        return f"{obj.unit.name}：{obj.fund.label}（结存 {money.words(money.yuan(obj.fen))}）"


class PaymentField(forms.ModelChoiceField):
    def __init__(self) -> None:
        super().__init__(
            Payment.objects.none(),
            label="合同付款",
            required=False,
            empty_label="不是合同付款",
            help_text="选择后类别、金额和收款方可以不填，并登记该期合同款已支付",
        )

    def label_from_instance(self, obj: Payment) -> str:
        contract = obj.contract
        return f"{contract.number} 第 {obj.number} 期 {money.words(obj.amount)} {contract.agency.name}"


def _owed_by(user: User, units: Sequence[OrgUnit]) -> QuerySet[Payment]:
    """Instalments not paid yet of the contracts that money of these units may pay: an office's, never a station's."""
    buyers = {step for unit in units if unit.level < Level.STATION for step in ancestors(unit.path)}
    owed = Payment.objects.visible_to(user, Permission.MANAGE_CONTRACTS)
    owed = owed.filter(paid_on=None, contract__buyer__path__in=buyers)
    owed = owed.exclude(contract__ends_on=F("contract__starts_on"))  # contracts that were taken back
    return owed.select_related("contract__agency", "contract__buyer").order_by("planned_on", "pk")


class SpendingForm(forms.Form):
    """With an instalment of a contract, what it settles may be left empty: category, amount and payee.

    `offered`: the holdings to choose from; one that was emptied meanwhile is still taken, so that the action says it.
    """

    holding = HoldingField()
    payment = PaymentField()
    payment_reason = forms.CharField(
        label="超出付款建议的理由", max_length=200, required=False, help_text="付款建议为暂缓或核减时填写"
    )
    category = forms.ChoiceField(label="类别", required=False, choices=choices_of(Category.choices, "请选择"))
    beneficiary = forms.ChoiceField(label="受益方", choices=Beneficiary.choices, widget=forms.RadioSelect)
    spent_on = day_field("支出日期")
    amount = MoneyField(label="金额（元）", required=False)
    payee = forms.CharField(label="收款方", max_length=80, required=False)
    purpose = forms.CharField(label="用途", max_length=200, help_text="买了什么、做了什么")
    voucher_number = forms.CharField(label="凭证号", max_length=40)
    vouchers = FilesField(label="凭证扫描件", required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        user: User,
        offered: Sequence[Holding],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, files, initial={"beneficiary": Beneficiary.STATION, **initial})
        fields: dict[str, Any] = self.fields
        fields["holding"].offer(user, offered)
        fields["payment"].queryset = _owed_by(user, [holding.unit for holding in offered])
        if not fields["payment"].queryset.exists():
            del fields["payment"], fields["payment_reason"]
            for name in ("category", "amount", "payee"):
                fields[name].required = True

    def values(self) -> dict[str, Any]:
        """What record_spending takes."""
        given = dict(self.cleaned_data)
        holding, payment = given.pop("holding"), given.get("payment")
        if payment:
            given["category"] = given["category"] or Category.PURCHASE
            given["amount"] = given["amount"] or payment.amount
            given["payee"] = given["payee"] or payment.contract.agency.name
        return given | {"fund": holding.fund, "unit": holding.unit}


class VoucherForm(forms.Form):
    vouchers = FilesField(label="凭证扫描件")


class FlagForm(forms.Form):
    kind = forms.ChoiceField(
        label="问题",
        choices=[(kind.value, kind.label) for kind in (FindingKind.DIVERTED, FindingKind.ENCROACHED)],
        widget=forms.RadioSelect,
    )
    category = forms.ChoiceField(
        label="实际用途", required=False, choices=choices_of(Category.choices, "不清楚或与登记相同")
    )
    note = note_field("理由", required=True)


class ExplainForm(forms.Form):
    note = note_field("说明", required=True)


def receivers_of(user: User, sender: OrgUnit, level: int) -> list[OrgUnit]:
    """Live units of a level below the sender, within the user's scope."""
    units = OrgUnit.objects.visible_to(user, MANAGE).under(sender).filter(level=level, closed_on=None, is_virtual=False)
    return list(units.exclude(pk=sender.pk).order_by("path"))
