"""A line between browser and server that a test can cut: a browser that starts anew is without it at once."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import threading
from typing import Self
from urllib.parse import urlsplit


class Line:
    """Listens on a port of its own and passes everything on to `target` (an http address) while `up`."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self.up = True
        self.open: set[socket.socket] = set()
        line, address = self, (parts.hostname, parts.port)

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if line.up:
                    line.carry(self.request, address)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = allow_reuse_address = True

        self.server = Server(("localhost", 0), Handler)
        self.url = f"http://localhost:{self.server.server_address[1]}"

    def carry(self, near: socket.socket, address: tuple[str | None, int | None]) -> None:
        with contextlib.suppress(OSError), socket.create_connection(address) as far:  # type: ignore[arg-type]
            self.open |= {near, far}
            while self.up:
                for end in select.select([near, far], [], [], 0.5)[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    (far if end is near else near).sendall(data)

    def cut(self) -> None:
        self.up = False
        for end in list(self.open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def mend(self) -> None:
        self.up = True

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *what: object) -> None:
        self.cut()
        self.server.shutdown()
        self.server.server_close()
