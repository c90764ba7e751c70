"""The org tree, users and their postings, the audit trail."""

from accounts.models.audit import AuditEvent, AuditSeal
from accounts.models.units import CLOSED_LONG_AGO, FormerCode, Level, OrgUnit
from accounts.models.users import Posting, User

__all__ = ["CLOSED_LONG_AGO", "AuditEvent", "AuditSeal", "FormerCode", "Level", "OrgUnit", "Posting", "User"]
