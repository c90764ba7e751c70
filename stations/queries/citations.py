"""Documents and clauses as the components show them."""

from __future__ import annotations

from accounts.links import url_or_empty
from policies.models import Provision


def source(provision: Provision | None) -> dict[str, str] | None:
    """`{label, url}` of the document and clause that a judgement rests on; join `document`."""
    if provision is None:
        return None
    return {
        "label": provision.citation,
        "url": url_or_empty("document_detail", provision.document_id),
    }
