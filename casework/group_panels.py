"""Groups on the file of a person served."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q

from accounts.models import User
from accounts.roles import Permission
from casework.models import GroupMember, SessionAttendance
from casework.queries.group_list import state_tone, state_words
from clients.models import Client
from clients.panels import panel
from clients.queries import files_of


@panel(key="groups", title="小组", order=35, template="casework/group_client_panel.html")
def client_groups(user: User, client: Client) -> dict[str, Any] | None:
    """Groups that the person is or was in, over all files, as far as the user may read them. Three queries."""
    rows = GroupMember.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(client__in=files_of(client))
    members = list(rows.select_related("group").order_by("-joined_on", "-pk"))
    if not members:
        return None
    came: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    found = SessionAttendance.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(member__in=members)
    counts = found.order_by().values("member").annotate(all=Count("id"), came=Count("id", filter=Q(present=True)))
    came.update({row["member"]: (row["came"], row["all"]) for row in counts})
    shown = [
        {
            "member": member,
            "state": state_words(member.group),
            "tone": state_tone(member.group),
            "came": "{}/{}".format(*came[member.pk]),
        }
        for member in members
    ]
    return {"rows": shown, "note": f"{len(members)} 个"}
