"""What files the rows of this room take. Receipts bear signatures: whoever reads names there opens them."""

from django.urls import reverse

from accounts.roles import Permission
from files.kinds import BOTH
from files.registry import Slot, attachable
from linkage.models import Donation, Handout, Meeting, Referral

attachable(
    Donation,
    view=Permission.VIEW_CLIENTS,
    change=Permission.EDIT_LINKAGE,
    slots={"evidence": Slot("捐赠协议、清单、照片", BOTH)},
    label=lambda row: f"慈善资源 {row}",
    page=lambda row: reverse("donation_detail", args=[row.pk]),
    related=("unit",),
)
attachable(
    Handout,
    view=Permission.VIEW_CLIENTS,
    change=Permission.EDIT_LINKAGE,
    slots={"receipt": Slot("签收单", BOTH)},
    label=lambda row: row.audit_label,
    page=lambda row: reverse("donation_detail", args=[row.donation_id]),
    related=("donation__unit",),
)
attachable(
    Meeting,
    view=Permission.VIEW_RECORDS,
    change=Permission.EDIT_LINKAGE,
    slots={"minutes": Slot("会议纪要、签到表、照片", BOTH)},
    page=lambda row: reverse("meeting_detail", args=[row.pk]),
    related=("unit",),
)
attachable(
    Referral,
    view=Permission.VIEW_CLIENTS,
    change=Permission.EDIT_LINKAGE,
    slots={"evidence": Slot("转介单、回执等", BOTH)},
    page=lambda row: reverse("referral_detail", args=[row.pk]),
    related=("station__unit",),
)
