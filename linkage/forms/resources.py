"""Forms of donations and handouts."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from common.forms import day_field, note_field
from common.money import MoneyField
from files.forms import FilesField
from linkage.forms.shared import UnitForm
from linkage.models import Donation, DonorKind, Organisation, RecipientKind, ResourceForm
from linkage.queries.organisations import organisations_around
from services.models import ServiceRecord

LATELY = 90  # days in which services are offered


class DonationForm(UnitForm):
    """One form for both: money needs only its value."""

    form = forms.ChoiceField(
        label="形式", choices=ResourceForm.choices, widget=forms.RadioSelect, initial=ResourceForm.GOODS
    )
    donor_kind = forms.ChoiceField(
        label="捐赠方", choices=DonorKind.choices, widget=forms.RadioSelect, initial=DonorKind.ORGANISATION
    )
    donor = forms.CharField(label="捐赠方名称", required=False, max_length=60, help_text="匿名捐赠不填")
    item = forms.CharField(label="物资名称", required=False, max_length=40, help_text="例如：大米；款项不填")
    quantity = forms.CharField(
        label="数量", required=False, max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    measure = forms.CharField(label="计量单位", required=False, max_length=8, help_text="例如：袋、件、床")
    value = MoneyField(label="价值（元）", help_text="物资按市场价估算总价；款项填金额")
    purpose = forms.CharField(label="用途", required=False, max_length=200, help_text="捐赠方指定的用途，没有不填")
    received_on = day_field("接收日期")
    evidence = FilesField(label="捐赠协议、清单、照片", required=False)
    note = note_field()
    field_order = ["token", "unit"]


class HandoutForm(forms.Form):
    """Out of one donation, to one kind of recipient: only its fields are there."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    client = forms.ModelChoiceField(label="服务对象", queryset=Client.objects.none(), empty_label="请选择")
    service = forms.ModelChoiceField(
        label="服务活动",
        queryset=ServiceRecord.objects.none(),
        empty_label="请选择",
        help_text=f"最近 {LATELY} 天的服务；受益人数按服务人次",
    )
    organisation = forms.ModelChoiceField(label="社会组织", queryset=Organisation.objects.none(), empty_label="请选择")
    recipients = forms.CharField(label="发放对象", max_length=100, help_text="例如：北关社区环卫工人")
    people = forms.IntegerField(label="受益人数", min_value=0, required=False)
    amount = forms.CharField(
        label="数量", max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    given_on = day_field("发放日期")
    receipt = FilesField(label="签收单", required=False)
    note = note_field()

    def __init__(
        self, data: Any = None, files: Any = None, *, user: User, donation: Donation, kind: RecipientKind
    ) -> None:
        super().__init__(data, files, initial={"token": uuid.uuid4()})
        self.kind = kind
        keep = {
            RecipientKind.CLIENT: {"client"},
            RecipientKind.SERVICE: {"service"},
            RecipientKind.ORGANISATION: {"organisation", "people"},
            RecipientKind.GROUP: {"recipients", "people"},
        }[kind]
        for name in {"client", "service", "organisation", "recipients", "people"} - keep:
            del self.fields[name]
        fields: dict[str, Any] = self.fields
        fields["amount"].label = f"数量（{donation.measure}）"
        if kind == RecipientKind.CLIENT:
            clients = Client.objects.visible_to(user, Permission.VIEW_CLIENTS).open().under(donation.unit)
            fields["client"].queryset = clients.only("pk", "name", "station").order_by("initials", "name", "pk")
        elif kind == RecipientKind.SERVICE:
            since = timezone.localdate() - timedelta(days=LATELY)
            services = ServiceRecord.objects.visible_to(user, Permission.VIEW_RECORDS).valid().under(donation.unit)
            fields["service"].queryset = services.filter(starts_on__gte=since).order_by("-starts_on", "-pk")
            fields["service"].label_from_instance = lambda row: f"{row.starts_on} {row.title}"
        elif kind == RecipientKind.ORGANISATION:
            fields["organisation"].queryset = organisations_around([donation.unit.path])

    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"to_kind": self.kind.value}
