"""The card of this room on a file's page: what it was merged with, and its transfers."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client, Transfer
from clients.panels import panel
from clients.queries.merges import merges_of
from clients.queries.transfers import transfer_rows


@panel(key="moves", title="合并与转移", order=90, template="clients/_moves.html")
def moves(user: User, client: Client) -> dict[str, Any] | None:
    """Supervisors read them, and decide nothing. Four queries at most."""
    related = ("client", "from_station__unit", "to_station__unit", "asked_by")
    transfers = list(Transfer.objects.filter(client=client).select_related(*related))
    merges = merges_of(client)
    if not transfers and not merges:
        return None
    may_undo = client.anonymised_at is None and client.allows(user, Permission.EDIT_CLIENTS)
    return {"transfers": transfer_rows(user, transfers) if transfers else [], "merges": merges, "may_undo": may_undo}
