"""The order of a station's statuses: pure."""

from __future__ import annotations

from stations.models import StationKind, StationStatus

_S = StationStatus
# No step of building may be skipped, but several may bear the same date. A plan may be dropped at any time;
# only what operates can be suspended, and only what was suspended resumes. Use `following`.
FOLLOWING: dict[StationStatus, tuple[StationStatus, ...]] = {
    _S.PLANNED: (_S.BUILDING, _S.CLOSED),
    _S.BUILDING: (_S.COMPLETED, _S.CLOSED),
    _S.COMPLETED: (_S.SIGN_HUNG, _S.CLOSED),
    _S.SIGN_HUNG: (_S.OPERATING, _S.CLOSED),
    _S.OPERATING: (_S.SUSPENDED, _S.CLOSED),
    _S.SUSPENDED: (_S.OPERATING, _S.CLOSED),
    _S.CLOSED: (),
}
STAFFED = frozenset({_S.BUILDING, _S.COMPLETED, _S.SIGN_HUNG, _S.OPERATING, _S.SUSPENDED})  # workers may be posted


def following(kind: StationKind, current: StationStatus) -> tuple[StationStatus, ...]:
    """What may come after `current`. A room need not hang a sign of its own before it operates."""
    if kind == StationKind.ROOM and current == _S.COMPLETED:
        return (_S.SIGN_HUNG, _S.OPERATING, _S.CLOSED)
    return FOLLOWING[current]


def refusal(kind: StationKind, current: StationStatus, new: StationStatus) -> str:
    """Why `new` cannot follow `current`, in Chinese; "" when it can."""
    allowed = following(kind, current)
    if new in allowed:
        return ""
    if new == current:
        return f"站点现在已是“{current.label}”状态"
    if not allowed:
        return f"站点已{current.label}，不能再登记其他状态"
    words = "、".join(f"“{status.label}”" for status in allowed)
    return f"“{current.label}”之后只能登记{words}，不能登记“{new.label}”；各步骤可以登记为同一天"
