"""What tests/test_gate.py needs to know of each page: a row at a place, and how the page is asked for.

A page decorated with ``@scoped(Model, Permission.X)`` whose address takes only `pk` needs nothing here when `ROWS`
has its model. Everything else that takes an argument needs an entry in `CASES` under its URL name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from django.db.models import Model

from accounts import audit
from accounts.models import OrgUnit, Posting, User
from accounts.roles import Permission, Role
from agencies.models import (
    Agency,
    AgencyMember,
    Contract,
    ContractTerm,
    Evaluation,
    EvaluationFrame,
    Payment,
    Procurement,
)
from casework.models import (
    Activity,
    ActivityRecord,
    CaseComment,
    CaseService,
    CaseStep,
    Group,
    GroupMember,
    GroupSession,
)
from casework.models import Case as CaseworkCase
from clients.models import Client, ClientCategory, ClientContact, ClientMerge, ClientRelation, Consent, Transfer
from common.months import Month
from files.actions import attach
from files.models import Attachment
from funds.models import Allocation, Category, Fund, FundForbiddenUse, FundReceipt, Source, Spending, Tier
from jobs.models import Job
from linkage.models import Donation, Handout, Meeting, MeetingTask, Organisation, Referral, Volunteer
from policies.models import PolicyDocument, Provision, ProvisionKind
from reporting.models import MonthlyReport
from services.models import ServiceRecord, ServiceTemplate
from standards.models import Asset, Check, Institution, Sign, StageProposal, StageSpell, Standard
from stations.models import (
    Acceptance,
    Attendance,
    BuildingPlan,
    FeatureProject,
    Milestone,
    MilestoneKind,
    RoomTitle,
    Station,
    StationPosting,
    SupervisorAssignment,
    Training,
    Worker,
)
from tests.agencies import gate_rows as agency_rows
from tests.casework import gate_rows as case_rows
from tests.casework import group_gate_rows as group_rows
from tests.clients import gate_rows as client_rows
from tests.files.samples import photo
from tests.linkage import gate_rows as linkage_rows
from tests.visits import gate_rows as visit_rows
from tests.world import World, make_user
from visits.models import Visit, VisitBatch

# Three stations, none in the county of another, the last in another province.
PLACES = ("北关街道社工站", "明星镇社工站", "酒泉路街道社工站")
CITIES = {"北关街道社工站": "晋中市", "明星镇社工站": "晋中市", "酒泉路街道社工站": "兰州市"}
MONTH = Month(2026, 9)


@dataclass(frozen=True)
class Rows:
    """Rows of a model: `make(world, place)` gives one that lies at `where(world, place)`.

    `downwards`: whoever stands below the row's unit sees it too (policy documents). `owner`: only this user word does.
    """

    make: Callable[[World, str], Model]
    where: Callable[[World, str], OrgUnit] = lambda world, place: world.units[place]
    downwards: bool = False
    read_by: Permission = Permission.VIEW  # with which it is read downwards
    owner: str = ""
    # User words who do not see the row although it lies at their unit.
    hidden_from: frozenset[str] = frozenset()

    def seen_by(self, world: World, user: User, place: str) -> bool:
        if self.owner:
            return user == getattr(world, self.owner)
        if any(user == getattr(world, word) for word in self.hidden_from):
            return False
        here = self.where(world, place).path
        tops = [posting.unit.path for posting in user.current_postings()]
        return any(here.startswith(top) or (self.downwards and top.startswith(here)) for top in tops)

    def held_by(self, world: World, user: User, place: str, permission: Permission) -> bool:
        """Does the user hold the permission at the row's unit? What is seen from below is also read from below."""
        if self.downwards and permission == self.read_by:
            return bool(user.paths(permission)) and self.seen_by(world, user, place)
        here = self.where(world, place).path
        return self.owner != "" or any(here.startswith(top) for top in user.paths(permission))


