"""The one gate (design.md idea 6): who sees which rows, and may do what with them.

Two questions, always in this order: is it in your subtree (no: 404), may your role do this (no: 403).
Views carry `@scoped` or `@permitted`; a test refuses a page without one. Rows come from `visible_to` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.roles import Permission
from common.paths import below, within

View = Callable[..., HttpResponseBase]


class GatedQuerySet(models.QuerySet):
    """A queryset whose rows lie in the org tree. `gate` is the lookup of the path column that places a row."""

    gate: ClassVar[str] = "path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        """Rows in any of the subtrees; none for no path."""
        condition = Q(pk__in=[])
        for path in paths:
            condition |= below(self.gate, path)
        return self.filter(condition)

    def under(self, unit: Any) -> Self:
        """Rows in the subtree of `unit` (an OrgUnit), itself included."""
        return self.in_paths([unit.path])

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        """Rows in the subtrees where `user` holds a current posting with `permission`."""
        return self.in_paths(user.paths(permission))


def gated(lookup: str) -> Any:
    """Manager of a model whose place in the tree is `lookup`, e.g. ``objects = gated("unit__path")``."""
    queryset: Any = type("GatedQuerySet", (GatedQuerySet,), {"gate": lookup})
    return queryset.as_manager()


def may(user: Any, permission: Permission, path: str) -> bool:
    """May `user` do this at the unit with `path`?"""
    return any(within(path, top) for top in user.paths(permission))


def require(user: Any, permission: Permission, path: str) -> None:
    """Raises PermissionDenied (403) unless `may`."""
    if not may(user, permission, path):
        raise PermissionDenied(f"您的角色没有“{permission.label}”的权限")


def path_of(obj: Any) -> str:
    """The path that places `obj`, by the gate lookup of its model's manager."""
    value: Any = obj
    for step in type(obj)._default_manager.all().gate.split("__"):
        value = getattr(value, step)
    return value


def places_of(obj: Any) -> list[str]:
    """The paths where the row lies: one, unless its model has `gate_paths` (a user has several postings)."""
    return obj.gate_paths() if hasattr(obj, "gate_paths") else [path_of(obj)]


def allowed(user: Any, permission: Permission, row: Any) -> bool:
    """May `user` do this with `row`, which they see? A model with `allows(user, permission)` answers itself.

    Such are rows that somebody may see without a posting at their place (an agency's contracts its members).
    """
    if hasattr(row, "allows"):
        return row.allows(user, permission)
    return any(may(user, permission, path) for path in places_of(row))


def scoped(
    model: type[models.Model], permission: Permission, *, kwarg: str = "pk", related: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """A page about one row: the view gets the visible row, not its key (else 404); `permission` there, else 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            manager: Any = model._default_manager
            rows = manager.all().visible_to(request.user)
            if related:
                rows = rows.select_related(*related)
            row = get_object_or_404(rows, pk=kwargs.pop(kwarg))
            if not allowed(request.user, permission, row):
                raise PermissionDenied(f"您的角色没有“{permission.label}”的权限")
            return view(request, row, *args, **kwargs)

        wrapper.gate = (model, permission)  # type: ignore[attr-defined]
        return wrapper

    return decorate


def permitted(permission: Permission, *, also: Callable[[Any], bool] | None = None) -> Callable[[View], View]:
    """A page that is not about one row: 403 unless the user holds `permission` somewhere, or `also(user)` is true."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user: Any = request.user
            if not user.paths(permission) and not (also and also(user)):
                raise PermissionDenied(f"您的角色没有“{permission.label}”的权限")
            return view(request, *args, **kwargs)

        wrapper.gate = (None, permission)  # type: ignore[attr-defined]
        return wrapper

    return decorate


def open_to_all(reason: str) -> Callable[[View], View]:
    """A page that needs no posting (one's own password, sign-in): says why, for the test that walks every URL."""

    def decorate(view: View) -> View:
        view.gate = (None, reason)  # type: ignore[attr-defined]
        return view

    return decorate
