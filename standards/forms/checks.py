"""The form of a check: one answer, a note and photos for each item that holds on the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from common.forms import day_field
from files.forms import FilesField
from files.kinds import IMAGES
from policies.models import Dimension
from standards.actions import Found
from standards.effective import Item, ItemKind, number_text, requirement
from standards.queries.citations import origin_source
from standards.scoring import Answer

PHOTOS = 3  # for one item at a time; more can be added by saving again
YES_NO = [("yes", "是"), ("no", "否")]


@dataclass(frozen=True)
class ItemFields:
    """An item with its bound fields, as the page lays it out."""

    name: str
    asked: str
    necessary: bool
    guidance: str
    unit_word: str
    source: dict[str, str] | None
    answer: forms.BoundField | None  # None for an item that only wants photos
    note: forms.BoundField
    photos: forms.BoundField
    photo_wanted: bool
    own: str  # what the station's self-check says
    files: list[Any]

    @property
    def open(self) -> bool:
        """Does the folded part need to be seen at once?"""
        return bool(self.photo_wanted or self.note.errors or self.photos.errors or self.note.value() or self.files)


class DayForm(forms.Form):
    """The day as of which a page answers; today when it is missing or wrong."""

    on = day_field("日期", required=False, today=False)

    def day(self, today: date) -> date:
        chosen = self.cleaned_data.get("on") if self.is_valid() else None
        return chosen if chosen and 1990 <= chosen.year <= 2099 else today


class CheckForm(forms.Form):
    """`items` hold on the day of the check; `answers` stand in it already (code → answer)."""

    checked_on = day_field("检查日期")
    comment = forms.CharField(
        label="总体意见", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        items: Sequence[Item],
        answers: Mapping[str, Answer],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, files, initial=initial)
        self.items = items
        for item in items:
            self._add(item, answers.get(item.code))

    def _add(self, item: Item, answer: Answer | None) -> None:
        code, kind = item.code, item.demand.kind
        if kind != ItemKind.PHOTO:
            field = _answer_field(item)
            field.initial = _initial(item, answer)
            self.fields[f"answer_{code}"] = field
        self.fields[f"note_{code}"] = forms.CharField(
            label="说明", required=False, max_length=300, initial=answer.note if answer else "",
            widget=forms.TextInput(attrs={"aria-label": f"{item.demand.name}：说明"}),
        )  # fmt: skip
        self.fields[f"photos_{code}"] = FilesField(
            label="照片", required=False, kinds=IMAGES, max_files=PHOTOS, help_text=" "
        )

    def found(self) -> dict[str, Found]:
        """What the action takes."""
        values = self.cleaned_data
        result = {}
        for item in self.items:
            answer = values.get(f"answer_{item.code}")
            kind = item.demand.kind
            result[item.code] = Found(
                yes={"yes": True, "no": False}.get(answer or "") if kind == ItemKind.YES_NO else None,
                number=answer if kind == ItemKind.NUMBER else None,
                choice=answer or "" if kind == ItemKind.CHOICE else "",
                note=values[f"note_{item.code}"],
                photos=values[f"photos_{item.code}"],
            )
        return result

    def groups(
        self, own: Mapping[str, Answer], files: Mapping[str, list[Any]]
    ) -> Iterator[tuple[Dimension, list[ItemFields]]]:
        """The four dimensions with their items. `own`: the self-check's answers; `files`: photos that are there."""
        for dimension in Dimension:
            rows = [
                self._laid_out(item, own, files.get(item.code, []))
                for item in self.items
                if item.demand.dimension == dimension
            ]
            yield dimension, rows

    def _laid_out(self, item: Item, own: Mapping[str, Answer], files: list[Any]) -> ItemFields:
        demand, code = item.demand, item.code
        there = own.get(code)
        return ItemFields(
            name=demand.name,
            asked=requirement(demand),
            necessary=demand.necessary,
            guidance=demand.guidance,
            unit_word=demand.unit_word,
            source=origin_source(item.least_by),
            answer=self[f"answer_{code}"] if demand.kind != ItemKind.PHOTO else None,
            note=self[f"note_{code}"],
            photos=self[f"photos_{code}"],
            photo_wanted=demand.photo_required,
            own=there.words(item) if there else "",
            files=files,
        )


def _answer_field(item: Item) -> forms.Field:
    name, kind = item.demand.name, item.demand.kind
    if kind == ItemKind.YES_NO:
        return forms.ChoiceField(label=name, required=False, choices=YES_NO, widget=forms.RadioSelect)
    if kind == ItemKind.CHOICE:
        choices = [(option, option) for option in item.demand.options]
        return forms.ChoiceField(label=name, required=False, choices=choices, widget=forms.RadioSelect)
    # Text, so that a wrong number comes back as it was typed; the action says what is wrong with it.
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=name, required=False, max_length=40, widget=widget)


def _initial(item: Item, answer: Answer | None) -> Any:
    value = answer.value(item.demand.kind) if answer else None
    if value is None:
        return None
    if item.demand.kind == ItemKind.YES_NO:
        return "yes" if value else "no"
    return number_text(value) if item.demand.kind == ItemKind.NUMBER else value  # type: ignore[arg-type]
