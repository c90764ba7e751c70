"""Pages about what belongs to a file: categories, level, contacts, kin, consent. Each is one form."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpResponse
from django.utils import timezone

from accounts.gate import scoped
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from clients.actions import (
    add_contact,
    add_relation,
    change_contact,
    end_category,
    give_consent,
    register_category,
    remove_contact,
    remove_relation,
    set_level,
    withdraw_consent,
)
from clients.attachables import SCAN
from clients.forms.parts import (
    CategoryForm,
    ConsentForm,
    ContactForm,
    EndForm,
    LevelForm,
    RelationForm,
    ScanForm,
    WithdrawConsentForm,
)
from clients.models import Client, ClientCategory, ClientContact, ClientRelation, Consent, ConsentKind
from clients.views.common import OF_CLIENT, RELATED, done, form_page
from common.forms import attempt
from files.actions import attach

EDIT = Permission.EDIT_CLIENTS


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_category(request: SignedIn, client: Client) -> HttpResponse:
    form = CategoryForm(request.POST or None)
    if attempt(form, lambda: register_category(by=request.user, client=client, **form.cleaned_data)):
        return done(request, client, "类别已登记")
    return form_page(request, client, form, "登记类别")


@GET_OR_POST
@scoped(ClientCategory, EDIT, related=OF_CLIENT)
def client_category_end(request: SignedIn, row: ClientCategory) -> HttpResponse:
    form = EndForm(request.POST or None)
    if attempt(form, lambda: end_category(by=request.user, registration=row, **form.cleaned_data)):
        return done(request, row.client, "类别已结束")
    return form_page(request, row.client, form, "结束类别", about=f"{row}，{row.starts_on} 起")


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_level(request: SignedIn, client: Client) -> HttpResponse:
    form = LevelForm(request.POST or None)
    if attempt(form, lambda: set_level(by=request.user, client=client, **form.values())):
        return done(request, client, "跟进级别已登记")
    about = f"现为 {client.get_level_display()}" if client.level else "还没有评定"
    return form_page(request, client, form, "评定跟进级别", about=about)


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_contact(request: SignedIn, client: Client) -> HttpResponse:
    form = ContactForm(request.POST or None, minor=client.minor(timezone.localdate()))
    if attempt(form, lambda: add_contact(by=request.user, client=client, **form.cleaned_data)):
        return done(request, client, "联系人已登记")
    return form_page(request, client, form, "登记监护人、紧急联系人")


@GET_OR_POST
@scoped(ClientContact, EDIT, related=OF_CLIENT)
def client_contact_edit(request: SignedIn, contact: ClientContact) -> HttpResponse:
    form = ContactForm(request.POST or None, contact=contact)
    if attempt(form, lambda: change_contact(by=request.user, contact=contact, **form.cleaned_data)):
        return done(request, contact.client, "联系人已保存")
    return form_page(request, contact.client, form, "修改联系人")


@GET_OR_POST
@scoped(ClientContact, EDIT, related=OF_CLIENT)
def client_contact_remove(request: SignedIn, contact: ClientContact) -> HttpResponse:
    client = contact.client

    def remove() -> Client:
        remove_contact(by=request.user, contact=contact)
        return client

    return _confirmed(request, client, remove, "移除联系人", f"{contact.get_kind_display()} {contact}")


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_relation(request: SignedIn, client: Client) -> HttpResponse:
    form = RelationForm(request.POST or None, user=request.user, client=client)
    if attempt(form, lambda: add_relation(by=request.user, client=client, **form.cleaned_data)):
        return done(request, client, "家庭成员已登记")
    return form_page(request, client, form, "登记家庭成员", hint="两份档案之间登记一次，两边都能看到。")


@GET_OR_POST
@scoped(ClientRelation, EDIT, related=(*OF_CLIENT, "other"))
def client_relation_remove(request: SignedIn, relation: ClientRelation) -> HttpResponse:
    client = relation.client

    def remove() -> Client:
        remove_relation(by=request.user, relation=relation)
        return client

    return _confirmed(request, client, remove, "移除家庭成员", str(relation))


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_consent(request: SignedIn, client: Client) -> HttpResponse:
    standing = set(client.consents.filter(withdrawn_on=None).values_list("kind", flat=True))
    form = ConsentForm(request.POST or None, request.FILES or None, standing=standing)
    if attempt(form, lambda: give_consent(by=request.user, client=client, **form.values())):
        return done(request, client, "知情同意已登记")
    return form_page(request, client, form, "登记知情同意", all_given=len(standing) == len(ConsentKind))


@GET_OR_POST
@scoped(Consent, EDIT, related=OF_CLIENT)
def client_consent_scan(request: SignedIn, consent: Consent) -> HttpResponse:
    """A paper that is scanned later."""
    form = ScanForm(request.POST or None, request.FILES or None)

    def put() -> Consent:
        attach(
            by=request.user,
            target=consent,
            unit=consent.client.station.unit,
            files=form.cleaned_data["scan"],
            slot=SCAN,
            is_demo=consent.client.is_demo,
            field="scan",
        )
        return consent

    if attempt(form, put):
        return done(request, consent.client, "扫描件已上传")
    return form_page(request, consent.client, form, "上传同意书扫描件", about=str(consent), submit_label="上传")


@GET_OR_POST
@scoped(Consent, EDIT, related=OF_CLIENT)
def client_consent_withdraw(request: SignedIn, consent: Consent) -> HttpResponse:
    form = WithdrawConsentForm(request.POST or None)
    if attempt(form, lambda: withdraw_consent(by=request.user, consent=consent, **form.cleaned_data)):
        return done(request, consent.client, "撤回已登记")
    hint = "撤回“接受服务和建档”后，不能再登记其服务、个案和探访；已有记录保留。"
    return form_page(
        request,
        consent.client,
        form,
        "登记撤回同意",
        about=str(consent),
        hint=hint,
        danger=True,
        submit_label="确认撤回",
    )


def _confirmed(request: SignedIn, client: Client, act: Callable[[], Client], title: str, about: str) -> HttpResponse:
    """A page that asks once more."""
    form = forms.Form(request.POST if request.method == "POST" else None)
    if attempt(form, act):
        return done(request, client, "已移除")
    return form_page(request, client, form, title, about=about, danger=True, submit_label="确认移除")
