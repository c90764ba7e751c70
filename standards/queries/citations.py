"""Whose demand it is, as components/source.html shows it."""

from __future__ import annotations

from accounts.links import url_or_empty
from standards.effective import Origin


def origin_source(origin: Origin | None) -> dict[str, str] | None:
    """`{label, url}`: document and clause."""
    if origin is None:
        return None
    return {"label": origin.citation, "url": url_or_empty("document_detail", origin.document_id)}
