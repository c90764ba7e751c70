"""The pages, the API and the files, as the users of an agency reach them."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import get_resolver, reverse

from accounts.models import User
from agencies.actions import add_member
from agencies.models import Contract
from files.actions import attach
from files.models import Attachment
from tests.agencies.conftest import everything, finalised, make_contract, make_procurement
from tests.files.samples import photo
from tests.world import make_user


@pytest.fixture
def manager(world, agency) -> User:
    user = make_user("he", "何（演示）")
    add_member(by=None, agency=agency, user=user, starts_on=date(2025, 1, 1))
    return user


def text(client, name: str, *args) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_a_member_has_the_menu_and_reads_the_own_agencys_pages(world, agency, manager, contract, frame, sign_in):
    evaluation = finalised(contract, frame)
    procurement = make_procurement(world, winner=agency)
    client = sign_in(manager)
    assert reverse("agency_list") in text(client, "agency_list")
    for name, key in (("agency_detail", agency.pk), ("contract_detail", contract.pk),
                      ("evaluation_detail", evaluation.pk), ("procurement_detail", procurement.pk)):  # fmt: skip
        assert "榆次阳光社工中心" in text(client, name, key)


def test_who_is_no_member_has_neither_menu_nor_pages(world, contract, sign_in):
    client = sign_in(world.agency)
    assert client.get(reverse("agency_list")).status_code == 403
    assert client.get(reverse("contract_detail", args=[contract.pk])).status_code == 404
    assert reverse("agency_list") not in client.get(reverse("station_list")).content.decode()


def test_a_member_does_not_see_who_gave_which_score(world, manager, contract, frame, sign_in):
    evaluation = finalised(contract, frame)
    evaluation.scorers.filter(name="甲").update(name="某专家")
    assert "某专家" in text(sign_in(world.county), "evaluation_detail", evaluation.pk)
    assert "某专家" not in text(sign_in(manager), "evaluation_detail", evaluation.pk)


def pages() -> list[tuple[str, str]]:
    """Every page of the room about one row: name, what its key is."""
    kinds = {"frames": "frame", "terms": "term", "payments": "payment", "contracts": "contract", "members": "member",
             "evaluations": "evaluation", "procurements": "procurement"}  # fmt: skip
    found = []
    for pattern in get_resolver().url_patterns:
        for one in getattr(pattern, "url_patterns", []):
            route = str(one.pattern)
            if route.startswith("agencies/") and "<int:pk>" in route:
                before = route.split("<int:pk>", maxsplit=1)[0].strip("/").split("/")[-1]
                found.append((one.name, kinds.get(before, "agency")))
    return found


@pytest.mark.parametrize(("name", "kind"), [page for page in pages() if page[1] != "frame"])
def test_every_page_of_another_agency_at_the_same_station_is_404_to_a_member(
    world, agency, other, manager, frame, sign_in, name, kind
):
    """The other agency ran 北关街道社工站 the year before; 何's agency runs it now."""
    make_contract(world, agency)
    foreign = everything(world, other, frame, "2025-1", starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))
    foreign["member"] = add_member(by=None, agency=other, user=make_user("wei", "魏")).pk
    kwargs = {"pk": foreign[kind]}
    if name == "evaluation_score":
        kwargs["scorer"] = foreign["scorer"]
    if name == "correction_done":
        kwargs["correction"] = foreign["correction"]
    client = sign_in(manager)
    for method in (client.get, client.post):
        assert method(reverse(name, kwargs=kwargs)).status_code in (404, 405)


@pytest.mark.parametrize(
    ("name", "kind"),
    [page for page in pages() if page[1] != "frame" and not page[0].endswith(("_detail", "_history"))],
)
def test_a_member_changes_nothing(world, agency, manager, frame, sign_in, name, kind):
    own = everything(world, agency, frame, "2026-1")
    own["member"] = agency.members.get().pk
    kwargs = {"pk": own[kind]}
    if name == "evaluation_score":
        kwargs["scorer"] = own["scorer"]
    if name == "correction_done":
        kwargs["correction"] = own["correction"]
    client = sign_in(manager)
    assert client.post(reverse(name, kwargs=kwargs)).status_code == 403


def test_the_api_and_exports_hold_a_members_own_rows_only(world, agency, other, manager, contract, frame, sign_in):
    make_contract(world, other, number="2025-1", starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))
    finalised(contract, frame)
    client = sign_in(manager)
    for name in ("api_agency-list", "api_contract-list", "api_evaluation-list"):
        assert len(client.get(reverse(name)).json()["results"]) == 1
    foreign = Contract.objects.get(number="2025-1").pk
    assert client.get(reverse("api_contract-detail", args=[foreign])).status_code == 404
    narrowed = manager.narrowed_to("EXPORT")
    assert list(Contract.objects.visible_to(narrowed, "VIEW_CONTRACTS")) == [contract]


def test_files_of_another_agencys_contract_are_404_to_a_member(world, agency, other, manager, contract, sign_in):
    foreign = make_contract(world, other, number="2025-1", starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))
    answers = []
    for row in (contract, foreign):
        (file,) = attach(by=None, target=row, unit=row.buyer, files=[photo()], slot="scan")
        answers.append(sign_in(manager).get(reverse("file_open", args=[file.pk])).status_code)
    assert answers == [200, 404]
    assert Attachment.objects.count() == 2
