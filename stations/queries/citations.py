"""Documents and clauses as the components show them."""

from __future__ import annotations

from accounts.links import url_or_empty
from policies.models import Provision
from policies.queries import RuleBook
from stations.models import Station


def source(provision: Provision | None) -> dict[str, str] | None:
    """`{label, url}` of the document and clause that a judgement rests on; join `document`."""
    if provision is None:
        return None
    return {
        "label": provision.citation,
        "url": url_or_empty("document_detail", provision.document_id),
    }


def rules_for(station: Station) -> RuleBook:
    """The rules of one station, read once for all the cards of its page."""
    if "_rules" not in station.__dict__:
        station.__dict__["_rules"] = RuleBook.load([station.unit.path])
    rules: RuleBook = station.__dict__["_rules"]
    return rules
