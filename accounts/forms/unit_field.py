"""Picking a unit out of 45,000: a search box instead of a <select>."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.template import loader
from django.utils.safestring import SafeString

from accounts.links import url_or_empty
from accounts.models import OrgUnit
from accounts.queries.units import FoundUnit, found, matching
from accounts.roles import Permission

TEXT = "_text"  # the search box of field `unit` is named `unit_text`
LONGEST_KEY = 18


class Typed(str):
    """What was typed into the search box and not picked: a code or a name, never a key."""

    __slots__ = ()


class UnitPicker(forms.Widget):
    """A hidden key, a search box and its hits (templates/accounts/unit_picker.html).

    Without JavaScript the box takes a 12-digit code or a whole name. What is typed goes before what was picked.
    """

    template_name = "accounts/unit_picker.html"
    input_type = "search"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.queryset: QuerySet[OrgUnit] = OrgUnit.objects.none()
        self.permission = Permission.VIEW
        self.levels: tuple[int, ...] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        typed = (data.get(name + TEXT) or "").strip()
        return Typed(typed) if typed else (data.get(name) or "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and name + TEXT not in data

    def id_for_label(self, id_: str) -> str:
        return id_ + TEXT if id_ else id_

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """By the project's engine: Django's own form renderer knows neither our templates nor our tags."""
        return loader.render_to_string(self.template_name, self.get_context(name, value, attrs))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        unit = None
        if isinstance(value, OrgUnit):
            unit = value
        elif value and not isinstance(value, Typed) and str(value).isdigit() and len(str(value)) <= LONGEST_KEY:
            unit = self.queryset.filter(pk=int(value)).first()
        context["picker"] = picker_context(
            name,
            chosen=found([unit])[0] if unit else None,
            text=str(value) if isinstance(value, Typed) else "",
            element=context["widget"]["attrs"].get("id", ""),
            permission=self.permission,
            levels=self.levels,
            invalid="is-invalid" in context["widget"]["attrs"].get("class", ""),
            required=self.is_required,
        )
        return context


def picker_context(
    name: str,
    *,
    chosen: FoundUnit | None,
    text: str,
    element: str,
    permission: Permission,
    levels: Iterable[int],
    invalid: bool = False,
    required: bool = False,
    focus: bool = False,
) -> dict[str, Any]:
    """What templates/accounts/unit_picker.html shows; the view that answers the search builds the same."""
    query = urlencode({"name": name, "id": element, "permission": permission, "levels": ",".join(map(str, levels))})
    return {
        "name": name,
        "text_name": name + TEXT,
        "text": text,
        "chosen": chosen,
        "id": element,
        "text_id": element + TEXT,
        "url": f"{url_or_empty('unit_picker')}?{query}",
        "invalid": invalid,
        "required": required,
        "focus": focus,
    }


class UnitField(forms.Field):
    """A unit out of `queryset`, which the form sets from the gate: ``self.fields["unit"].limit(user, Permission.X)``.

    Cleans to an OrgUnit, or None when empty and not required. What lies outside the gate is “没有找到”, like what does
    not exist.
    """

    widget = UnitPicker

    def __init__(self, *, levels: Iterable[int] = (), **kwargs: Any) -> None:
        self.queryset: QuerySet[OrgUnit] = OrgUnit.objects.none()
        super().__init__(**{"label": "单位", **kwargs})
        self.levels = tuple(levels)

    def limit(
        self, user: Any, permission: Permission = Permission.VIEW, *, levels: Iterable[int] | None = None
    ) -> None:
        """Offer and accept only units where `user` holds `permission` (and of these levels)."""
        if levels is not None:
            self.levels = tuple(levels)
        self.queryset = OrgUnit.objects.visible_to(user, permission)
        if self.levels:
            self.queryset = self.queryset.filter(level__in=self.levels)
        self.widget.queryset, self.widget.permission, self.widget.levels = self.queryset, permission, self.levels

    def __deepcopy__(self, memo: Any) -> UnitField:
        copy = super().__deepcopy__(memo)
        copy.queryset = self.queryset.all()
        return copy

    def clean(self, value: Any) -> OrgUnit | None:
        if value in self.empty_values:
            if self.required:
                raise ValidationError("请选择单位", code="required")
            return None
        unit = self._typed(str(value)) if isinstance(value, Typed) else self._picked(str(value))
        if unit is None:
            raise ValidationError(f"没有找到“{str(value)[:20]}”，或不在您的管辖范围内", code="invalid")
        return unit

    def _picked(self, value: str) -> OrgUnit | None:
        if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_KEY):
            return None
        return self.queryset.filter(pk=int(value)).first()

    def _typed(self, text: str) -> OrgUnit | None:
        if text.isascii() and text.isdigit():
            return self.queryset.filter(code=text.ljust(12, "0")).first() if len(text) in (6, 9, 12) else None
        if "\x00" in text:
            return None
        same = list(self.queryset.filter(name=text, closed_on=None)[:6])
        if len(same) > 1:
            where = "；".join(hit.label + (f" {hit.code}" if hit.code else "") for hit in found(same))
            raise ValidationError(f"有多个单位叫“{text[:20]}”，请改用 12 位代码：{where}", code="ambiguous")
        if same:
            return same[0]
        hits = list(matching(self.queryset.filter(closed_on=None), text[:40])[:2])
        return hits[0] if len(hits) == 1 else None
