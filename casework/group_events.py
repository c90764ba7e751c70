"""What happens to files of people served, for their groups (clients.signals)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from casework.models import GroupMember, SessionAttendance
from casework.phases import GroupState
from clients.models import Client
from clients.signals import GONE, anonymised, leaving
from stations.models import Station


def refuse_while_in_group(sender: Any, client: Client, station: Station, on: date, **_: Any) -> None:
    """A file is neither closed nor moved while the person is in a group of its station that runs."""
    rows = GroupMember.objects.filter(client=client, group__station=station, group__state=GroupState.RUNNING)
    names = [name for name in rows.at(on).values_list("group__name", flat=True) if name]
    if names:
        raise ValidationError(f"服务对象在小组“{'”“'.join(names)}”中，请先登记离组")


def empty_texts(sender: Any, client: Client, by: User | None, **_: Any) -> None:
    """Numbers, dates and attendance stay; what was written of the person goes."""
    members = GroupMember.objects.filter(client=client)
    members.exclude(left_on=None).update(left_reason=GONE)
    SessionAttendance.objects.filter(member__in=members.values("pk")).update(reason="")


leaving.connect(refuse_while_in_group, dispatch_uid="group_leaving")
anonymised.connect(empty_texts, dispatch_uid="group_anonymised")
