"""Service records and month locks in the read-only data pages."""

from django.contrib import admin

from accounts.admin import GatedAdmin
from accounts.roles import Permission
from services.models import MonthLock, ServiceRecord


@admin.register(ServiceRecord)
class ServiceRecordAdmin(GatedAdmin):
    permission = Permission.VIEW_RECORDS
    list_display = ["starts_on", "title", "station", "domain", "method", "contacts", "on_time", "voided_at"]
    list_select_related = ["station__unit"]
    list_filter = ["domain", "method", "on_time", "is_demo"]
    search_fields = ["title"]
    ordering = ["-starts_on", "-id"]


@admin.register(MonthLock)
class MonthLockAdmin(GatedAdmin):
    permission = Permission.VIEW_RECORDS
    list_display = ["station", "month", "locked_at", "reason"]
    list_select_related = ["station__unit"]
    ordering = ["-month", "-id"]
