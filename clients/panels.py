"""The cards of a file's page (accounts.panels), for rooms above: services, visits, cases, referrals, resources.

    @panel(key="cases", title="个案", order=30, template="casework/_client_panel.html")
    def cases(user: User, client: Client) -> dict[str, Any] | None: …

By default for who holds VIEW_CLIENTS at the file's station and for its supervisors. The template sees `client` beside
`panel`. A person may have several files: read those of `clients.queries.files_of(client)`. Orders: visits 20, cases 30,
services 40, referrals 50, resources 60.
"""

from __future__ import annotations

from accounts.panels import Panels
from accounts.roles import Permission
from clients.models import Client

CARDS: Panels[Client] = Panels(Permission.VIEW_CLIENTS)
panel = CARDS.panel
panels_of = CARDS.of
