"""Building standards, checks with what follows from them, and what stations have on record."""

from standards.models.checks import (
    Check,
    CheckAnswer,
    CheckKind,
    CheckState,
    DimensionScore,
    ItemFailure,
)
from standards.models.holdings import (
    Asset,
    AssetCategory,
    AssetState,
    Institution,
    InstitutionKind,
    MoneySource,
    Sign,
    SignKind,
    SignState,
)
from standards.models.stages import ProposalState, StageProposal, StageSpell
from standards.models.standards import Standard, StandardItem

__all__ = [
    "Asset",
    "AssetCategory",
    "AssetState",
    "Check",
    "CheckAnswer",
    "CheckKind",
    "CheckState",
    "DimensionScore",
    "Institution",
    "InstitutionKind",
    "ItemFailure",
    "MoneySource",
    "ProposalState",
    "Sign",
    "SignKind",
    "SignState",
    "StageProposal",
    "StageSpell",
    "Standard",
    "StandardItem",
]