@dataclass(frozen=True)
class Case:
    """A page that takes arguments: the row it is about (None: about no row), its address, and what is special.

    `permission`: what it takes beyond seeing the row, where no `@scoped` says it. `refuses`: user words that hold the
    permission and are refused all the same, because … (say why beside the entry). `also`: further status codes that
    are right for a user who may, such as 404 for a file that is not there yet.
    """

    rows: Rows | None = None
    kwargs: Callable[[Any], dict[str, Any]] = lambda row: {"pk": row.pk}
    query: Callable[[Any], dict[str, Any]] = lambda row: {}
    permission: Permission | None = None
    refuses: frozenset[str] = frozenset()
    also: frozenset[int] = frozenset()


def _user(world: World, place: str) -> User:
    return make_user(f"user-{uuid4().hex[:8]}", "某人", (Role.STATION_WORKER, world.units[place]))


def _station(world: World, place: str) -> Station:
    return world.station(place)


def _worker(world: World, place: str) -> Worker:
    worker = Worker.objects.create(unit=world.units[place], name="某社工")
    StationPosting.objects.create(worker=worker, station=world.station(place), starts_on=date(2024, 1, 1))
    return worker


def _training(world: World, place: str) -> Training:
    """Recorded by the station, with one of its workers."""
    training = Training.objects.create(
        unit=world.units[place], topic="个案实务", kind="SKILLS", organiser="某机构", held_from=date(2026, 9, 1),
        held_to=date(2026, 9, 1), hours="6.0",
    )  # fmt: skip
    Attendance.objects.create(training=training, worker=_worker(world, place), hours="6.0")
    return training


def _supervision(world: World, place: str) -> SupervisorAssignment:
    worker = Worker.objects.create(unit=world.units[place], name="某督导")
    return SupervisorAssignment.objects.create(
        station=world.station(place), worker=worker, lead=False, starts_on=date(2024, 1, 1)
    )


def _service_template(world: World, place: str) -> ServiceTemplate:
    return ServiceTemplate.objects.create(unit=world.units[place], name="探访", domain="ELDERLY_CARE", method="VISIT")


def _service(world: World, place: str) -> ServiceRecord:
    return ServiceRecord.objects.create(
        station=world.station(place), month=MONTH, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 1),
        title="入户探访", domain="ELDERLY_CARE", method="VISIT", administrative=False, contacts=1, hours="1.0",
        entered_at=datetime(2026, 9, 1, 8, tzinfo=UTC), on_time=True,
    )  # fmt: skip


def _feature(world: World, place: str) -> FeatureProject:
    return FeatureProject.objects.create(
        station=world.station(place), year=2026, name="夕阳有伴", group="ELDERLY", served="独居老人", plan="每周探访"
    )


def _report(world: World, place: str) -> MonthlyReport:
    return MonthlyReport.objects.create(station=world.station(place), month=MONTH)


def _document(world: World, place: str) -> PolicyDocument:
    issuer = world.units[CITIES[place]]
    return PolicyDocument.objects.create(
        number=f"〔2026〕{uuid4().hex[:6]}号", title="通知", issuer=issuer, issued_on=date(2026, 1, 1)
    )


def _provision(world: World, place: str) -> Provision:
    document = _document(world, place)
    return Provision.objects.create(
        document=document,
        unit=document.issuer,
        kind=ProvisionKind.CERTIFICATE_REQUIRED,
        clause="一",
        parameters={"required": True},
    )


def _attachment(world: World, place: str) -> Attachment:
    station = world.station(place)
    return attach(by=None, target=station, unit=station.unit, files=[photo()], slot="photo")[0]


def _job(world: World, place: str) -> Job:
    return Job.objects.create(kind="x", title="统计表", unit=world.units["榆次区"], requested_by=world.county)


def _event(world: World, place: str) -> Any:
    unit = world.units[place]
    return audit.record(by=None, verb="演示", target=unit, unit=unit)


def _acceptance(world: World, place: str) -> Acceptance:
    """A round that failed."""
    return Acceptance.objects.create(
        station=world.station(place), round=1, held_on=date(2023, 12, 1), passed=False, members="某人",
        comments="某事", correct_by=date(2024, 1, 1), recorded_at=datetime(2023, 12, 1, tzinfo=UTC),
    )  # fmt: skip


