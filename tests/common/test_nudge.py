"""A nudge never holds anyone up."""

import threading
from time import monotonic, sleep

import pytest
from kombu.exceptions import OperationalError

from common import nudge


@pytest.mark.parametrize("error", [OperationalError("no broker"), ConnectionRefusedError(111, "refused")])
def test_a_broker_that_is_down_is_only_logged(monkeypatch, error, caplog):
    def refuse(*args, **options):
        raise error

    monkeypatch.setattr(nudge.current_app, "send_task", refuse)
    nudge.send("probe.task")
    assert "broker unreachable" in caplog.text


def test_nobody_waits_for_a_broker_that_is_slow(monkeypatch):
    asked, answered, sent = threading.Event(), threading.Event(), []

    def slow(task, *args):
        asked.set()
        answered.wait(timeout=10)
        sent.append(1)

    monkeypatch.setattr(nudge, "send", slow)
    nudge.wake("probe.task", 7)
    assert asked.wait(timeout=10)
    for _ in range(5):  # while the first is under way: one more covers them all
        nudge.wake("probe.task", 7)
    assert sent == []
    answered.set()
    end = monotonic() + 10
    while len(sent) < 2 and monotonic() < end:
        sleep(0.01)
    assert len(sent) == 2
