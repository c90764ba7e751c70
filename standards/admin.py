"""Read-only data pages of standards, checks and registers, through the gate."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import GatedAdmin
from standards.models import (
    Asset,
    Check,
    DimensionScore,
    Institution,
    ItemFailure,
    Sign,
    StageProposal,
    StageSpell,
    Standard,
)


@admin.register(Standard)
class StandardAdmin(GatedAdmin):
    list_display = ["title", "issuer", "year", "version", "starts_on", "ends_on", "document"]
    list_filter = ["is_default", "year"]
    list_select_related = ["issuer", "document"]
    search_fields = ["title", "issuer__name"]
    ordering = ["issuer__path", "-starts_on"]


@admin.register(Check)
class CheckAdmin(GatedAdmin):
    list_display = ["station", "kind", "state", "checked_on", "submitted_by"]
    list_filter = ["kind", "state"]
    list_select_related = ["station__unit", "submitted_by"]
    search_fields = ["station__unit__name"]
    ordering = ["-checked_on", "-id"]


@admin.register(DimensionScore)
class DimensionScoreAdmin(GatedAdmin):
    list_display = ["station", "dimension", "earned", "possible", "failing", "starts_on", "ends_on"]
    list_filter = ["dimension"]
    list_select_related = ["station__unit"]
    search_fields = ["station__unit__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(ItemFailure)
class ItemFailureAdmin(GatedAdmin):
    list_display = ["station", "name", "necessary", "reason", "citation", "starts_on", "ends_on"]
    list_filter = ["dimension", "necessary"]
    list_select_related = ["station__unit"]
    search_fields = ["station__unit__name", "name"]
    ordering = ["-starts_on", "-id"]


@admin.register(Asset)
class AssetAdmin(GatedAdmin):
    list_display = ["name", "station", "category", "quantity", "state", "starts_on", "ends_on"]
    list_filter = ["category", "state", "source"]
    list_select_related = ["station__unit"]
    search_fields = ["name", "station__unit__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(Institution)
class InstitutionAdmin(GatedAdmin):
    list_display = ["name", "station", "kind", "on_wall", "starts_on", "ends_on"]
    list_filter = ["kind", "on_wall"]
    list_select_related = ["station__unit"]
    search_fields = ["name", "station__unit__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(Sign)
class SignAdmin(GatedAdmin):
    list_display = ["name", "station", "kind", "state", "starts_on", "ends_on"]
    list_filter = ["kind", "state"]
    list_select_related = ["station__unit"]
    search_fields = ["name", "station__unit__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(StageProposal)
class StageProposalAdmin(GatedAdmin):
    list_display = ["station", "stage", "state", "proposed_on", "decided_on", "confirmed_on"]
    list_filter = ["state", "stage"]
    list_select_related = ["station__unit"]
    search_fields = ["station__unit__name"]
    ordering = ["-proposed_on", "-id"]


@admin.register(StageSpell)
class StageSpellAdmin(GatedAdmin):
    list_display = ["station", "stage", "starts_on", "ends_on"]
    list_filter = ["stage"]
    list_select_related = ["station__unit"]
    search_fields = ["station__unit__name"]
    ordering = ["-starts_on", "-id"]
