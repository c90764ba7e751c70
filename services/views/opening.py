"""With what the entry form opens: the usual, a template, a copy, a person, what it is opened from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.utils import timezone

from accounts.requests import SignedIn
from accounts.roles import Permission
from services import links
from services.forms import copied
from services.links import Linked
from services.models import Domain, Method, ServiceRecord
from services.queries import last_record
from services.queries.people import chips_of, choosable
from services.queries.usual import templates_for, usual
from services.views.finding import by_key
from stations.models import Station

LAST = "last"
# A form opened with one of these says something of its own: a draft does not overwrite it unasked.
ASKED = frozenset({"copy", "method", "domain", "client", "template"})


@dataclass
class Opening:
    """Initial values of the form, what it belongs to, and what the page says about them."""

    presets: dict[str, Any] = field(default_factory=dict)
    linked: Linked | None = None
    said: list[str] = field(default_factory=list)


def copied_record(request: SignedIn) -> ServiceRecord | None:
    key = request.GET.get("copy")
    if not key or key == LAST:
        return None
    rows = ServiceRecord.objects.visible_to(request.user, Permission.LOG_SERVICE).select_related("station__unit")
    return by_key(rows, key)


def linked_of(request: SignedIn, value: str) -> Linked | None:
    """What “case:12” of the address means to the user; 404 for what they cannot serve under."""
    try:
        return links.find(request.user, value)
    except ValidationError as error:
        raise Http404(error.messages[0]) from None


def opening(request: SignedIn, station: Station, source: ServiceRecord | None, linked: Linked | None) -> Opening:
    """A copy is the whole entry. Else the usual, over it the person's last service, the template, what the form is
    opened from, and what the address names."""
    query = request.GET
    if query.get("copy") == LAST:
        source = last_record(request.user, station)
    if source:
        return _copy(request, source, _asked(query))
    asked = _asked(query)
    presets = usual(request.user, station, method=asked.get("method", ""))
    person, refused = _person(request, station)
    for more in (person, _template(query, station), _from(linked), asked):
        presets |= more
    said = ["已按您最近的登记预填，可以改。"] if presets.get("workers") and not query.keys() & ASKED else []
    if refused:
        said.append(f"{refused}已撤回服务同意，不能登记到名下；可只填人次。")
    return Opening(presets, linked, said)


def _asked(query: QueryDict) -> dict[str, str]:
    enums = (("method", Method), ("domain", Domain))
    return {name: str(query[name]) for name, choices in enums if query.get(name) in choices.values}


def _copy(request: SignedIn, source: ServiceRecord, asked: dict[str, str]) -> Opening:
    facts, left_out = copied(source, request.user)
    said = [f"已复制“{source.title}”（{source.starts_on:%Y-%m-%d}），日期改为今天。"]
    if left_out:
        said.append(f"其中 {left_out} 人已不在档或已撤回同意，没有带入。")
    return Opening({**facts, **asked}, None, said)


def _person(request: SignedIn, station: Station) -> tuple[dict[str, Any], str]:
    """`?client=`: the person, served as last time; or the name of one who withdrew the consent, and is not chosen."""
    if not request.GET.get("client"):
        return {}, ""
    client = by_key(choosable(request.user, station).filter(closed_on=None), request.GET["client"])
    [chip] = chips_of(choosable(request.user, station), station, [client.pk], timezone.localdate())
    return ({}, chip.name) if chip.refused else ({**chip.usual, "clients": [chip.pk]}, "")


def _template(query: QueryDict, station: Station) -> dict[str, Any]:
    wanted = query.get("template")
    if not wanted:
        return {}
    for template in templates_for(station):
        if template.key == wanted:
            return template.values
    raise Http404("没有这个模板")


def _from(linked: Linked | None) -> dict[str, Any]:
    return {**linked.presets, "link": linked.value} if linked else {}
