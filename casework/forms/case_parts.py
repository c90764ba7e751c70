"""What the forms of cases share: parts of a page, fields, the station's workers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from casework.models.cases import TEXT
from services.queries import team_choices
from stations.models import Station

Group = tuple[str, list[forms.BoundField]]
LOOK_BACK = timedelta(days=62)  # whoever left within two months is still offered


def words_field(label: str, *, rows: int = 3, required: bool = False, most: int = TEXT, hint: str = "") -> Any:
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": most})
    return forms.CharField(label=label, required=required, widget=widget, help_text=hint)


def line_field(label: str, *, required: bool = False, most: int = 200, hint: str = "") -> Any:
    return forms.CharField(
        label=label, required=required, widget=forms.TextInput(attrs={"maxlength": most}), help_text=hint
    )


class CaseForm(forms.Form):
    """A form in parts. `parts`: title → names of fields; fields that no part names stand in the last one."""

    parts: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()

    @property
    def groups(self) -> list[Group]:
        named = {name for _, names in self.parts for name in names}
        rest = [field for field in self.visible_fields() if field.name not in named]
        found: list[Group] = [
            (title, [self[name] for name in names if name in self.fields]) for title, names in self.parts
        ]
        return [*found, ("", rest)] if rest else found


def workers_of(station: Station) -> Any:
    today = timezone.localdate()
    return team_choices(station, today - LOOK_BACK, today)
