"""Read-only rows of documents and provisions for administrators."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import GatedAdmin
from policies.models import PolicyDocument, Provision


@admin.register(PolicyDocument)
class PolicyDocumentAdmin(GatedAdmin):
    list_display = ["number", "title", "issuer", "issued_on", "is_default"]
    list_filter = ["is_default"]
    list_select_related = ["issuer"]
    search_fields = ["number", "title"]
    ordering = ["-issued_on", "-id"]


@admin.register(Provision)
class ProvisionAdmin(GatedAdmin):
    list_display = ["kind", "document", "clause", "unit", "in_force_from", "in_force_to"]
    list_filter = ["kind"]
    list_select_related = ["document", "unit"]
    search_fields = ["document__number", "clause", "unit__name"]
    ordering = ["kind", "unit__path", "in_force_from"]
