"""The order of a station's statuses, and who records each (R14): pure."""

from __future__ import annotations

from accounts.roles import PERMISSIONS, Permission
from stations.models import StationKind, StationStatus

_S = StationStatus
# No step of building may be skipped, but several may bear the same date. A plan may be dropped at any time;
# only what operates can be suspended, and only what was suspended resumes. Use `following`.
FOLLOWING: dict[StationStatus, tuple[StationStatus, ...]] = {
    _S.PLANNED: (_S.BUILDING, _S.CLOSED),
    _S.BUILDING: (_S.COMPLETED, _S.CLOSED),
    _S.COMPLETED: (_S.ACCEPTED, _S.CLOSED),
    _S.ACCEPTED: (_S.SIGN_HUNG, _S.CLOSED),
    _S.SIGN_HUNG: (_S.OPERATING, _S.CLOSED),
    _S.OPERATING: (_S.SUSPENDED, _S.CLOSED),
    _S.SUSPENDED: (_S.OPERATING, _S.CLOSED),
    _S.CLOSED: (),
}
# Workers may be posted.
STAFFED = frozenset({_S.BUILDING, _S.COMPLETED, _S.ACCEPTED, _S.SIGN_HUNG, _S.OPERATING, _S.SUSPENDED})
# R14: the county places, accepts, suspends and closes; the township builds. Use `permission`.
RECORDED_WITH: dict[StationStatus, Permission] = {
    _S.PLANNED: Permission.CREATE_STATION,
    _S.BUILDING: Permission.BUILD_STATION,
    _S.COMPLETED: Permission.BUILD_STATION,
    _S.ACCEPTED: Permission.ACCEPT_STATION,
    _S.SIGN_HUNG: Permission.BUILD_STATION,
    _S.OPERATING: Permission.BUILD_STATION,
    _S.SUSPENDED: Permission.CREATE_STATION,
    _S.CLOSED: Permission.CREATE_STATION,
}


def following(kind: StationKind, current: StationStatus) -> tuple[StationStatus, ...]:
    """What may come after `current`. A room need not hang a sign of its own before it operates."""
    if kind == StationKind.ROOM and current == _S.ACCEPTED:
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


def permission(current: StationStatus | None, new: StationStatus) -> Permission:
    """The right that it takes to record `new` after `current` (None: as the first one). Who suspends also resumes."""
    return RECORDED_WITH[_S.SUSPENDED] if current == _S.SUSPENDED else RECORDED_WITH[new]


def who_may(permission: Permission) -> str:
    """The roles that hold the right, in Chinese: “县级民政干部、乡镇（街道）管理员”."""
    return "、".join(str(role.label) for role, held in PERMISSIONS.items() if permission in held)
