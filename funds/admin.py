"""Read-only data pages of money, through the gate."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import GatedAdmin
from accounts.roles import Permission
from funds.models import Allocation, Entry, Explanation, Fund, FundForbiddenUse, FundReceipt, Spending, SpendingFlag


class MoneyAdmin(GatedAdmin):
    permission = Permission.VIEW_FUNDS


@admin.register(Fund)
class FundAdmin(MoneyAdmin):
    list_display = ["name", "source", "tier", "year", "unit", "document"]
    list_filter = ["source", "tier", "is_demo"]
    list_select_related = ["unit", "document"]
    search_fields = ["name"]
    ordering = ["-year", "id"]


@admin.register(Allocation)
class AllocationAdmin(MoneyAdmin):
    list_display = ["fund", "from_unit", "to_unit", "amount", "allocated_on", "received_on", "withdrawn_on"]
    list_select_related = ["fund", "from_unit", "to_unit"]
    search_fields = ["fund__name", "document_number"]
    ordering = ["-allocated_on", "-id"]


@admin.register(Spending)
class SpendingAdmin(MoneyAdmin):
    list_display = ["fund", "unit", "category", "spent_on", "amount", "payee", "voucher_number", "reversed_on"]
    list_filter = ["category", "beneficiary", "is_demo"]
    list_select_related = ["fund", "unit"]
    search_fields = ["payee", "voucher_number"]
    ordering = ["-spent_on", "-id"]


@admin.register(Entry)
class EntryAdmin(MoneyAdmin):
    list_display = ["on", "fund", "unit", "kind", "fen", "note"]
    list_filter = ["kind"]
    list_select_related = ["fund", "unit"]
    ordering = ["-on", "-id"]


@admin.register(FundReceipt)
class FundReceiptAdmin(MoneyAdmin):
    list_display = ["fund", "amount", "received_on", "document_number", "reversed_on"]
    list_select_related = ["fund"]
    search_fields = ["fund__name", "document_number"]
    ordering = ["-received_on", "-id"]


@admin.register(FundForbiddenUse)
class FundForbiddenUseAdmin(MoneyAdmin):
    list_display = ["fund", "category", "clause", "starts_on"]
    list_filter = ["category"]
    list_select_related = ["fund"]
    search_fields = ["fund__name"]
    ordering = ["-id"]


@admin.register(SpendingFlag)
class SpendingFlagAdmin(MoneyAdmin):
    list_display = ["spending", "kind", "category", "note", "flagged_on"]
    list_filter = ["kind"]
    list_select_related = ["spending"]
    search_fields = ["note"]
    ordering = ["-flagged_on", "-id"]


@admin.register(Explanation)
class ExplanationAdmin(MoneyAdmin):
    list_display = ["fund", "unit", "kind", "subject", "note", "explained_at"]
    list_filter = ["kind"]
    list_select_related = ["fund", "unit"]
    search_fields = ["note", "unit__name"]
    ordering = ["-id"]
