"""Stations and rooms with their dated life, workers, and the months that became stale."""

from policies.models import Dimension
from stations.models.building import (
    COUNTABLE,
    Acceptance,
    AcceptanceItem,
    BuildingPlan,
    Milestone,
    MilestoneKind,
    RoomTitle,
    TitleState,
)
from stations.models.dated import month_end
from stations.models.stale import StaleMonth
from stations.models.stations import (
    BasicsFilter,
    DimensionState,
    Hosting,
    Station,
    StationKind,
    StationState,
    StationStatus,
    StatusSpell,
)
from stations.models.workers import (
    Certificate,
    CertificateLevel,
    EmployerKind,
    Employment,
    StationPosting,
    Worker,
)

__all__ = [
    "COUNTABLE",
    "Acceptance",
    "AcceptanceItem",
    "BasicsFilter",
    "BuildingPlan",
    "Certificate",
    "CertificateLevel",
    "Dimension",
    "DimensionState",
    "EmployerKind",
    "Employment",
    "Hosting",
    "Milestone",
    "MilestoneKind",
    "RoomTitle",
    "StaleMonth",
    "Station",
    "StationKind",
    "StationPosting",
    "StationState",
    "StationStatus",
    "StatusSpell",
    "TitleState",
    "Worker",
    "month_end",
]
