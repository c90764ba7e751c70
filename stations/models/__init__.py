"""Stations and rooms with their dated life, workers, and the months that became stale."""

from stations.models.stale import StaleMonth
from stations.models.stations import (
    Dimension,
    DimensionState,
    Hosting,
    Station,
    StationKind,
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
    "Certificate",
    "CertificateLevel",
    "Dimension",
    "DimensionState",
    "EmployerKind",
    "Employment",
    "Hosting",
    "StaleMonth",
    "Station",
    "StationKind",
    "StationPosting",
    "StationStatus",
    "StatusSpell",
    "Worker",
]
