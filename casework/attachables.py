"""What files the rows of this room take."""

from django.urls import reverse

from accounts.roles import Permission
from casework.models import CaseStep
from files.kinds import BOTH
from files.registry import Slot, attachable

# Scans of a case tell of the person: only who may read the file opens them.
attachable(
    CaseStep,
    view=Permission.VIEW_CLIENTS,
    change=Permission.EDIT_CASES,
    slots={"evidence": Slot("佐证材料", BOTH, most=9)},
    label=str,
    page=lambda step: reverse("case_detail", args=[step.case_id]),
    related=("case__station__unit",),
)
