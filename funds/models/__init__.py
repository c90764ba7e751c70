"""Money (R12): funds, the ledger, and what checkers write about it."""

from funds.models.checks import Explanation, SpendingFlag
from funds.models.funds import Fund, FundForbiddenUse, FundReceipt
from funds.models.ledger import Allocation, Entry, Holding, Spending
from funds.models.vocabulary import (
    OF_AN_OFFICE,
    OFFICES,
    USUALLY_FORBIDDEN,
    Beneficiary,
    Category,
    EntryKind,
    FindingKind,
    Source,
    Tier,
)

__all__ = [
    "OFFICES",
    "OF_AN_OFFICE",
    "USUALLY_FORBIDDEN",
    "Allocation",
    "Beneficiary",
    "Category",
    "Entry",
    "EntryKind",
    "Explanation",
    "FindingKind",
    "Fund",
    "FundForbiddenUse",
    "FundReceipt",
    "Holding",
    "Source",
    "Spending",
    "SpendingFlag",
    "Tier",
]
