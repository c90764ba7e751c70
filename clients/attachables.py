"""What files the rows of this room take."""

from django.urls import reverse

from accounts.roles import Permission
from clients.models import Client, Consent
from files.kinds import BOTH
from files.registry import Slot, attachable

PERSONAL = "personal"
SCAN = "scan"

attachable(
    Client,
    view=Permission.VIEW_CLIENTS,
    change=Permission.EDIT_CLIENTS,
    slots={PERSONAL: Slot("档案材料", BOTH)},
    label=lambda client: f"服务对象档案 {client.pk}",
    page=lambda client: reverse("client_detail", args=[client.pk]),
    related=("station__unit",),
)
attachable(
    Consent,
    view=Permission.VIEW_CLIENTS,
    change=Permission.EDIT_CLIENTS,
    slots={SCAN: Slot("同意书扫描件", BOTH, most=9)},
    label=lambda consent: f"服务对象档案 {consent.client_id} {consent}",
    page=lambda consent: reverse("client_detail", args=[consent.client_id]),
    related=("client__station__unit",),
)