def _plan(world: World, place: str) -> BuildingPlan:
    return BuildingPlan.objects.get_or_create(unit=_county(world, place), year=2026, defaults={"title": "计划"})[0]


def _milestone(world: World, place: str) -> Milestone:
    plan = _plan(world, place)
    return Milestone.objects.create(
        plan=plan, name="培训", due_on=date(2026, 10, 1), unit=plan.unit, kind=MilestoneKind.STEP
    )


def _title(world: World, place: str) -> RoomTitle:
    return RoomTitle.objects.create(room=world.station(place), year=2026, applied_on=date(2026, 9, 1), statement="申请")


def _fund(world: World, place: str) -> Fund:
    return Fund.objects.create(
        name=f"补助 {uuid4().hex[:6]}", source=Source.FISCAL, tier=Tier.COUNTY, year=2026,
        unit=_county(world, place), purpose="社工站",
    )  # fmt: skip


def _forbidden_use(world: World, place: str) -> FundForbiddenUse:
    return FundForbiddenUse.objects.create(fund=_fund(world, place), category=Category.RECEPTION)


def _receipt(world: World, place: str) -> FundReceipt:
    return FundReceipt.objects.create(fund=_fund(world, place), amount=5, received_on=date(2026, 9, 1))


def _allocation(world: World, place: str) -> Allocation:
    fund = _fund(world, place)
    return Allocation.objects.create(
        fund=fund, from_unit=fund.unit, to_unit=world.units[place], amount=5, allocated_on=date(2026, 9, 1)
    )


def _spending(world: World, place: str) -> Spending:
    return Spending.objects.create(
        fund=_fund(world, place), unit=world.units[place], category=Category.ACTIVITY, spent_on=date(2026, 9, 1),
        amount=5, payee="某店", purpose="物料", voucher_number="1",
    )  # fmt: skip


def _county(world: World, place: str) -> OrgUnit:
    return OrgUnit.objects.get(path=world.units[place].path[: 4 * 4])


def _city(world: World, place: str) -> OrgUnit:
    return world.units[CITIES[place]]


def _standard(world: World, place: str) -> Standard:
    document = _document(world, place)
    others = Standard.objects.filter(issuer=document.issuer)
    others.filter(ends_on=None).update(ends_on=date(2026, 1, 1))
    return Standard.objects.create(
        issuer=document.issuer, document=document, title="建设标准", year=2026, version=others.count() + 1,
        starts_on=date(2026, 1, 1),
    )  # fmt: skip


def _check(world: World, place: str) -> Check:
    return Check.objects.create(
        station=world.station(place), kind="COUNTY", state="SUBMITTED", checked_on=date(2026, 9, 1),
        submitted_at=datetime(2026, 9, 1, 8, tzinfo=UTC),
    )  # fmt: skip


def _asset(world: World, place: str) -> Asset:
    return Asset.objects.create(station=world.station(place), name="电脑", category="IT", starts_on=date(2026, 9, 1))


def _institution(world: World, place: str) -> Institution:
    return Institution.objects.create(
        station=world.station(place), name="岗位职责", kind="DUTIES", starts_on=date(2026, 9, 1)
    )


def _sign(world: World, place: str) -> Sign:
    return Sign.objects.create(station=world.station(place), name="站牌", kind="PLATE", starts_on=date(2026, 9, 1))


def _stage_proposal(world: World, place: str) -> StageProposal:
    return StageProposal.objects.create(
        station=world.station(place), stage="IMPROVING", proposed_on=date(2026, 9, 1), evidence=[]
    )


def _stage_spell(world: World, place: str) -> StageSpell:
    return StageSpell.objects.create(station=world.station(place), stage="IMPROVING", starts_on=date(2026, 9, 1))


