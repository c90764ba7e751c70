"""Pages of one file: see it, open it, change its facts, show its number, its history and papers."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from accounts.gate import permitted, scoped
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from clients.actions import change_file, open_file, reveal_number
from clients.attachables import PERSONAL
from clients.forms.files import ChangeForm, MaterialForm, OpenForm, QuickForm, RevealForm, stations_to_open
from clients.models import Client
from clients.panels import panels_of
from clients.queries import duplicates
from clients.queries.duplicates import Duplicates
from clients.queries.file_page import file_page
from clients.queries.persons import newest_namesake
from clients.views.common import RELATED, crumbs_of, done, form_page
from common.forms import attempt
from files.actions import attach
from stations.models import Station

VIEW, EDIT = Permission.VIEW_CLIENTS, Permission.EDIT_CLIENTS


@require_GET
@scoped(Client, VIEW, related=(*RELATED, "merged_into", "created_by"))
def client_detail(request: SignedIn, client: Client) -> HttpResponse:
    """The file with the cards of the rooms above. One that was merged leads to the file that stands for the person,
    but for `?merged=1`."""
    if client.merged_into_id and request.GET.get("merged") != "1":
        target = Client.objects.visible_to(request.user, VIEW).filter(pk=client.merged_into_id).first()
        if target is not None:
            return redirect("client_detail", target.pk)
    may_edit = client.allows(request.user, EDIT) and not client.merged_into_id and not client.anonymised_at
    context = file_page(request.user, client) | {
        "client": client,
        "crumbs": crumbs_of(client)[:1],
        "may_edit": may_edit,
        "may_use": may_edit and not client.closed_on,
        "panels": panels_of(request.user, client),
    }
    return _private(render(request, "clients/client_detail.html", context))


@GET_OR_POST
@permitted(EDIT)
def client_create(request: SignedIn) -> HttpResponse:
    """`?station=`: where the file is opened, when the user has several stations."""
    form = OpenForm(request.POST or None, user=request.user, station=_asked_station(request))
    found = _duplicates(request, form)
    if found.known:
        form.add_error("id_number", "本站已有这个身份证号的在档档案，不能重复建档")
    elif found and not form.cleaned_data["another"]:
        form.add_error(None, "可能已有这个人的档案，请先核对；不是同一人的，勾选“不是同一人，仍要新建档案”后再保存")
    if client := attempt(form, lambda: open_file(by=request.user, **form.values())):
        return done(request, client, "档案已建立。接着登记监护人或紧急联系人、知情同意")
    return _opening(request, form, "新建档案", found)


@GET_OR_POST
@permitted(EDIT)
def client_quick(request: SignedIn) -> HttpResponse:
    """Name and one category. `?next=`: an own address to go back to, with `client=<key of the new file>` added."""
    form = QuickForm(request.POST or None, user=request.user, station=_asked_station(request))
    if client := attempt(form, lambda: open_file(by=request.user, **form.values())):
        back = request.GET.get("next", "")
        if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            return redirect(f"{back}{'&' if '?' in back else '?'}{urlencode({'client': client.pk})}")
        return done(request, client, "档案已建立，其余信息可以以后补充")
    return _opening(request, form, "快速建档")


def _asked_station(request: SignedIn) -> Station | None:
    asked = request.GET.get("station", "")
    key = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    return stations_to_open(request.user).filter(pk=key).first() if key else None


def _duplicates(request: SignedIn, form: OpenForm) -> Duplicates:
    """Files that seem to be of this person, of whatever name and station; nobody while the form is wrong."""
    if not (form.is_bound and form.is_valid()):
        return Duplicates()
    asked = ("station", "name", "born_on", "id_number", "household", "residence")
    return duplicates.of(request.user, **{name: form.cleaned_data[name] for name in asked})


def _opening(
    request: SignedIn, form: OpenForm | QuickForm, title: str, found: Duplicates | None = None
) -> HttpResponse:
    station = form.cleaned_data.get("station") if form.is_bound else None
    known = found.known if found else None
    namesake = newest_namesake(station, form.cleaned_data.get("name", "")) if station and not known else None
    form.ask(namesake, found=bool(found) and not known)
    back = request.GET.get("next", "")
    context = {
        "form": form,
        "title": title,
        "namesake": namesake,
        "found": found,
        "has_station": bool(form.fields["station"].queryset),  # type: ignore[attr-defined]
    }
    own = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return _private(render(request, "clients/client_open.html", context | {"back": back if own else ""}))


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_edit(request: SignedIn, client: Client) -> HttpResponse:
    _refuse_gone(client)
    form = ChangeForm(request.POST or None, client=client)
    if attempt(form, lambda: change_file(by=request.user, client=client, **form.changes())):
        return done(request, client, "档案已保存")
    return _private(form_page(request, client, form, "修改档案"))


@GET_OR_POST
@scoped(Client, VIEW, related=RELATED)
def client_reveal(request: SignedIn, client: Client) -> HttpResponse:
    """The whole identity number, for a reason that the trail keeps. Shown in the answer to the POST only."""
    form = RevealForm(request.POST or None)
    shown: list[str] = []

    def reveal() -> Client:
        shown.append(reveal_number(by=request.user, client=client, reason=form.cleaned_data["reason"]))
        return client

    attempt(form, reveal)
    context = {"client": client, "form": form, "number": shown[0] if shown else "", "crumbs": crumbs_of(client)}
    return _private(render(request, "clients/client_reveal.html", context))


@require_GET
@scoped(Client, VIEW, related=RELATED)
def client_history(request: SignedIn, client: Client) -> HttpResponse:
    """Every recorded change of the file, also from where it was kept before: it goes with the file."""
    return history_page(request, client, title=f"档案 {client.pk}", back=("client_detail", client.pk), whole=True)


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_files(request: SignedIn, client: Client) -> HttpResponse:
    _refuse_gone(client)
    form = MaterialForm(request.POST or None, request.FILES or None)
    if attempt(form, lambda: _attached(request, client, form)):
        return done(request, client, "材料已上传")
    return form_page(request, client, form, "上传档案材料", about="诊断证明、残疾证、协议等", submit_label="上传")


def _attached(request: SignedIn, client: Client, form: MaterialForm) -> Client:
    attach(
        by=request.user,
        target=client,
        unit=client.station.unit,
        files=form.cleaned_data["papers"],
        slot=PERSONAL,
        is_demo=client.is_demo,
        field="papers",
    )
    return client


def _refuse_gone(client: Client) -> None:
    if client.merged_into_id or client.anonymised_at:
        raise PermissionDenied("档案已并入其他档案或已匿名化，不能再修改")


def _private(response: HttpResponse) -> HttpResponse:
    """No copy of a person's file stays in the browser's cache."""
    response["Cache-Control"] = "no-store"
    return response
