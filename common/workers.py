"""Names of worker processes, by which a lease in the database tells whether its holder still runs."""

from __future__ import annotations

import os
import socket


def worker_name(part: str | int = "") -> str:
    """host:pid, or host:pid:part for one thread of it."""
    name = f"{_host()}:{os.getpid()}"
    return f"{name}:{part}" if part else name


def is_gone(worker: str) -> bool:
    """Is it a process of this host that runs no more? A worker of another host is only known by its heartbeat."""
    host, _, rest = worker.partition(":")
    pid = rest.partition(":")[0]
    if host != _host() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _host() -> str:
    return socket.gethostname().replace(":", "-")[:50]  # the columns that keep a name have 80 characters
