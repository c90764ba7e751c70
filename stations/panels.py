"""The cards of a station's page (accounts.panels). The stations room has the orders 10, 20, … 50.

The template sees `station` beside `panel`. It prints in the station's file too, where `paper` is true in its context.
"""

from __future__ import annotations

from accounts.panels import Panels
from stations.models import Station

CARDS: Panels[Station] = Panels()
panel = CARDS.panel
panels_of = CARDS.of
