"""The colours of badges. Red is kept for what needs action."""

from stations.basics import BasicsState
from stations.models import StationStatus

STATUS_TONES = {
    StationStatus.PLANNED: "muted",
    StationStatus.BUILDING: "muted",
    StationStatus.COMPLETED: "info",
    StationStatus.ACCEPTED: "info",
    StationStatus.SIGN_HUNG: "info",
    StationStatus.OPERATING: "ok",
    StationStatus.SUSPENDED: "warn",
    StationStatus.CLOSED: "muted",
}
BASICS_TONES = {
    BasicsState.NO_DUE: "muted",
    BasicsState.OPEN: "info",
    BasicsState.OVERDUE: "bad",
    BasicsState.ON_TIME: "ok",
    BasicsState.LATE: "warn",
}
