"""People served 服务对象: files, where they are kept, what the person is registered as, consent, kin, merging."""

from clients.models.files import Client, FileSpell, LevelSpell
from clients.models.merging import ClientMerge, NotDuplicate
from clients.models.persons import ClientCategory, ClientContact, ClientRelation, Consent
from clients.models.transfers import Transfer, TransferState
from clients.vocabulary import Category, ConsentKind, ContactKind, Ending, FocusGroup, Living, Relation, SelfCare

__all__ = [
    "Category",
    "Client",
    "ClientCategory",
    "ClientContact",
    "ClientMerge",
    "ClientRelation",
    "Consent",
    "ConsentKind",
    "ContactKind",
    "Ending",
    "FileSpell",
    "FocusGroup",
    "LevelSpell",
    "Living",
    "NotDuplicate",
    "Relation",
    "SelfCare",
    "Transfer",
    "TransferState",
]
