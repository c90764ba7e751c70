"""Read-only data pages of the reporting room."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import GatedAdmin
from accounts.roles import Permission
from reporting.models import MonthlyReport, UnitMonth


@admin.register(UnitMonth)
class UnitMonthAdmin(GatedAdmin):
    list_display = ("unit", "month", "computed_at")
    ordering = ("-month", "unit__path")
    list_select_related = ("unit",)


@admin.register(MonthlyReport)
class MonthlyReportAdmin(GatedAdmin):
    permission = Permission.VIEW_RECORDS
    list_display = ("station", "month", "state", "submitted_at", "on_time")
    list_filter = ("state", "on_time")
    list_select_related = ("station__unit",)
