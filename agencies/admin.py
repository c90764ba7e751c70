"""Read-only data pages of agencies, procurements, contracts and evaluations, through the gate."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import GatedAdmin
from accounts.roles import Permission
from agencies.models import (
    Agency,
    AgencyGrade,
    AgencyMember,
    Blacklisting,
    Contract,
    ContractStation,
    ContractTerm,
    Evaluation,
    EvaluationFrame,
    Payment,
    Procurement,
)


class ContractsAdmin(GatedAdmin):
    permission = Permission.VIEW_CONTRACTS


@admin.register(Agency)
class AgencyAdmin(ContractsAdmin):
    list_display = ["name", "kind", "credit_code", "unit", "registered_on"]
    list_filter = ["kind", "is_demo"]
    list_select_related = ["unit"]
    search_fields = ["name", "credit_code"]
    ordering = ["name", "id"]


@admin.register(AgencyGrade)
class AgencyGradeAdmin(ContractsAdmin):
    list_display = ["agency", "grade", "starts_on", "ends_on"]
    list_filter = ["grade"]
    list_select_related = ["agency"]
    search_fields = ["agency__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(Blacklisting)
class BlacklistingAdmin(ContractsAdmin):
    list_display = ["agency", "starts_on", "ends_on", "reason", "document"]
    list_select_related = ["agency"]
    search_fields = ["agency__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(AgencyMember)
class AgencyMemberAdmin(ContractsAdmin):
    list_display = ["agency", "user", "starts_on", "ends_on"]
    list_select_related = ["agency", "user"]
    search_fields = ["agency__name", "user__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(Procurement)
class ProcurementAdmin(ContractsAdmin):
    list_display = ["name", "buyer", "method", "budget", "announced_on", "outcome", "winner"]
    list_filter = ["method", "outcome", "is_demo"]
    list_select_related = ["buyer", "winner"]
    search_fields = ["name", "buyer__name"]
    ordering = ["-announced_on", "-id"]


@admin.register(Contract)
class ContractAdmin(ContractsAdmin):
    list_display = ["number", "title", "agency", "buyer", "starts_on", "ends_on", "amount"]
    list_filter = ["is_demo"]
    list_select_related = ["agency", "buyer"]
    search_fields = ["number", "title", "agency__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(ContractStation)
class ContractStationAdmin(ContractsAdmin):
    list_display = ["contract", "station", "starts_on", "ends_on", "amount"]
    list_select_related = ["contract", "station__unit"]
    search_fields = ["contract__number", "station__unit__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(ContractTerm)
class ContractTermAdmin(ContractsAdmin):
    list_display = ["contract", "number", "starts_on", "ends_on"]
    list_select_related = ["contract"]
    search_fields = ["contract__number"]
    ordering = ["-starts_on", "-id"]


@admin.register(Payment)
class PaymentAdmin(ContractsAdmin):
    list_display = ["contract", "number", "planned_on", "amount", "condition", "paid_on", "paid_amount"]
    list_filter = ["condition"]
    list_select_related = ["contract"]
    search_fields = ["contract__number"]
    ordering = ["-planned_on", "-id"]


@admin.register(EvaluationFrame)
class EvaluationFrameAdmin(GatedAdmin):
    list_display = ["title", "issuer", "document", "in_force_from", "in_force_to", "is_default"]
    list_filter = ["is_default"]
    list_select_related = ["issuer", "document"]
    search_fields = ["title"]
    ordering = ["issuer__path", "id"]


@admin.register(Evaluation)
class EvaluationAdmin(ContractsAdmin):
    list_display = ["term", "kind", "step", "total", "conclusion", "finalised_on"]
    list_filter = ["kind", "step", "conclusion", "is_demo"]
    list_select_related = ["term__contract"]
    search_fields = ["term__contract__number"]
    ordering = ["-opened_on", "-id"]
