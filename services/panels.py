"""The cards of a service record's page (accounts.panels), for rooms above: who else took part.

    @panel(key="taking_part", title="志愿者", order=10, template="linkage/_service_panel.html")
    def taking_part(user: User, record: ServiceRecord) -> dict[str, Any] | None: …

By default for who holds VIEW_RECORDS at the record's station. The template sees `record` beside `panel`.
"""

from __future__ import annotations

from accounts.panels import Panels
from accounts.roles import Permission
from services.models import ServiceRecord

CARDS: Panels[ServiceRecord] = Panels(Permission.VIEW_RECORDS)
panel = CARDS.panel
panels_of = CARDS.of
