"""What is in force for one unit on one day, with what each rule overrides: the page “现行规定”."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from accounts.models import OrgUnit
from policies.deadlines import Due
from policies.kinds import KINDS, NAMED_WITHOUT_NUMBER, Kind
from policies.queries.documents import ProvisionRow, provision_rows
from policies.queries.rulebook import NoRule, RuleBook


@dataclass
class Ruling:
    """One rule for the unit: the row that governs and, nearest first, those that it overrides."""

    governs: ProvisionRow
    overrides: list[ProvisionRow] = field(default_factory=list)
    number_from: ProvisionRow | None = None  # where a fault's number comes from, if not from `governs`


@dataclass
class KindInForce:
    """A kind of rule: its rulings (none: nothing is set) and, for a deadline, what follows for a thing of that day."""

    label: str
    rulings: list[Ruling]
    nothing: str  # what to say without a ruling
    example: Due | None = None
    example_label: str = ""


def in_force(unit: OrgUnit, on: date) -> list[KindInForce]:
    """Every kind in the order of the registry. Two queries."""
    book = RuleBook.load([unit.path])
    result = []
    for kind, declared in KINDS.items():
        rows = provision_rows(book.candidates(kind, unit.path, on), on)
        rulings: dict[str, Ruling] = {}
        for row in rows:
            subject = declared.subject_of(row.provision.parameters)
            if subject in rulings:
                rulings[subject].overrides.append(row)
            else:
                rulings[subject] = Ruling(row)
        if kind in NAMED_WITHOUT_NUMBER:
            for ruling in rulings.values():
                _find_number(ruling)
        example_label, example = _example(book, declared, unit.path, on)
        nothing = "没有规定" if declared.inherited else "没有给本单位定目标"
        ordered = [rulings[subject] for subject in declared.in_order(rulings)]
        result.append(KindInForce(declared.label, ordered, nothing, example, example_label))
    return result


def _find_number(ruling: Ruling) -> None:
    """A document that names a fault without a number overrides nothing: the number of the next one holds."""
    if ruling.governs.provision.parameters:
        return
    for row in ruling.overrides:
        if row.provision.parameters:
            ruling.number_from = row
            ruling.overrides.remove(row)
            return


def _example(book: RuleBook, declared: Kind, path: str, on: date) -> tuple[str, Due | None]:
    if declared.deadline is None:
        return "", None
    subject, label = declared.deadline.example_on(on)
    try:
        return label, book.due(declared.kind, path, subject)
    except NoRule:
        return "", None
