"""Loading the default standard that ships: from the documents' four dimensions (R3) and common practice."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from accounts.models import Level, OrgUnit
from policies.models import PolicyDocument
from standards.actions.items import ItemDraft
from standards.actions.standards import issue_standard
from standards.models import Standard

DEFAULT = Path(__file__).resolve().parent.parent / "data" / "default.json"


@transaction.atomic
def load_default(path: Path = DEFAULT) -> Standard | None:
    """The default standard, of the document of the shipped defaults; None when it is there already.

    It is no authority's: a province's standard takes its place, and so does any unit's item of the same code.
    Raises PolicyDocument.DoesNotExist before `load_policies`.
    """
    root = OrgUnit.objects.get(level=Level.NATION)
    if Standard.objects.filter(is_default=True).exists():
        return None
    shipped = json.loads(path.read_text(encoding="utf-8"))
    return issue_standard(
        by=None,
        issuer=root,
        document=PolicyDocument.objects.get(issuer=root, number=shipped["number"], is_default=True),
        title=shipped["title"],
        year=shipped["year"],
        starts_on=date.fromisoformat(shipped["from"]),
        items=[ItemDraft(**item) for item in shipped["items"]],
        is_default=True,
    )
