"""What each kind of provision settles: its parameters with bounds and labels, its check, its words, its deadline.

One declaration for a kind, in the file of its topic; forms, actions, pages, the `due` command and the shipped data all
read it here. A new kind is a name in `ProvisionKind` (with its title; no migration) and a `Kind` in a topic's tuple.
"""

from __future__ import annotations

from typing import Any

from policies.kinds.base import Kind
from policies.kinds.due_dates import DUE_DATES
from policies.kinds.faults import FAULT_KINDS
from policies.kinds.funds import FUND_KINDS
from policies.kinds.parameters import Parameter, Parameters, ParameterType, day_in_words
from policies.kinds.requirements import REQUIREMENTS
from policies.kinds.retention import RETENTION_KINDS
from policies.kinds.stages import STAGE_KINDS
from policies.kinds.targets import TARGETS
from policies.kinds.visits import VISIT_KINDS
from policies.models import ProvisionKind

__all__ = [
    "FAULTS",
    "KINDS",
    "NAMED_WITHOUT_NUMBER",
    "Kind",
    "Parameter",
    "ParameterType",
    "clean",
    "day_in_words",
    "sentence",
]

# In the order in which “现行规定” shows them.
KINDS: dict[ProvisionKind, Kind] = {
    declared.kind: declared
    for declared in (
        *DUE_DATES,
        *TARGETS,
        *REQUIREMENTS,
        *VISIT_KINDS,
        *STAGE_KINDS,
        *FAULT_KINDS,
        *FUND_KINDS,
        *RETENTION_KINDS,
    )
}
FAULTS = frozenset(declared.kind for declared in FAULT_KINDS)
# A document may name these without a number, which then comes from above.
NAMED_WITHOUT_NUMBER = FAULTS | {ProvisionKind.FUND_HOLDING}


def clean(kind: ProvisionKind | str, raw: Parameters) -> dict[str, Any]:
    """Checked parameters of a provision of `kind`; ValidationError({parameter: 中文说明})."""
    return KINDS[ProvisionKind(kind)].clean(raw)


def sentence(kind: ProvisionKind | str, parameters: Parameters) -> str:
    """The provision in words."""
    return KINDS[ProvisionKind(kind)].sentence(parameters)
