"""A group's facts for its rules (casework.phases)."""

from __future__ import annotations

from casework.models import Group, GroupEvaluation, GroupMember, GroupPhase, GroupSession
from casework.phases import GroupFacts, GroupState, Phase


def facts_of(group: Group) -> GroupFacts:
    """Read anew. Five queries, whatever the group's length."""
    phases = GroupPhase.objects.filter(group=group).order_by("starts_on", "id").values_list("phase", "starts_on")
    sessions = list(GroupSession.objects.filter(group=group).order_by("number").values_list("number", "held_on"))
    evaluated = GroupEvaluation.objects.filter(group=group).values_list("on", flat=True).first()
    return GroupFacts(
        phases=tuple((Phase(phase), day) for phase, day in phases),
        planned=bool(group.purpose and group.goals and group.workers.exists()),
        joined=tuple(GroupMember.objects.filter(group=group).values_list("joined_on", "left_on")),
        held=tuple(held_on for _, held_on in sessions if held_on),
        unheld=tuple(number for number, held_on in sessions if held_on is None),
        evaluated_on=evaluated,
        state=GroupState(group.state),
        closed_on=group.closed_on,
    )
