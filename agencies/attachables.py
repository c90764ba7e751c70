"""What files the rows of this room take."""

from typing import Any

from django.urls import reverse

from accounts.roles import Permission
from agencies.models import Agency, Contract, Evaluation, Procurement
from files.registry import attachable

_RIGHTS: Any = {"view": Permission.VIEW_CONTRACTS, "change": Permission.MANAGE_CONTRACTS}

attachable(
    Agency,
    slots={"licence": "登记证书", "grade": "等级证书", "blacklist": "黑名单文件", "other": "其他材料"},
    page=lambda row: reverse("agency_detail", args=[row.pk]),
    **_RIGHTS,
)
attachable(
    Procurement,
    slots={"document": "采购文件", "award": "成交通知书", "other": "其他材料"},
    page=lambda row: reverse("procurement_detail", args=[row.pk]),
    **_RIGHTS,
)
attachable(
    Contract,
    slots={"scan": "合同扫描件", "supplement": "补充协议", "settlement": "结算材料", "other": "其他材料"},
    page=lambda row: reverse("contract_detail", args=[row.pk]),
    **_RIGHTS,
)
attachable(
    Evaluation,
    slots={"evidence": "佐证材料", "report": "评估报告", "correction": "整改材料"},
    page=lambda row: reverse("evaluation_detail", args=[row.pk]),
    related=("term__contract",),
    **_RIGHTS,
)