UNITS = Rows(lambda world, place: world.units[place])
STATIONS = Rows(_station)
WORKERS = Rows(_worker)
TRAININGS = Rows(_training)
JOBS = Rows(_job, owner="county")
ATTACHMENTS = Rows(_attachment)
DOCUMENTS = Rows(_document, where=_city, downwards=True)
STANDARDS = Rows(_standard, where=_city, downwards=True)
COUNTIES = Rows(_county, where=_county)
# A unit issues standards as itself: whoever stands above holds the permission there, and is refused all the same.
ABOVE_COUNTY, ABOVE_CITY = frozenset({"city", "province"}), frozenset({"province"})

# An agency manager sees the own agency's contracts as its member (tests/agencies/test_members.py), not by a posting.
MEMBERS_ONLY = frozenset({"agency"})
AGENCIES = Rows(agency_rows.agency, where=_county)
CONTRACTS = Rows(agency_rows.contract, hidden_from=MEMBERS_ONLY)
EVALUATIONS = Rows(agency_rows.evaluation, hidden_from=MEMBERS_ONLY)
FUNDS = Rows(_fund, where=_county, downwards=True, read_by=Permission.VIEW_FUNDS)

VISITS = Rows(visit_rows.visit)
VISIT_BATCHES = Rows(visit_rows.batch, where=_county, downwards=True, read_by=Permission.VIEW_RECORDS)

ROWS: dict[type[Model], Rows] = {
    OrgUnit: UNITS,
    User: Rows(_user),
    Posting: Rows(lambda world, place: _user(world, place).postings.get()),
    Station: STATIONS,
    Worker: WORKERS,
    Training: TRAININGS,
    SupervisorAssignment: Rows(_supervision),
    Client: Rows(client_rows.client),
    ClientCategory: Rows(client_rows.category),
    ClientContact: Rows(client_rows.contact),
    ClientRelation: Rows(client_rows.relation),
    Consent: Rows(client_rows.consent),
    ClientMerge: Rows(client_rows.merge),
    Transfer: Rows(client_rows.transfer),
    ServiceRecord: Rows(_service),
    ServiceTemplate: Rows(_service_template),
    Visit: VISITS,
    VisitBatch: VISIT_BATCHES,
    MonthlyReport: Rows(_report),
    FeatureProject: Rows(_feature),
    Acceptance: Rows(_acceptance),
    BuildingPlan: Rows(_plan, where=_county),
    Milestone: Rows(_milestone, where=_county),
    RoomTitle: Rows(_title),
    Standard: STANDARDS,
    Check: Rows(_check),
    Asset: Rows(_asset),
    Institution: Rows(_institution),
    Sign: Rows(_sign),
    StageProposal: Rows(_stage_proposal),
    StageSpell: Rows(_stage_spell),
    PolicyDocument: DOCUMENTS,
    Provision: Rows(_provision, where=_city),
    Attachment: ATTACHMENTS,
    Agency: AGENCIES,
    AgencyMember: Rows(agency_rows.member, where=_county),
    Procurement: Rows(agency_rows.procurement, where=_county),
    Contract: CONTRACTS,
    ContractTerm: Rows(agency_rows.term, hidden_from=MEMBERS_ONLY),
    Payment: Rows(agency_rows.payment, hidden_from=MEMBERS_ONLY),
    Evaluation: EVALUATIONS,
    EvaluationFrame: Rows(agency_rows.frame, where=_city, downwards=True),
    Group: Rows(group_rows.group),
    GroupMember: Rows(group_rows.member),
    GroupSession: Rows(group_rows.session),
    Activity: Rows(group_rows.activity),
    ActivityRecord: Rows(group_rows.activity_record),
    CaseworkCase: Rows(case_rows.case),
    CaseStep: Rows(case_rows.step),
    CaseService: Rows(case_rows.service),
    CaseComment: Rows(case_rows.comment),
    Volunteer: Rows(linkage_rows.volunteer),
    Organisation: Rows(linkage_rows.organisation),
    Donation: Rows(linkage_rows.donation),
    Handout: Rows(linkage_rows.handout),
    Meeting: Rows(linkage_rows.meeting),
    MeetingTask: Rows(linkage_rows.task),
    Referral: Rows(linkage_rows.referral),
    Fund: FUNDS,
    FundForbiddenUse: Rows(_forbidden_use, where=_county),
    FundReceipt: Rows(_receipt, where=_county),
    Allocation: Rows(_allocation),
    Spending: Rows(_spending),
}


