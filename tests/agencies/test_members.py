"""An agency's users see what its contracts let them see, by date, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent, Posting, User
from accounts.roles import Permission, Role
from agencies.actions import add_member, end_member, sync_postings, terminate_contract
from agencies.models import Agency, Contract, Evaluation, MemberPosting, Procurement
from services.models import ServiceRecord
from stations.models import Station
from tests.agencies.conftest import finalised, make_contract, make_procurement, opened, serve
from tests.world import make_user


@pytest.fixture
def manager(world, agency) -> User:
    """何 manages 榆次阳光社工中心; no posting by hand."""
    user = make_user("he", "何（演示）")
    add_member(by=world.county, agency=agency, user=user, starts_on=date(2025, 1, 1))
    return user


def stations_of(user: User) -> set[str]:
    user.forget_postings()
    user.__dict__.pop("_agencies", None)
    return set(Station.objects.visible_to(user).values_list("unit__name", flat=True))


def test_the_stations_of_the_contracts_are_seen_across_counties(world, agency, manager):
    make_contract(world, agency)
    make_contract(world, agency, "明星镇社工站", buyer="太谷区")
    assert stations_of(manager) == {"北关街道社工站", "明星镇社工站"}


def test_the_view_begins_and_ends_with_the_contract(world, agency, manager, contract, time_machine):
    for day, seen in (("2025-12-31", 0), ("2026-01-01", 1), ("2026-12-31", 1), ("2027-01-01", 0)):
        time_machine.move_to(f"{day}T10:00:00+08:00")
        assert len(stations_of(manager)) == seen, day


def test_the_view_ends_with_an_early_end(agency, manager, contract):
    terminate_contract(by=None, contract=contract, on=date(2026, 10, 1), reason="人员不到位")
    assert stations_of(manager) == set()


def test_the_view_ends_with_the_membership(world, agency, manager, contract):
    end_member(by=None, member=agency.members.get(), on=date(2026, 10, 20), reason="离职")
    assert stations_of(manager) == set()
    assert not Contract.objects.visible_to(manager).exists()


def test_doing_it_again_changes_nothing(agency, manager, contract):
    before = list(Posting.objects.order_by("pk").values())
    events = AuditEvent.objects.count()
    assert sync_postings(by=None, agency=agency) == 0
    assert list(Posting.objects.order_by("pk").values()) == before
    assert AuditEvent.objects.count() == events


def test_postings_made_by_hand_stay(world, agency, contract):
    by_hand = world.agency.postings.get()
    add_member(by=None, agency=agency, user=world.agency, starts_on=date(2026, 1, 1))
    terminate_contract(by=None, contract=contract, on=date(2026, 10, 1), reason="人员不到位")
    by_hand.refresh_from_db()
    assert by_hand.ends_on is None
    assert MemberPosting.objects.get().posting != by_hand


def test_each_posting_leaves_its_event(agency, manager, contract):
    (event,) = AuditEvent.objects.filter(verb="增加任职", reason="随承接合同")
    assert event.changes["结束日期"] == [None, "2027-01-01"]


def test_an_official_is_no_member(world, agency):
    with pytest.raises(ValidationError, match="县级民政干部"):
        add_member(by=None, agency=agency, user=world.county)


def test_nobody_is_a_member_twice(agency, manager):
    with pytest.raises(ValidationError, match="已是该机构的管理员"):
        add_member(by=None, agency=agency, user=manager)


def test_only_the_own_agencys_rows_are_seen(world, agency, other, manager, contract, frame):
    """The other agency ran the very same station the year before."""
    before = make_contract(world, other, number="2025-1", starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))
    make_procurement(world, winner=agency)
    make_procurement(world, winner=other)
    own, foreign = finalised(contract, frame), finalised(before, frame)
    for permission in (Permission.VIEW, Permission.VIEW_CONTRACTS):
        assert list(Agency.objects.visible_to(manager, permission)) == [agency]
        assert list(Contract.objects.visible_to(manager, permission)) == [contract]
        assert list(Procurement.objects.visible_to(manager, permission)) == [Procurement.objects.get(winner=agency)]
        assert list(Evaluation.objects.visible_to(manager, permission)) == [own]
    assert foreign.pk
    for permission in (Permission.MANAGE_CONTRACTS, Permission.EXPORT):
        assert not Contract.objects.visible_to(manager, permission).exists()


def test_an_evaluation_is_seen_by_the_agency_once_settled(contract, frame, manager, world):
    evaluation = opened(contract, frame)
    assert not Evaluation.objects.visible_to(manager).exists()
    assert list(Evaluation.objects.visible_to(world.county)) == [evaluation]


def test_an_agency_manager_by_hand_alone_sees_no_contract(world, contract):
    """郑 holds a posting at the station, but is no member."""
    assert Station.objects.visible_to(world.agency).exists()
    assert not Contract.objects.visible_to(world.agency).exists()
    assert not Agency.objects.visible_to(world.agency).exists()


def test_officials_see_contracts_at_the_buyer_and_at_the_stations(world, agency):
    wide = make_contract(world, agency, "北关街道社工站", "明星镇社工站", buyer="晋中市")
    for user in (world.city, world.county, world.outsider, world.township, world.province):
        assert list(Contract.objects.visible_to(user, Permission.VIEW_CONTRACTS)) == [wide], user.name
    assert list(Contract.objects.visible_to(world.city, Permission.MANAGE_CONTRACTS)) == [wide]
    assert not Contract.objects.visible_to(world.county, Permission.MANAGE_CONTRACTS).exists()
    assert not Contract.objects.visible_to(world.worker, Permission.VIEW_CONTRACTS).exists()


def test_an_agency_is_seen_where_it_has_a_contract(world, agency):
    assert not Agency.objects.visible_to(world.outsider).exists()
    make_contract(world, agency, "明星镇社工站", buyer="太谷区")
    assert list(Agency.objects.visible_to(world.outsider, Permission.VIEW_CONTRACTS)) == [agency]
    assert not Agency.objects.visible_to(world.outsider, Permission.MANAGE_CONTRACTS).exists()


def test_services_of_the_station_are_seen_while_the_contract_lasts(world, manager, contract):
    serve(world, date(2026, 5, 1))
    serve(world, date(2026, 5, 1), "锦纶街道社工站")
    manager.forget_postings()
    seen = ServiceRecord.objects.visible_to(manager, Permission.VIEW_RECORDS)
    assert [record.station for record in seen] == [world.station()]


def test_officials_cost_no_query_for_membership(world, django_assert_num_queries):
    world.county.current_postings()
    with django_assert_num_queries(1):
        list(Contract.objects.visible_to(world.county))


def test_roles_of_postings_that_follow_contracts(agency, manager, contract):
    assert {posting.role for posting in manager.postings.all()} == {Role.AGENCY_MANAGER}
