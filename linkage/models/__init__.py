"""Five-party linkage 五社联动: volunteers, community organisations, charity resources, joint meetings, referrals."""

from linkage.models.meetings import Meeting, MeetingParty, MeetingService, MeetingTask
from linkage.models.organisations import Organisation, OrganisationService
from linkage.models.referrals import Referral, ReferralService, ReferralStep
from linkage.models.resources import Donation, Handout
from linkage.models.volunteers import Volunteer, VolunteerService
from linkage.vocabulary import (
    DonorKind,
    Filing,
    OrganisationKind,
    Party,
    RecipientKind,
    ReferralKind,
    ReferralState,
    ResourceForm,
    ToKind,
    Urgency,
)

__all__ = [
    "Donation",
    "DonorKind",
    "Filing",
    "Handout",
    "Meeting",
    "MeetingParty",
    "MeetingService",
    "MeetingTask",
    "Organisation",
    "OrganisationKind",
    "OrganisationService",
    "Party",
    "RecipientKind",
    "Referral",
    "ReferralKind",
    "ReferralService",
    "ReferralState",
    "ReferralStep",
    "ResourceForm",
    "ToKind",
    "Urgency",
    "Volunteer",
    "VolunteerService",
]
