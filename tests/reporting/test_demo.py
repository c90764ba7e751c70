"""The demo on the real townships of both cities, with few services so that it loads in seconds."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.roles import Role
from clients.models import Category
from common.citizen_numbers import born_on, is_male
from common.months import Month
from policies.stages import Stage
from reporting.compute import compute_month
from reporting.demo import MARK, activity
from reporting.demo.replanned import STREET
from reporting.figures import figures_of
from reporting.management.commands import demo
from reporting.models import MonthlyReport
from services.models import ServiceRecord
from standards.models.stages import at_stage
from stations.checks import certificate_number
from stations.milestones import Standing
from stations.models import (
    Acceptance,
    Certificate,
    LeavingReason,
    Milestone,
    Sex,
    Station,
    StationKind,
    StationPosting,
    StationStatus,
    StatusSpell,
    SupervisorAssignment,
    Training,
    Worker,
    WorkerEvaluation,
)
from stations.queries.milestones import milestone_rows
from visits.models import VisitBatch

pytestmark = pytest.mark.django_db  # else no database is made when this file runs alone


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once for this file, and rolled back."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        for code in ("140700000000", "620100000000"):
            call_command("load_units", under=code, verbosity=0)
        call_command("load_policies", verbosity=0)
        patch.setattr(activity, "A_MONTH", (1, 2))
        patch.setattr(demo, "counted_months", lambda today: [Month(2022, 12), Month(2023, 12)])
        call_command("demo")
        yield
        transaction.set_rollback(True)


def test_the_curve_of_building_is_the_documents_own(loaded):
    jinzhong, lanzhou = (OrgUnit.objects.get(code=code) for code in ("140700000000", "620100000000"))
    complete = [figures_of(jinzhong, month)["counties_complete"] for month in (Month(2022, 12), Month(2023, 12))]
    assert [(figure.numerator, figure.denominator) for figure in complete] == [(5, 11), (11, 11)]
    end = figures_of(lanzhou, Month(2023, 12))
    assert (end["coverage"].denominator, end["coverage_target"].denominator) == (114, 110)
    assert end["rooms"].numerator == 46


def test_there_is_enough_of_everything_and_all_of_it_is_marked(loaded):
    assert Station.objects.filter(kind=StationKind.STATION, completed_on__isnull=False).count() == 118 + 114
    assert Worker.objects.count() >= 600
    for rows in (Station, Worker, ServiceRecord, MonthlyReport):
        assert not rows.objects.exclude(is_demo=True).exists()
    assert not Worker.objects.exclude(name__contains=MARK).exists()
    assert not User.objects.exclude(name__contains=MARK).exists()


def test_a_street_of_yuci_is_planned_anew_after_its_station_was_closed(loaded):
    closed, planned = Station.objects.filter(unit__parent__code=STREET).order_by("unit__path")
    assert closed.closed_on < StatusSpell.objects.get(station=planned).starts_on
    assert StatusSpell.objects.current().get(station=planned).status == StationStatus.PLANNED
    assert not ServiceRecord.objects.filter(station=closed, ends_on__gte=closed.closed_on).exists()
    assert User.objects.get(username="yucitown").current_postings()[0].unit == planned.unit.parent


def test_every_accepted_station_has_its_acceptance_and_some_failed_first(loaded):
    accepted = StatusSpell.objects.filter(status=StationStatus.ACCEPTED)
    assert Acceptance.objects.filter(passed=True).count() == accepted.count() > 200
    again = Acceptance.objects.filter(round=2, passed=True).count()
    assert (
        again == Acceptance.objects.filter(passed=False, round=1).exclude(station__completed_on__year=2026).count() > 0
    )


def test_both_cities_have_plans_that_the_facts_judge(loaded):
    milestones = Milestone.objects.select_related("plan__unit", "unit")
    rows = {row.name: row for row in milestone_rows(milestones, date(2024, 1, 15))}
    assert rows["全市建成 118 个社工站"].standing == Standing.DONE
    assert rows["新增示范社区社工室 14 个社工室"].reached == 14
    assert rows["完成选址，落实场地"].standing == Standing.DONE_LATE


def test_every_role_has_a_sign_in(loaded):
    roles = {posting.role for user in User.objects.all() for posting in user.current_postings()}
    assert roles == set(Role.values)


def test_some_are_late_missing_or_idle(loaded):
    late = ServiceRecord.objects.filter(on_time=False).count()
    assert 0 < late < ServiceRecord.objects.count() / 2
    assert MonthlyReport.objects.filter(on_time=False).exists()
    assert MonthlyReport.objects.filter(~Q(state="APPROVED")).exists()


def test_the_team_is_believable_and_plainly_made_up(loaded):
    today = timezone.localdate()
    posted = Worker.objects.posted_at(today)
    assert 15 <= posted.expiring(today, 90).count() <= 35
    assert 3 <= posted.expired(today).count() <= 15
    assert 0.8 < posted.certified(today).count() / posted.count() < 0.98
    for number in Certificate.objects.values_list("number", flat=True)[:20]:
        assert certificate_number(number, field="number").startswith("DEMO-")
    for worker in Worker.objects.all()[:20]:
        assert worker.born_on == born_on(worker.id_number)
        assert (worker.sex == Sex.MALE) == is_male(worker.id_number)
    assert StationPosting.objects.filter(end_reason=LeavingReason.TRANSFERRED).count() == 5
    assert Training.objects.count() > 100
    assert WorkerEvaluation.objects.filter(year=today.year - 1).exists()
    assert SupervisorAssignment.objects.current().filter(lead=True).count() > 200


def test_the_county_of_the_worker_has_a_batch_of_its_own_that_is_under_way(loaded, client):
    user = User.objects.get(username="county")
    client.force_login(user)
    batch = VisitBatch.objects.running().get(created_by=user)
    page = client.get(reverse("batch_detail", args=[batch.pk]))
    total = page.context["total"]
    assert page.context["sets"]
    assert 0 < total.open < total.due
    client.force_login(User.objects.get(username="worker"))
    assert batch.title in client.get(reverse("today")).content.decode()


def test_a_second_load_changes_nothing(loaded):
    before = ServiceRecord.objects.count()
    call_command("demo", if_empty=True)
    assert ServiceRecord.objects.count() == before


def test_stations_stand_in_all_three_stages_most_of_them_in_the_first_two(loaded):
    counts = [Station.objects.filter(at_stage(stage, timezone.localdate())).count() for stage in Stage]
    assert all(counts)
    assert counts[2] < counts[0] and counts[2] < counts[1]


# Figures whose list has a row for each that was counted.
LISTED = [
    "stations_planned", "stations_building", "accepted", "stations_to_accept", "acceptances", "acceptances_passed",
    "acceptances_awaiting", "rooms_titled", "milestones_late", "standard_checked", "standard_failing", "stage_STARTING",
    "stage_IMPROVING", "stage_PROFESSIONAL", "certificates_expiring", "certificates_expired", "trained", "joined",
    "left", "excellent", "evaluated", "full_time", "certified", "contracts", "contracts_behind", "evaluations",
    "features", "features_to_city", "features_to_province",
]  # fmt: skip


@pytest.mark.parametrize("username", ["city", "yuci", "lanzhou"])
@pytest.mark.parametrize("back", [0, 4])
def test_lists_hold_what_the_figures_count_and_ledgers_sum_to_them(loaded, client, username, back):
    month = Month.of(timezone.localdate()) - back
    compute_month(month)
    user = User.objects.get(username=username)
    client.force_login(user)
    unit = user.postings.get().unit
    figures = figures_of(unit, month)
    counted, listed = {}, {}
    for key in LISTED:
        context = client.get(figures[key].url(unit, month)).context
        pages = [context[name] for name in ("page", "page_obj") if context.get(name) is not None]
        counted[key], listed[key] = figures[key].numerator, pages[0].paginator.count
    assert listed == counted
    assert sum(value > 0 for value in listed.values()) > len(LISTED) / 3
    for key, sign in (("funds_received", 1), ("funds_spent", -1), ("funds_held", 1)):
        totals = client.get(figures[key].url(unit, month)).context["totals"]
        assert (totals.came - totals.went) * sign == figures[key].numerator
    assert figures["funds_received"].value > 0
    assert figures["execution"].value == figures["funds_spent"].value / figures["funds_received"].value


# The same for work with people: what was counted → a row each.
SERVED = [
    "visits_due", "visits_made", "visits_made_late", "visits_unreachable", "visits_overdue", "people_over_interval",
    "focus_over_interval", "over_interval_elderly", "over_interval_hardship", "cases_opened", "cases_open",
    "cases_closed", "cases_met", "cases_closed_OTHER", "groups_running", "groups_ended", "group_sessions", "activities",
    "named_volunteers", "organisations", "organisations_serving", "donations", "handouts", "meetings",
    "referrals_opened", "referrals_open", "referral_success",
]  # fmt: skip
SUMS = {
    "named_hours": lambda context: context["sums"].hours,
    "donations_value": lambda context: context["sums"].value,
    "handouts_value": lambda context: context["sums"].value,
    "handout_people": lambda context: context["sums"].people,
    "group_attendances": lambda context: context["came"],
    "services_doubtful": lambda context: context["totals"].services,
}


@pytest.mark.parametrize("username", ["worker", "township", "yuci", "city"])
@pytest.mark.parametrize("back", [0, 1, 4])
def test_lists_of_work_with_people_hold_what_the_figures_count(loaded, client, username, back):
    month = Month.of(timezone.localdate()) - back
    compute_month(month)
    user = User.objects.get(username=username)
    client.force_login(user)
    unit = user.current_postings()[0].unit
    figures = figures_of(unit, month)
    counted = {key: figures[key].numerator for key in [*SERVED, *SUMS]}
    contexts = {key: client.get(f"{figures[key].url(unit, month)}&part=totals").context for key in counted}
    listed = {key: contexts[key]["page"].paginator.count for key in SERVED}
    assert listed | {key: read(contexts[key]) for key, read in SUMS.items()} == counted
    assert username in ("worker", "township") or sum(value > 0 for value in counted.values()) > len(counted) / 3


@pytest.mark.parametrize("back", [0, 1, 4])
def test_the_township_reads_the_people_that_its_figures_count(loaded, client, back):
    month = Month.of(timezone.localdate()) - back
    compute_month(month)
    user = User.objects.get(username="township")
    client.force_login(user)
    unit = user.current_postings()[0].unit
    figures = figures_of(unit, month)
    keys = [key for key in figures if key.startswith("people") and "interval" not in key and "contacts" not in key]
    counted = {key: figures[key].numerator for key in [*keys, "client_files", "client_files_opened"]}
    listed = {
        key: client.get(figures[key].url(unit, month)).context["page_obj"].paginator.count for key in counted
    }  # fmt: skip
    assert listed == counted
    assert counted["client_files"] > 0
    for category in Category:
        contacts = figures[f"people_contacts_{category.value}"]
        page = client.get(contacts.url(unit, month)).context["page_obj"]
        assert sum(one["times"] for one in page.paginator.object_list) == contacts.numerator, category
