"""What files the rows of this room take."""

from django.urls import reverse

from accounts.roles import Permission
from files.registry import Slot, attachable
from funds.actions.spendings import VOUCHER
from funds.models import Spending

attachable(
    Spending,
    view=Permission.VIEW_FUNDS,
    change=Permission.SPEND_FUNDS,
    slots={VOUCHER: Slot("凭证")},
    label=lambda row: f"{row.number} {row.payee}",
    page=lambda row: reverse("spending_detail", args=[row.pk]),
    related=("unit",),
)
