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
from stations.models.careers import (
    Certificate,
    CertificateLevel,
    EmployerKind,
    Employment,
    LeavingReason,
    Renewal,
    StationPosting,
    SupervisorAssignment,
)
from stations.models.dated import month_end
from stations.models.growth import (
    Attendance,
    Grade,
    Reward,
    RewardLevel,
    Training,
    TrainingKind,
    WorkerEvaluation,
)
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
from stations.models.workers import Education, Language, Sex, Worker, WorkerLanguage

__all__ = [
    "COUNTABLE",
    "Acceptance",
    "AcceptanceItem",
    "Attendance",
    "BasicsFilter",
    "BuildingPlan",
    "Certificate",
    "CertificateLevel",
    "Dimension",
    "DimensionState",
    "Education",
    "EmployerKind",
    "Employment",
    "Grade",
    "Hosting",
    "Language",
    "LeavingReason",
    "Milestone",
    "MilestoneKind",
    "Renewal",
    "Reward",
    "RewardLevel",
    "RoomTitle",
    "Sex",
    "StaleMonth",
    "Station",
    "StationKind",
    "StationPosting",
    "StationState",
    "StationStatus",
    "StatusSpell",
    "SupervisorAssignment",
    "TitleState",
    "Training",
    "TrainingKind",
    "Worker",
    "WorkerEvaluation",
    "WorkerLanguage",
    "month_end",
]
