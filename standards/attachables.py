"""What files the rows of this room take."""

from typing import Any

from django.urls import reverse

from accounts.roles import Permission
from files.kinds import BOTH, IMAGES
from files.registry import Slot, attachable
from standards.models import Asset, CheckAnswer, Institution, Sign

P = Permission


def _answer_label(row: CheckAnswer) -> str:
    return f"{row.check_of.station} {row.check_of}"


def _answer_page(row: CheckAnswer) -> str:
    return reverse("check_detail", args=[row.check_of_id])


def _label(row: Any) -> str:
    return f"{row.station} {row}"


STATION = ("station__unit",)
attachable(
    CheckAnswer,
    view=P.VIEW,
    change=P.SELF_CHECK,  # see CheckAnswerQuerySet: in one's own draft only
    slots={"photo": Slot("检查照片", IMAGES, 9)},
    label=_answer_label,
    page=_answer_page,
    related=("check_of__station__unit",),
)
attachable(
    Asset, view=P.VIEW, change=P.SELF_CHECK, slots={"photo": Slot("设备照片", IMAGES, 9)}, label=_label, related=STATION
)
attachable(
    Institution,
    view=P.VIEW,
    change=P.SELF_CHECK,
    slots={"file": Slot("制度文本", BOTH, 9), "photo": Slot("上墙照片", IMAGES, 9)},
    label=_label,
    related=STATION,
)
attachable(
    Sign, view=P.VIEW, change=P.SELF_CHECK, slots={"photo": Slot("标识照片", IMAGES, 9)}, label=_label, related=STATION
)
