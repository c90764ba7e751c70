"""What belongs to a file: categories, level, contacts, kin, consent."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from clients.actions import (
    add_contact,
    add_relation,
    end_category,
    give_consent,
    register_category,
    set_level,
    withdraw_consent,
)
from clients.models import ClientRelation, Consent, LevelSpell
from tests.clients.make import make_client


def refused(*fields):
    return pytest.raises(ValidationError, check=lambda error: set(error.message_dict) == set(fields))


def test_a_category_stands_once_and_may_come_again_after_its_end(person):
    row = register_category(by=None, client=person, category="DIBAO", starts_on=date(2026, 1, 1))
    with refused("category"):
        register_category(by=None, client=person, category="DIBAO", starts_on=date(2026, 2, 1))
    end_category(by=None, registration=row, ends_on=date(2026, 3, 1))
    with refused("starts_on"):
        register_category(by=None, client=person, category="DIBAO", starts_on=date(2026, 2, 1))
    register_category(by=None, client=person, category="DIBAO", starts_on=date(2026, 3, 1))


def test_a_category_of_one_day_was_a_mistake_and_is_in_nobodys_way(person):
    row = register_category(by=None, client=person, category="DIBAO", starts_on=date(2026, 1, 1))
    end_category(by=None, registration=row, ends_on=date(2026, 1, 1))
    register_category(by=None, client=person, category="DIBAO", starts_on=date(2025, 6, 1))


def test_a_level_follows_the_one_before(person):
    set_level(by=None, client=person, level=3, since=date(2026, 1, 1))
    set_level(by=None, client=person, level=1, since=date(2026, 2, 1), reason="跌倒后行动不便")
    spells = LevelSpell.objects.order_by("starts_on").values_list("level", "starts_on", "ends_on")
    assert list(spells) == [(3, date(2026, 1, 1), date(2026, 2, 1)), (1, date(2026, 2, 1), None)]
    with refused("since"):
        set_level(by=None, client=person, level=2, since=date(2026, 1, 15))


def test_taking_the_level_away_ends_it(person):
    set_level(by=None, client=person, level=3, since=date(2026, 1, 1))
    assert set_level(by=None, client=person, level=None, since=date(2026, 2, 1)).level is None
    assert not LevelSpell.objects.current().exists()


def test_a_repeated_contact_is_refused(person):
    add_contact(by=None, client=person, kind="EMERGENCY", name="演示林小海")
    with refused("name"):
        add_contact(by=None, client=person, kind="EMERGENCY", name="演示林小海")


def test_two_files_are_linked_once_from_either_side(person, station):
    other = make_client(station, "演示林小海")
    add_relation(by=None, client=person, relation="CHILD", other=other)
    with refused("other"):
        add_relation(by=None, client=other, relation="PARENT", other=person)
    with refused("other"):
        add_relation(by=None, client=person, relation="SIBLING", other=person)
    assert ClientRelation.objects.count() == 1
    assert set(AuditEvent.objects.values_list("target_label", flat=True)) == {f"档案 {person.pk}", f"档案 {other.pk}"}


def test_a_child_under_fourteen_needs_who_signed(station):
    child = make_client(station, born_on=date(2015, 1, 1))
    with refused("given_by"):
        give_consent(by=None, client=child, kind="SERVICE", given_on=date(2026, 1, 1))
    give_consent(by=None, client=child, kind="SERVICE", given_on=date(2026, 1, 1), given_by="演示祖父")


def test_a_consent_stands_once_and_is_not_given_before_it_was_withdrawn(person):
    row = give_consent(by=None, client=person, kind="SERVICE", given_on=date(2026, 1, 1))
    with refused("kind"):
        give_consent(by=None, client=person, kind="SERVICE", given_on=date(2026, 2, 1))
    withdraw_consent(by=None, consent=row, withdrawn_on=date(2026, 3, 1))
    with refused("given_on"):
        give_consent(by=None, client=person, kind="SERVICE", given_on=date(2026, 2, 1))
    with pytest.raises(ValidationError):
        withdraw_consent(by=None, consent=row, withdrawn_on=date(2026, 4, 1))
    assert Consent.objects.count() == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda client: register_category(by=None, client=client, category="DIBAO", starts_on=date(2026, 1, 1)),
        lambda client: set_level(by=None, client=client, level=1, since=date(2026, 1, 1)),
    ],
)
def test_a_closed_file_takes_no_new_facts(station, act):
    with pytest.raises(ValidationError):
        act(make_client(station, closed_on=date(2026, 2, 1)))


def test_what_is_told_of_parts_never_names_anybody(person):
    add_contact(by=None, client=person, kind="GUARDIAN", name="演示林小海", phone="0354-0000778")
    add_relation(by=None, client=person, relation="CHILD", name="演示林小河")
    consent = give_consent(by=None, client=person, kind="PHOTO", given_on=date(2026, 1, 1), given_by="演示林小海")
    withdraw_consent(by=None, consent=consent, withdrawn_on=date(2026, 3, 1), reason="演示林小海不愿意")
    told = str(list(AuditEvent.objects.values()))
    for secret in ("林小海", "林小河", "0000778", "林大山"):
        assert secret not in told
