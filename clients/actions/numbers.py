"""A station has one open file for an identity number. Said before the constraint (Client.Meta) would say it; the caller
has locked the station, so that no other file comes between."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from clients.models import Client
from clients.queries.persons import open_with_number
from stations.models import Station


def refuse_second_file(number_index: str | None, station: Station, *, advice: str, but: Client | None = None) -> None:
    """Raises ValidationError({"id_number": …}), ending in `advice`, where another open file bears the number. It names
    the file and not the person: who decides on a transfer may not read the files of the other station."""
    other = open_with_number(station, number_index, but=but)
    if other is not None:
        raise ValidationError({"id_number": f"该站点已有这个身份证号的在档档案（档案 {other.pk}），{advice}"})
