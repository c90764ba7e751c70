"""Two queues, so that a long job never holds up a recount."""

import pytest
from celery import Celery

from config.celery import JOBS, RECOUNTS, app


@pytest.fixture
def broker(monkeypatch):
    """The product's queues and routes on a broker in memory."""
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)  # celery puts it before the argument
    copy = Celery("queues", broker="memory://", set_as_current=False)
    for name in ("task_queues", "task_routes", "task_default_queue"):
        setattr(copy.conf, name, getattr(app.conf, name))
    return copy


@pytest.mark.parametrize(("task", "own", "other"), [("reporting.drain", RECOUNTS, JOBS), ("jobs.run", JOBS, RECOUNTS)])
def test_a_message_reaches_its_own_queue_only(broker, task, own, other):
    with broker.connection_for_write() as connection:
        channel = connection.default_channel
        for queue in broker.amqp.queues.values():  # as both workers declare them
            queue(channel).declare()
            queue(channel).purge()
        broker.send_task(task, connection=connection)
        waiting = {name: channel.queue_declare(name, passive=True).message_count for name in (own, other)}
    assert waiting == {own: 1, other: 0}