def _of_month(row: Station) -> dict[str, Any]:
    return {"pk": row.pk, "month": MONTH}


def _station_key(row: Station) -> dict[str, Any]:
    return {"station": row.pk, "station_id": row.pk}


CASES: dict[str, Case] = {
    # accounts
    "audit_target": Case(
        Rows(_event),
        kwargs=lambda row: {"target_type": row.target_type, "target_id": row.target_id},
        permission=Permission.VIEW_AUDIT,
    ),
    "unit_picker": Case(kwargs=lambda row: {}, query=lambda row: {"name": "unit", "unit_text": "街道"}),
    # files: the gate of a file is the gate of its target, here a station
    "file_open": Case(ATTACHMENTS),
    "file_thumbnail": Case(ATTACHMENTS),
    "file_remove": Case(ATTACHMENTS, permission=Permission.EDIT_STATION),
    # jobs: a job is its owner's alone
    "job_detail": Case(JOBS),
    "job_progress": Case(JOBS),
    "job_cancel": Case(JOBS),
    "job_download": Case(JOBS, also=frozenset({404})),  # the file is not there yet
    "table_export": Case(kwargs=lambda row: {"key": "stations"}),
    # policies
    "document_detail": Case(DOCUMENTS),
    "calendar_year": Case(kwargs=lambda row: {"year": 2026}),
    # The calendar is the nation's: the administrator of a city holds the permission, but not there.
    "calendar_year_enter": Case(kwargs=lambda row: {"year": 2026}, refuses=frozenset({"administrator"})),
    # funds: read downwards, so no @scoped says it
    "fund_detail": Case(FUNDS),
    "fund_history": Case(FUNDS),
    "fund_allocate": Case(FUNDS),
    # What a county sent, the township that got it cannot take back.
    "allocation_return": Case(Rows(_allocation), refuses=frozenset({"township"})),
    # standards
    "standard_detail": Case(STANDARDS),
    "standard_end": Case(STANDARDS, refuses=ABOVE_CITY),
    "standard_item": Case(COUNTIES, refuses=ABOVE_COUNTY),
    "standard_issue": Case(COUNTIES, refuses=ABOVE_COUNTY),
    "standard_drop": Case(COUNTIES, refuses=ABOVE_COUNTY, also=frozenset({404})),  # which item: `?code=`
    "check_withdraw": Case(Rows(_check), permission=Permission.CHECK_STANDARD),
    # agencies
    "evaluation_score": Case(EVALUATIONS, kwargs=lambda row: {"pk": row.pk, "scorer": row.scorers.get().pk}),
    "correction_done": Case(EVALUATIONS, kwargs=lambda row: {"pk": row.pk, "correction": row.corrections.get().pk}),
    # services
    "service_log": Case(STATIONS, kwargs=lambda row: {}, query=_station_key, permission=Permission.LOG_SERVICE),
    "service_due": Case(STATIONS, kwargs=lambda row: {}, query=_station_key, permission=Permission.LOG_SERVICE),
    "service_people": Case(STATIONS, kwargs=lambda row: {}, query=_station_key, permission=Permission.LOG_SERVICE),
    # clients: pages about two files
    "client_merge": Case(Rows(client_rows.client), kwargs=client_rows.pair),
    "transfer_detail": Case(Rows(client_rows.transfer), also=frozenset({403})),  # who asked reads it; the other decides
    "client_not_duplicate": Case(Rows(client_rows.client), kwargs=client_rows.pair),
    # visits: a batch that was set cannot be changed; printed or started only in its state
    "visit_plan": Case(
        Rows(client_rows.client),
        kwargs=lambda row: {},
        query=lambda row: {"client": row.pk},
        permission=Permission.LOG_SERVICE,
    ),
    "batch_edit": Case(VISIT_BATCHES, also=frozenset({404})),
    "batch_question": Case(VISIT_BATCHES, also=frozenset({404})),
    "feed_create": Case(STATIONS, permission=Permission.VIEW_CLIENTS),
    "feed_revoke": Case(STATIONS, permission=Permission.VIEW_CLIENTS),
    # reporting
    "report_of": Case(STATIONS, kwargs=_of_month, also=frozenset({404})),  # no report of that month
    "report_open": Case(STATIONS, kwargs=_of_month),
    # API
    "api_unit-detail": Case(UNITS),
    "api_station-detail": Case(STATIONS),
    "api_plan-detail": Case(Rows(_plan, where=_county)),
    "api_milestone-detail": Case(Rows(_milestone, where=_county)),
    "api_acceptance-detail": Case(Rows(_acceptance)),
    "api_title-detail": Case(Rows(_title)),
    "api_worker-detail": Case(WORKERS, permission=Permission.VIEW_WORKERS),
    "api_training-detail": Case(TRAININGS, permission=Permission.VIEW_WORKERS),
    "api_feature-detail": Case(Rows(_feature)),
    "api_agency-detail": Case(AGENCIES, permission=Permission.VIEW_CONTRACTS),
    "api_contract-detail": Case(CONTRACTS, permission=Permission.VIEW_CONTRACTS),
    "api_evaluation-detail": Case(EVALUATIONS, permission=Permission.VIEW_CONTRACTS),
    "api_fund-detail": Case(FUNDS, permission=Permission.VIEW_FUNDS),
    "api_allocation-detail": Case(Rows(_allocation), permission=Permission.VIEW_FUNDS),
    "api_spending-detail": Case(Rows(_spending), permission=Permission.VIEW_FUNDS),
    "api_standard-detail": Case(STANDARDS),
    "api_check-detail": Case(Rows(_check)),
    "api_stage-detail": Case(STATIONS),
    "api_asset-detail": Case(Rows(_asset)),
    "api_service-detail": Case(Rows(_service), permission=Permission.VIEW_RECORDS),
    "api_figures-list": Case(UNITS, kwargs=lambda row: {}, query=lambda row: {"unit": row.pk, "month": str(MONTH)}),
}

