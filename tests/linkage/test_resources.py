"""Donations and what is handed out of them: never more than there is, and each fen once."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from clients.models import Consent, FileSpell
from common.months import Month
from linkage.actions import hand_out, withdraw_donation, withdraw_handout
from linkage.models import Donation, Handout
from linkage.queries.resources import donation_sums, stock
from tests.clients.make import make_client
from tests.stations.conftest import errors_of

DAY = date(2026, 10, 10)


def give(world, donation, amount, **changes):
    facts = {
        "by": world.worker,
        "token": uuid.uuid4(),
        "given_on": DAY,
        "to_kind": "GROUP",
        "recipients": "环卫工人",
        "people": 5,
    }
    return hand_out(donation=donation, amount=amount, **facts | changes)


def test_what_is_given_leaves_the_stock_until_the_balance_refuses(world, donation, client_file):
    rice = donation()
    one = give(world, rice, "10", to_kind="CLIENT", client=client_file)
    assert (one.value, one.people, one.station) == (Decimal("333.33"), 1, client_file.station)
    with pytest.raises(ValidationError) as caught:
        give(world, rice, "20.5")
    assert errors_of(caught)["amount"] == ["结存只有 20 袋，不能发放 20.5"]
    last = give(world, rice, "20")
    rice.refresh_from_db()
    assert (last.value, rice.left, rice.left_value) == (Decimal("666.67"), 0, 0)


def test_money_is_its_value(world, donation):
    money = donation(form="MONEY", value="500.55", item="", quantity="", measure="")
    assert (money.quantity, money.measure, money.item) == (Decimal("500.55"), "元", "款项")
    assert give(world, money, "100.5").value == Decimal("100.50")
    with pytest.raises(ValidationError) as caught:
        give(world, money, "1.001")
    assert "到分" in errors_of(caught)["amount"][0]


def test_a_submit_sent_twice_gives_once(world, donation):
    token = uuid.uuid4()
    rice = donation(token=token)
    assert donation(token=token) == rice
    handed = uuid.uuid4()
    assert give(world, rice, "5", token=handed) == give(world, rice, "5", token=handed)
    rice.refresh_from_db()
    assert (Donation.objects.count(), Handout.objects.count(), rice.left) == (1, 1, 25)


def test_a_number_used_by_somebody_else_is_refused(world, donation):
    token = uuid.uuid4()
    donation(token=token)
    with pytest.raises(ValidationError, match="提交编号"):
        donation(token=token, by=world.township)


def test_taking_back_puts_it_into_stock_again(world, donation):
    rice = donation()
    handout = give(world, rice, "7")
    withdraw_handout(by=world.worker, handout=handout, reason="没有发出")
    rice.refresh_from_db()
    assert (rice.left, rice.left_value) == (30, 1000)
    with pytest.raises(ValidationError, match="已经撤回"):
        withdraw_handout(by=world.worker, handout=handout, reason="再撤")


def test_a_donation_of_which_something_is_given_is_not_withdrawn(world, donation):
    rice = donation()
    handout = give(world, rice, "7")
    with pytest.raises(ValidationError, match="已有发放记录"):
        withdraw_donation(by=world.worker, donation=rice, reason="登记错")
    withdraw_handout(by=world.worker, handout=handout, reason="没有发出")
    withdraw_donation(by=world.worker, donation=rice, reason="登记错")
    assert not Donation.objects.received_in(Month(2026, 10)).exists()
    with pytest.raises(ValidationError, match="已经撤回"):
        give(world, rice, "1")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"donor": ""}, "donor"),
        ({"donor_kind": "ANONYMOUS"}, "donor"),
        ({"quantity": "0"}, "quantity"),
        ({"value": "0"}, "value"),
        ({"measure": ""}, "measure"),
        ({"received_on": date(2026, 10, 21)}, "received_on"),
        ({"note": "联系人 140702199003070016"}, "note"),
    ],
)
def test_a_donation_that_says_too_little_or_too_much_is_refused(donation, changes, field):
    with pytest.raises(ValidationError) as caught:
        donation(**changes)
    assert field in errors_of(caught)


def test_a_person_without_a_file_here_is_refused(world, donation):
    stranger = make_client(world.station("锦纶街道社工站"), "演示外人")
    with pytest.raises(ValidationError) as caught:
        give(world, donation(), "1", to_kind="CLIENT", client=stranger)
    assert "没有本单位在档" in errors_of(caught)["client"][0]


def test_a_file_closed_by_then_is_refused(world, donation, client_file):
    FileSpell.objects.update(ends_on=DAY)
    with pytest.raises(ValidationError):
        give(world, donation(), "1", to_kind="CLIENT", client=client_file)


def test_who_withdrew_consent_is_not_named(world, donation, client_file):
    Consent.objects.create(client=client_file, kind="SERVICE", given_on=date(2026, 1, 1), withdrawn_on=date(2026, 9, 1))
    with pytest.raises(ValidationError) as caught:
        give(world, donation(), "1", to_kind="CLIENT", client=client_file)
    assert "撤回服务同意" in errors_of(caught)["client"][0]


def test_before_it_was_received_nothing_is_given(world, donation):
    with pytest.raises(ValidationError) as caught:
        give(world, donation(), "1", given_on=date(2026, 9, 30))
    assert "不能早于接收日期" in errors_of(caught)["given_on"][0]


def test_the_database_refuses_less_than_nothing_and_a_recipient_of_two_kinds(world, donation, client_file):
    rice = donation()
    for wrong in ({"left": -1}, {"left": 31}, {"left_value": -1}, {"left": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Donation.objects.filter(pk=rice.pk).update(**wrong)
    handout = give(world, rice, "1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Handout.objects.filter(pk=handout.pk).update(client=client_file)


def test_stock_adds_up_by_item(world, donation):
    first = donation()
    donation(quantity="12.5", value="99.99")
    give(world, first, "10")
    [rice] = stock(Donation.objects.all())
    assert (rice.donations, rice.received, rice.left, rice.given) == (2, Decimal("42.5"), Decimal("32.5"), 10)
    sums = donation_sums(Donation.objects.all())
    assert (sums.value, sums.left_value) == (Decimal("1099.99"), Decimal("766.66"))


def test_the_trail_names_the_file_never_the_person(world, donation, client_file):
    give(
        world,
        donation(donor_kind="PERSON", donor="演示好心人", note="演示赵某转交"),
        "1",
        to_kind="CLIENT",
        client=client_file,
    )
    trail = str(list(AuditEvent.objects.values()))
    assert f"档案 {client_file.pk}" in trail
    assert client_file.name not in trail
    assert "演示好心人" not in trail
    assert "演示赵某" not in trail


def test_of_another_unit_nobody_writes(world, donation):
    with pytest.raises(ValidationError) as caught:
        donation(by=world.outsider)
    assert "没有" in errors_of(caught)["unit"][0]
