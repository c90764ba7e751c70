"""The rules about people that hold at a place on a day (R3, R4, R17), each with its document and clause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.models import Provision, ProvisionKind
from policies.queries import RuleBook
from stations.queries.citations import source


@dataclass(frozen=True)
class Ruled:
    """A number (None: nothing is set) and the provision that sets it."""

    value: int | None
    provision: Provision | None

    @property
    def source(self) -> dict[str, str] | None:
        return source(self.provision)


def ruled(book: RuleBook, kind: ProvisionKind, name: str, path: str, on: date) -> Ruled:
    """The parameter `name` of the provision that governs `path` on `on`."""
    provision = book.provision(kind, path, on)
    return Ruled(provision.parameters.get(name) if provision else None, provision)


@dataclass(frozen=True)
class PeopleRules:
    """The numbers that hold at one place on one day."""

    expiry_days: Ruled
    staffing: Ruled
    training_hours: Ruled
    certificate: Ruled  # 1 where a certificate is required, else None
    part_time: Ruled  # the share full time below which it is a fault; cited for part-time workers (R10)

    @classmethod
    def read(cls, book: RuleBook, path: str, on: date) -> PeopleRules:
        required = ruled(book, ProvisionKind.CERTIFICATE_REQUIRED, "required", path, on)
        fault = book.threshold(ProvisionKind.FAULT_PART_TIME, path, on)
        return cls(
            expiry_days=ruled(book, ProvisionKind.CERTIFICATE_EXPIRY, "days", path, on),
            staffing=ruled(book, ProvisionKind.STAFFING, "workers", path, on),
            training_hours=ruled(book, ProvisionKind.TRAINING_HOURS, "hours", path, date(on.year, 12, 31)),
            certificate=Ruled(1 if required.value else None, required.provision),
            part_time=Ruled(fault.value, fault.named_by) if fault else Ruled(None, None),
        )

    @classmethod
    def at(cls, path: str, on: date) -> PeopleRules:
        """Two queries."""
        return cls.read(RuleBook.load([path]), path, on)
