"""What files the rows of this room take."""

from django.urls import reverse

from accounts.roles import Permission
from files.kinds import BOTH, DOCUMENTS, IMAGES
from files.registry import Slot, attachable
from stations.models import (
    Acceptance,
    Certificate,
    FeatureProject,
    Milestone,
    RoomTitle,
    Station,
    StatusSpell,
    Training,
)

attachable(
    Station,
    view=Permission.VIEW,
    change=Permission.EDIT_STATION,
    slots={"photo": Slot("站点照片", IMAGES)},
    page=lambda station: reverse("station_detail", args=[station.pk]),
    related=("unit",),
)

_EVIDENCE = {"evidence": Slot("佐证材料", BOTH)}
attachable(
    StatusSpell,
    view=Permission.VIEW,
    change=Permission.BUILD_STATION,
    slots=_EVIDENCE,
    label=lambda spell: f"{spell.station} {spell}",
    page=lambda spell: reverse("station_detail", args=[spell.station_id]),
    related=("station__unit",),
)
attachable(
    Acceptance,
    view=Permission.VIEW,
    change=Permission.ACCEPT_STATION,
    slots=_EVIDENCE,
    label=lambda row: f"{row.station} {row}",
    page=lambda row: reverse("acceptance_detail", args=[row.pk]),
    related=("station__unit",),
)
attachable(
    Milestone,
    view=Permission.VIEW,
    change=Permission.PLAN_BUILDING,
    slots=_EVIDENCE,
    label=lambda row: f"建设节点 {row}",
    page=lambda row: reverse("milestone_detail", args=[row.pk]),
)
attachable(
    RoomTitle,
    view=Permission.VIEW,
    change=Permission.BUILD_STATION,
    slots=_EVIDENCE,
    label=lambda row: f"{row.room} {row.year} 年命名申请",
    page=lambda row: reverse("title_detail", args=[row.pk]),
    related=("room__unit",),
)
attachable(
    FeatureProject,
    view=Permission.VIEW,
    change=Permission.EDIT_FEATURE,
    slots={"photo": Slot("活动照片", IMAGES), "document": Slot("佐证材料", DOCUMENTS)},
    label=lambda row: f"特色项目 {row}",
    page=lambda row: reverse("feature_detail", args=[row.pk]),
    related=("station__unit",),
)
# A scan bears the identity number: only who manages the worker opens it.
attachable(
    Certificate,
    view=Permission.MANAGE_WORKERS,
    change=Permission.MANAGE_WORKERS,
    slots={"scan": Slot("证书扫描件", BOTH)},
    label=lambda row: f"{row.worker} {row}",
    page=lambda row: reverse("worker_detail", args=[row.worker_id]),
    related=("worker",),
)
attachable(
    Training,
    view=Permission.VIEW_WORKERS,
    change=Permission.MANAGE_WORKERS,
    slots={"material": Slot("通知、签到表、结业证明", BOTH)},
    label=lambda row: f"培训 {row}",
    page=lambda row: reverse("training_detail", args=[row.pk]),
)
