"""The hash chain: what is settled is sealed once, and any change behind the program's back shows."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts import audit, audit_guard
from accounts.actions import seal
from accounts.models import AuditEvent, AuditSeal, User
from accounts.queries.audit import verify
from accounts.tasks import seal_audit

LATER = timedelta(minutes=5)


@pytest.fixture
def events(world, monkeypatch):
    monkeypatch.setattr(seal, "BATCH", 4)
    for n in range(10):
        unit = world.units["榆次区"]
        audit.record(
            by=world.county, verb=f"第{n}次", target=unit, unit=unit, changes={"b": [1, 2.5], "a": ["旧", None]}
        )
    return list(AuditEvent.objects.order_by("id"))


def seal_later():
    return seal.seal_events(now=timezone.now() + LATER)


def problems():
    return verify().problems


def test_young_events_wait(events):
    assert seal.seal_events() == 0
    assert not AuditSeal.objects.exists()


def test_the_beat_task_seals(events):
    AuditEvent.objects.update(at=timezone.now() - LATER)
    seal_audit.apply()
    assert verify().sealed == 10


def test_settled_events_are_sealed_in_runs_that_join(events):
    assert seal_later() == 10
    seals = list(AuditSeal.objects.order_by("id"))
    assert [row.count for row in seals] == [4, 4, 2]
    assert [row.previous for row in seals] == ["", seals[0].digest, seals[1].digest]
    assert [row.first_id for row in seals] == [1, seals[0].last_id + 1, seals[1].last_id + 1]
    assert problems() == []
    assert verify().sealed == 10


def test_sealing_again_seals_only_what_is_new(events, world):
    seal_later()
    assert seal_later() == 0
    audit.record(by=None, verb="新", target=world.county)
    assert seal_later() == 1
    assert problems() == []


def test_sealing_stops_before_the_first_young_event(events):
    AuditEvent.objects.filter(id__lte=events[2].id).update(at=timezone.now() - LATER)
    AuditEvent.objects.filter(id=events[5].id).update(at=timezone.now() - LATER)
    assert seal.seal_events() == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [("actor_name", "别人"), ("verb", "x"), ("changes", {"a": ["旧", "新"]}), ("reason", "x"), ("ip", "1.2.3.4"),
     ("at", timezone.now()), ("path", "0001"), ("target_label", "x")],
)  # fmt: skip
def test_a_changed_event_shows(events, field, value):
    seal_later()
    AuditEvent.objects.filter(pk=events[5].pk).update(**{field: value})
    assert len(problems()) == 1
    assert "内容被改动" in problems()[0]


def test_a_removed_event_shows(events):
    seal_later()
    AuditEvent.objects.filter(pk=events[5].pk).delete()
    assert "应有 4 条，现有 3 条" in problems()[0]


def test_an_event_slipped_into_a_sealed_run_shows(events):
    AuditEvent.objects.filter(pk=events[5].pk).delete()  # a gap, as a rolled-back transaction leaves it
    seal_later()
    assert problems() == []
    forged = events[6]
    forged.pk = events[5].pk
    forged.save(force_insert=True)
    assert len(problems()) == 1


def test_a_seal_computed_again_by_the_forger_breaks_the_chain(events):
    seal_later()
    AuditEvent.objects.filter(pk=events[1].pk).update(verb="x")
    first = AuditSeal.objects.order_by("id").first()
    from accounts import seals  # noqa: PLC0415

    digest, _ = seals.digest("", first.first_id, first.last_id)
    AuditSeal.objects.filter(pk=first.pk).update(digest=digest)
    assert "封签链断开" in problems()[0]


def test_the_command_fails_on_a_change_and_on_missing_triggers(events):
    seal_later()
    audit_guard.install(connection)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "核对通过" in out.getvalue()
    audit_guard.remove(connection)
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=StringIO(), stderr=StringIO())


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_long_transaction_is_not_skipped():
    """Its id is lower than that of later events which are there already; so the seal waits for it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    user = User.objects.create_user("someone", "x")
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            audit.record(by=None, verb="慢", target=user)
            written.set()
            go_on.wait(10)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert written.wait(10)
    audit.record(by=None, verb="快", target=user)
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["快"]
    assert seal_later() == 0
    go_on.set()
    writer.join()
    assert seal_later() == 2
    assert verify().problems == []
