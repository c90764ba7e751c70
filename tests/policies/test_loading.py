"""Loading what ships: repeatable, in pieces, and never over what administrators did."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.actions import add_unit
from accounts.models import AuditEvent
from policies.actions import add_provision, end_provision, load_documents, seed_calendar
from policies.models import CalendarDay, CalendarYear, PolicyDocument, Provision

JZ = "市民函〔2023〕28号"


def rows() -> set:
    return set(Provision.objects.values_list("document__number", "unit__name", "kind", "in_force_from", "in_force_to"))


def test_twice_is_once(rules):
    before = rows()
    again = load_documents()
    assert (again.documents, again.provisions) == (0, 0)
    assert rows() == before
    assert seed_calendar().years == 0


def test_units_that_come_later_get_their_rows_later(world):
    first = load_documents()
    assert any("140728000000" in line for line in first.skipped)
    add_unit(parent=world.units["晋中市"], name="平遥县", code="140728000000")
    assert load_documents().provisions == 1


def test_a_document_waits_for_its_issuer(db):
    root = add_unit(parent=None, name="全国", code="000000000000")
    loaded = load_documents()
    assert loaded.documents == 1
    assert PolicyDocument.objects.get().issuer == root
    assert [line for line in loaded.skipped if JZ in line and "尚未载入" in line]


def test_an_ended_row_stays_ended(rules):
    row = Provision.objects.get(kind="SERVICE_ENTRY", document__number=JZ)
    end_provision(by=None, provision=row, on=date(2024, 1, 31), reason="被取代")
    load_documents()
    assert Provision.objects.get(kind="SERVICE_ENTRY", document__number=JZ).in_force_to == date(2024, 1, 31)


def test_an_added_row_stays(world, rules):
    document = PolicyDocument.objects.get(number=JZ)
    added = add_provision(
        by=None,
        document=document,
        unit=world.units["榆次区"],
        kind="SERVICE_ENTRY",
        clause="附件",
        parameters={"days": 3},
        in_force_from=date(2023, 6, 1),
    )
    load_documents()
    assert Provision.objects.filter(pk=added.pk).exists()


def test_loading_leaves_an_event(rules, world):
    event = AuditEvent.objects.get(verb="载入制度文件", target_label=JZ)
    assert (event.actor, event.path) == (None, world.units["晋中市"].path)


def test_the_calendar_covers_2004_to_2026(rules):
    assert list(CalendarYear.objects.order_by("year").values_list("year", flat=True)) == list(range(2004, 2027))
    assert CalendarDay.objects.get(date=date(2023, 10, 7)).rest is False
    assert CalendarDay.objects.get(date=date(2023, 10, 3)).name == "国庆节"


def test_the_command_says_what_it_did(world):
    out = StringIO()
    call_command("load_policies", stdout=out)
    assert "新载入文件 3 份" in out.getvalue()
    assert "尚未载入，跳过" in out.getvalue()


def test_the_command_needs_units(db):
    with pytest.raises(CommandError, match="load_units"):
        call_command("load_policies")
