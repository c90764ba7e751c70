"""Five-party linkage 五社联动 (R13): volunteers by name, organisations, charity resources, meetings, referrals.

Volunteers by number stand with the services (reporting.topics.service); here are those with a name, each once.
"""

from __future__ import annotations

from functools import partial

from django.db.models import Count, F, Q, QuerySet

from linkage.models import (
    Donation,
    Handout,
    Meeting,
    Organisation,
    OrganisationService,
    Referral,
    ReferralState,
    ReferralStep,
    VolunteerService,
)
from linkage.vocabulary import OUTCOMES
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import Source
from reporting.measures.aggregates import count, total, total_scaled
from reporting.measures.parameters import DAY, MONTH, SYMBOLIC_MONTH


def _volunteers() -> QuerySet:
    return VolunteerService.objects.valid().in_month(MONTH).values("station_id")


def _taking_part() -> QuerySet:
    return OrganisationService.objects.valid().in_month(MONTH).values("station_id")


def _organisations() -> QuerySet:
    return Organisation.objects.at(DAY).values("unit_id")


def _received() -> QuerySet:
    return Donation.objects.received_in(SYMBOLIC_MONTH).values("unit_id")


def _given() -> QuerySet:
    return Handout.objects.given_in(SYMBOLIC_MONTH).annotate(here=F("donation__unit_id")).values("here")


def _meetings() -> QuerySet:
    return Meeting.objects.held_in(SYMBOLIC_MONTH).values("unit_id")


def _opened() -> QuerySet:
    return Referral.objects.opened_in(SYMBOLIC_MONTH).values("station_id")


def _open() -> QuerySet:
    return Referral.objects.open_at(DAY).values("station_id")


def _outcomes() -> QuerySet:
    """Steps to an outcome; of a referral that was begun anew, those of each month count in it."""
    reached = ReferralStep.objects.reached_in(OUTCOMES, SYMBOLIC_MONTH)
    return reached.annotate(here=F("referral__station_id")).values("here")


def _referrals(*states: ReferralState) -> Count:
    """Referrals, as their list does: two attempts of one month are one."""
    return Count("referral_id", distinct=True, filter=Q(state__in=states))


VOLUNTEERS = Source("named_volunteers", "志愿者（去重）", _volunteers, distinct="volunteer_id")
HOURS = Source("named_hours", "志愿者实名时长", _volunteers, flow=True)
TAKING_PART = Source("organisations_serving", "参与服务的社会组织（去重）", _taking_part, distinct="organisation_id")
ORGANISATIONS = Source("organisations", "社区社会组织", _organisations, station="unit_id", above=True)
RECEIVED = Source("donations", "慈善资源", _received, station="unit_id", above=True, flow=True)
GIVEN = Source("handouts", "资源发放", _given, station="here", above=True, flow=True)
MEETINGS = Source("meetings", "联席会议", _meetings, station="unit_id", above=True, flow=True)
OPENED = Source("referrals_opened", "转介登记", _opened, flow=True)
OPEN = Source("referrals_open", "在办转介", _open)
ENDED = Source("referral_outcomes", "转介结果", _outcomes, station="here", flow=True)

MEASURES = [
    *VOLUNTEERS.people(("named_volunteers", "实名志愿者人数", None)),
    *HOURS.counts(("named_hours", "实名志愿服务时长", total_scaled("hours", 1)), decimals=1),
    *TAKING_PART.people(("organisations_serving", "参与服务的社会组织", None)),
    *ORGANISATIONS.counts(("organisations", "社区社会组织", count())),
    *RECEIVED.counts(("donations", "接收资源", count())),
    *RECEIVED.counts(("donations_value", "接收资源价值", total_scaled("value", 2)), decimals=2),
    *GIVEN.counts(("handouts", "发放资源", count()), ("handout_people", "资源受益人次", total("people"))),
    *GIVEN.counts(("handouts_value", "发放资源价值", total_scaled("value", 2)), decimals=2),
    *MEETINGS.counts(("meetings", "联席会议", count())),
    *OPENED.counts(("referrals_opened", "本月转介", count())),
    *OPEN.counts(("referrals_open", "在办转介", count())),
    *ENDED.counts(
        ("referrals_succeeded", "转介成功", _referrals(ReferralState.SUCCEEDED)),
        ("referrals_failed", "转介失败", _referrals(ReferralState.FAILED)),
        ("referrals_ended", "有结果的转介", _referrals(*OUTCOMES)),
    ),
]

HIGHER, NONE = Direction.HIGHER, Direction.NONE
CLAUSE = "R13 五社联动"
indicator = partial(Indicator, group=Group.LINKAGE)
volunteer_list = Records.of("volunteer_list")
donation_list = Records.of("donation_list")
handout_list = Records.of("handout_list")
referral_list = partial(Records.of, "referral_list")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("named_volunteers", "实名志愿者（去重）", "人", "named_volunteers", None, HIGHER,
              CLAUSE, volunteer_list),
    indicator("named_hours", "实名志愿服务时长", "小时", "named_hours", None, HIGHER,
              CLAUSE, volunteer_list),
    indicator("organisations", "社区社会组织", "个", "organisations", None, HIGHER,
              CLAUSE, Records.of("organisation_list")),
    indicator("organisations_serving", "参与服务的社会组织（去重）", "个", "organisations_serving", None, HIGHER,
              CLAUSE, Records.of("organisation_list", serving="yes")),
    indicator("donations", "接收慈善资源", "批", "donations", None, HIGHER,
              CLAUSE, donation_list),
    indicator("donations_value", "接收资源价值", "元", "donations_value", None, HIGHER,
              CLAUSE, donation_list),
    indicator("handouts", "发放资源", "次", "handouts", None, HIGHER,
              CLAUSE, handout_list),
    indicator("handouts_value", "发放资源价值", "元", "handouts_value", None, HIGHER,
              CLAUSE, handout_list),
    indicator("handout_people", "资源受益人次", "人次", "handout_people", None, HIGHER,
              CLAUSE, handout_list),
    indicator("meetings", "联席会议", "次", "meetings", None, HIGHER,
              CLAUSE, Records.of("meeting_list")),
    indicator("referrals_opened", "本月转介", "件", "referrals_opened", None, HIGHER,
              "R13 转介", referral_list(event="opened")),
    indicator("referrals_open", "在办转介", "件", "referrals_open", None, NONE,
              "R13 转介", referral_list(event="open")),
    indicator("referral_success", "转介成功率", "%", "referrals_succeeded", "referrals_ended", HIGHER,
              "R13 转介", referral_list(event=ReferralState.SUCCEEDED.value)),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)