# Arguments by which an address can be written at all, for the test that asks without signing in.
ANY: dict[str, Any] = {
    "other": 2,
    "pk": 1,
    "key": "stations",
    "year": 2026,
    "month": MONTH,
    "target_type": "accounts.user",
    "target_id": "1",
    "scorer": 1,
    "correction": 1,
}


# Where views, API or forms take rows of a gated model without `visible_to`: file → function → why that is right.
TIED: dict[str, dict[str, str]] = {
    "clients/forms/moving.py": {"__init__": "names of the city's stations, to one of which the file is offered"},
    "funds/pack.py": {"_vouchers": "spendings named by the entries that passed the gate"},
    "reporting/timeline.py": {"late_reports": "of one station that passed the gate, by the timeline's permission"},
    "services/api.py": {"whole": "workers of the service records that passed the gate (prefetch)"},
    "services/client_panels.py": {"services": "records that name the person of a file that passed the gate"},
    "services/timeline.py": {"first_service": "of one station that passed the gate, by the timeline's permission"},
    "stations/api.py": {"get_queryset": "the current status of each station that passed the gate (subquery)"},
}

# URLs that carry no gate, and why that is right. (The admin's are proved in tests/accounts/test_admin.py.)
EXEMPT: dict[str, str] = {
    "api-root": "lists the addresses of the API, no data; signed-in users only",
    "api_schema": "describes the API, no data; signed-in users only",
    "api_docs": "describes the API, no data; signed-in users only",
    "visit_feed": "read by calendars, which cannot sign in, by the key in its address: tests/visits/test_feed.py",
}
