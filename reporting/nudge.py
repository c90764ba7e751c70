"""Telling the worker that there is something to drain, without anyone waiting for the broker.

A broker that does not answer would hold up the request that changed a fact for seconds (its client tries again by
itself), so one thread of the process sends. What is not sent is not lost: beat drains what stands in the database.
"""

from __future__ import annotations

import logging
import threading

from kombu.exceptions import OperationalError

from reporting.tasks import drain

log = logging.getLogger(__name__)

_wanted = threading.Event()
_starting = threading.Lock()
_thread: threading.Thread | None = None


def wake() -> None:
    """Have a nudge sent soon. Of many at once, one that comes after the last of them is enough."""
    global _thread  # noqa: PLW0603 — one for each process; after a fork the parent's is not alive in the child
    _wanted.set()
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_send_forever, name="nudge", daemon=True)
            _thread.start()


def send() -> None:
    """Send one nudge; a broker that is down is only logged."""
    try:
        drain.apply_async(retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, the recount waits for the next beat: %s", error)


def _send_forever() -> None:
    while _wanted.wait():
        _wanted.clear()
        try:
            send()
        except Exception:
            log.exception("a nudge could not be sent")
