"""Telling a worker that there is something to do, without anyone waiting for the broker.

A broker that does not answer would hold up the request that changed a fact for seconds (its client tries again by
itself), so one thread of the process sends. What is not sent is not lost: it stands in the database, where beat's
tasks find it.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

Nudge = tuple[str, tuple[Any, ...]]

EXPIRES = 60  # seconds, after which a nudge says nothing new: beat asks again anyway

_wanted: dict[Nudge, None] = {}
_changed = threading.Condition()
_thread: threading.Thread | None = None


def wake(task: str, *args: Any) -> None:
    """Have this task sent soon. Of the same nudge many times, one that comes after the last of them is enough."""
    global _thread  # noqa: PLW0603 — one for each process; after a fork the parent's is not alive in the child
    with _changed:
        _wanted[task, args] = None
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_send_forever, name="nudge", daemon=True)
            _thread.start()
        _changed.notify()


def send(task: str, *args: Any) -> None:
    """Send one nudge; a broker that is down is only logged."""
    try:
        current_app.send_task(task, args=args, expires=EXPIRES, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, %s waits for the next beat: %s", task, error)


def _send_forever() -> None:
    while True:
        with _changed:
            while not _wanted:
                _changed.wait()
            task, args = next(iter(_wanted))
            del _wanted[task, args]
        try:
            send(task, *args)
        except Exception:
            log.exception("a nudge could not be sent")
