"""The read-only data pages for administrators (/admin/), through the gate. Other rooms register with `GatedAdmin`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import AuditEvent, FormerCode, OrgUnit, Posting, User
from accounts.roles import Permission
from common.encrypted import EncryptedField

HIDDEN = frozenset({"password", "id_number_index"})


def _sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The product's own sign-in, so that lock-out and audit apply. Who is signed in already may not come in here."""
    if request.user.is_authenticated:
        raise PermissionDenied("数据后台只对管理员开放")
    return redirect("sign_in")


def _password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    return redirect("password_change")


admin.site.login = _sign_in  # type: ignore[method-assign,assignment]
admin.site.password_change = _password  # type: ignore[method-assign,assignment]
admin.site.site_header = "社站通数据后台（只读）"
admin.site.site_title = "社站通"
admin.site.index_title = "管辖范围内的数据"
admin.site.disable_action("delete_selected")
admin.site.unregister(Group)  # who may do what is a table in code (accounts.roles)


class GatedAdmin(admin.ModelAdmin):
    """Read only, rows through `visible_to`. Registered like any ModelAdmin: ``@admin.register(Station)``.

    `permission` is what it takes to see the rows: an administrator without VIEW_WORKERS sees no worker here either.
    Encrypted and secret fields are never shown. Filters must be plain fields with choices or booleans: a filter by a
    relation lists every related row, also those out of scope.
    """

    permission: Permission = Permission.VIEW
    show_full_result_count = False
    list_per_page = 50
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = self.model._default_manager.all().visible_to(request.user, self.permission)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            field.name
            for field in self.opts.concrete_fields
            if field.name not in HIDDEN and not isinstance(field, EncryptedField)
        ]

    def get_list_filter(self, request: HttpRequest) -> Any:
        for name in self.list_filter:
            if not isinstance(name, str) or self.opts.get_field(name).is_relation:
                raise ImproperlyConfigured(f"{type(self).__name__}: list_filter {name!r} would pass the gate by")
        return self.list_filter

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the declared filters: by default ?password__startswith= or any relation could be asked about."""
        return lookup.partition("__")[0] in self.list_filter

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff and bool(request.user.paths(self.permission))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FormerCodeInline(admin.TabularInline):
    model = FormerCode
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OrgUnit)
class OrgUnitAdmin(GatedAdmin):
    list_display = ["name", "level", "code", "initials", "is_virtual", "closed_on"]
    list_filter = ["level", "is_virtual"]
    search_fields = ["name", "code", "initials"]
    ordering = ["path"]
    inlines = [FormerCodeInline]


@admin.register(User)
class UserAdmin(GatedAdmin):
    permission = Permission.MANAGE_USERS
    list_display = ["username", "name", "phone", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["username", "name"]
    ordering = ["username"]


@admin.register(Posting)
class PostingAdmin(GatedAdmin):
    permission = Permission.MANAGE_USERS
    list_display = ["user", "role", "unit", "starts_on", "ends_on"]
    list_filter = ["role"]
    list_select_related = ["user", "unit"]
    search_fields = ["user__username", "user__name", "unit__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(AuditEvent)
class AuditEventAdmin(GatedAdmin):
    permission = Permission.VIEW_AUDIT
    list_display = ["at", "actor_name", "verb", "target_label", "ip"]
    search_fields = ["actor_name", "verb", "target_label"]
    ordering = ["-id"]
