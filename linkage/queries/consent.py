"""May a person's information be given to others?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from clients.models import Client, Consent, ConsentKind


class Sharing(models.TextChoices):
    """How the consent to sharing stands."""

    GIVEN = "GIVEN", "已同意向转介单位提供信息"
    MISSING = "MISSING", "没有“向转介单位提供信息”的同意书"
    WITHDRAWN = "WITHDRAWN", "已撤回“向转介单位提供信息”的同意"


def sharing(client: Client) -> Sharing:
    """Of the person: by the newest consent to sharing on any of their files. One query."""
    person = client.person_id
    rows = Consent.objects.filter(Q(client=person) | Q(client__merged_into=person), kind=ConsentKind.SHARING)
    newest = rows.order_by("-given_on", "-pk").first()
    if newest is None:
        return Sharing.MISSING
    return Sharing.WITHDRAWN if newest.withdrawn_on else Sharing.GIVEN


def refusal(client: Client) -> str:
    """Why nothing may be given to others now, in words; "" when it may. Two queries."""
    if client.refuses_use():
        return "服务对象已撤回服务同意，不能再登记新的事项"
    if sharing(client) == Sharing.WITHDRAWN:
        return "服务对象已撤回“向转介单位提供信息”的同意，不能再向外提供其信息"
    return ""
