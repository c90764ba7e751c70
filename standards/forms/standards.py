"""Forms about standards: the paper they rest on, one item, a whole version, ending."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypedDict

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import OrgUnit, User
from common.forms import PlainSelect, choices_of, day_field, note_field
from policies.models import Dimension, PolicyDocument
from standards.actions import ItemDraft, as_draft, tightening
from standards.effective import Demand, Item, ItemKind, number_text
from standards.models import StandardItem

STATES = [("now", "现行"), ("ahead", "未施行"), ("over", "已失效")]


class NewPaper(TypedDict):
    """A document that is not recorded yet, for policies.actions.add_document."""

    number: str
    title: str
    issued_on: Any


class DocumentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: PolicyDocument) -> str:
        return f"{obj.number} {obj.title}"


class PaperForm(forms.Form):
    """The document of the unit on which a version rests: one that is recorded, or a new one; and from when it holds."""

    document = DocumentField(
        label="依据文件", required=False, queryset=PolicyDocument.objects.none(), empty_label="---------"
    )
    number = forms.CharField(
        label="新文件文号", required=False, max_length=60, help_text="上面没有的文件：填写文号、标题和发文日期"
    )
    document_title = forms.CharField(label="新文件标题", required=False, max_length=200)
    issued_on = day_field("新文件发文日期", required=False, today=False)
    starts_on = forms.DateField(
        label="施行日期", widget=forms.DateInput, initial=timezone.localdate, help_text="自该日起按新要求判定，此前不变"
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, user: User, unit: OrgUnit, expected: int, **kwargs: Any) -> None:
        initial = {"expected": expected, **kwargs.pop("initial", {})}
        super().__init__(data, initial=initial, **kwargs)
        papers = PolicyDocument.objects.visible_to(user).filter(issuer=unit, is_default=False)
        fields: dict[str, Any] = self.fields
        fields["document"].queryset = papers.order_by("-issued_on", "-pk")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        new = [values.get(name) for name in ("number", "document_title", "issued_on")]
        if values.get("document") and any(new):
            raise ValidationError({"document": "已选文件和新文件只能填一种"})
        if not values.get("document") and not all(new) and not self.errors:
            raise ValidationError({"document": "请选择依据文件；没有的，填写新文件的文号、标题和发文日期"})
        return values

    def new_paper(self) -> NewPaper | None:
        values = self.cleaned_data
        if values["document"]:
            return None
        return NewPaper(number=values["number"], title=values["document_title"], issued_on=values["issued_on"])


def _least_choices(options: Sequence[str]) -> list[tuple[str, str]]:
    return [(str(index), option) for index, option in enumerate(options) if index]


class ItemForm(PaperForm):
    """One item: a new one, or what may be changed of one that is asked already.

    `standing` holds for the unit now; `own` is the unit's row on it, if it has one. Of an item that a unit above set,
    only what tightens it is offered.
    """

    name = forms.CharField(label="项目", max_length=60)
    dimension = forms.ChoiceField(label="维度", choices=Dimension.choices, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="填报方式", choices=ItemKind.choices, widget=forms.RadioSelect)
    unit_word = forms.CharField(
        label="计量单位", required=False, max_length=10, help_text="数值项填写，如 平方米、名、台"
    )
    minimum = forms.CharField(
        label="最低值", required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    options = forms.CharField(
        label="选项", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="选项项填写，由低到高，每行一个",
    )  # fmt: skip
    least_option = forms.CharField(label="最低可接受的选项", required=False, max_length=40)
    least = forms.ChoiceField(label="最低可接受的选项", choices=[])
    necessary = forms.BooleanField(label="必备项（不达到，该维度即不达标）", required=False)
    photo_required = forms.BooleanField(label="须附照片", required=False)
    weight = forms.CharField(
        label="权重", initial="1", max_length=10, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    guidance = forms.CharField(
        label="填报说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    clause = forms.CharField(label="条款", required=False, max_length=40, help_text="如 三(一)")

    field_order = [
        "name", "dimension", "kind", "unit_word", "minimum", "options", "least_option", "least", "necessary",
        "photo_required", "weight", "guidance", "document", "number", "document_title", "issued_on", "clause",
        "starts_on",
    ]  # fmt: skip

    def __init__(
        self, data: Any = None, *, standing: Item | None, own: StandardItem | None, unit: OrgUnit, **kwargs: Any
    ) -> None:
        self.standing, self.own, self.unit = standing, own, unit
        super().__init__(data, unit=unit, initial=self._initial(), **kwargs)
        drop = {"least"} if standing is None else set(self._fixed(standing.demand))
        for name in drop:
            del self.fields[name]
        if "minimum" in self.fields and standing is not None:
            self.fields["minimum"].label = f"最低值（{standing.demand.unit_word}）"
        if "least" in self.fields and standing is not None:
            fields: dict[str, Any] = self.fields
            fields["least"].choices = _least_choices(standing.demand.options)

    @property
    def is_own(self) -> bool:
        """Did the unit itself set the item (or is it a default's, which gives way)?"""
        origin = self.standing.set_by if self.standing else None
        return origin is None or origin.is_default or origin.issuer_id == self.unit.pk

    def _fixed(self, demand: Demand) -> list[str]:
        """The fields that are not offered for an item that is asked already."""
        names = ["dimension", "kind", "unit_word", "options", "least_option"]
        if not self.is_own:
            names += ["name", "weight"]
        if demand.kind != ItemKind.NUMBER:
            names.append("minimum")
        if demand.kind != ItemKind.CHOICE:
            names.append("least")
        if demand.kind == ItemKind.PHOTO:
            names.append("photo_required")
        return names

    def _initial(self) -> dict[str, Any]:
        if self.standing is None:
            return {}
        demand = self.standing.demand
        return {
            "name": demand.name,
            "minimum": number_text(demand.minimum) if demand.minimum is not None else "",
            "least": str(demand.least),
            "necessary": demand.necessary,
            "photo_required": demand.photo_required,
            "weight": number_text(demand.weight),
            "guidance": demand.guidance if self.own else "",
            "clause": self.own.clause if self.own else "",
        }

    def draft(self, code: str, order: int) -> ItemDraft:
        """The item as the action takes it; `code` and `order` for a new one."""
        values = self.cleaned_data
        if self.standing is None:
            options = [line.strip() for line in values["options"].splitlines() if line.strip()]
            least = options.index(values["least_option"]) if values["least_option"] in options else None
            return ItemDraft(
                code=code,
                order=order,
                least=least,
                options=options,
                minimum=values["minimum"] or None,
                **{name: values[name] for name in SAME},
            )
        base = as_draft(self.own) if self.own else tightening(self.standing)
        changed = {name: values[name] for name in SAME if name in values}
        if "minimum" in values:
            changed["minimum"] = values["minimum"] or None
        if "least" in values:
            changed["least"] = int(values["least"])
        return ItemDraft(
            **{name: getattr(base, name) for name in ItemDraft.__dataclass_fields__ if name != "document"} | changed
        )


SAME = ("name", "dimension", "kind", "unit_word", "necessary", "photo_required", "weight", "guidance", "clause")


class VersionForm(PaperForm):
    """A whole new version: which of the unit's own items (or the default's) go on."""

    title = forms.CharField(label="标准名称", max_length=120)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2099)
    keep = forms.MultipleChoiceField(label="保留的项目", widget=forms.CheckboxSelectMultiple)

    field_order = ["title", "year", "document", "number", "document_title", "issued_on", "starts_on", "keep"]

    def __init__(self, data: Any = None, *, rows: Sequence[StandardItem], unit: OrgUnit, **kwargs: Any) -> None:
        self.rows = rows
        initial = {"keep": [row.code for row in rows], "year": timezone.localdate().year}
        super().__init__(data, unit=unit, initial=initial | kwargs.pop("initial", {}), **kwargs)
        fields: dict[str, Any] = self.fields
        fields["keep"].choices = [(row.code, row.name) for row in rows]

    def items(self, *, papers_go_on: bool) -> list[ItemDraft]:
        """The kept items. `papers_go_on`: each stays with the document that set it, else the version's sets it."""
        kept = set(self.cleaned_data["keep"])
        drafts = [as_draft(row) for row in self.rows if row.code in kept]
        return drafts if papers_go_on else [dataclasses.replace(row, document=None, clause="") for row in drafts]


class EndForm(forms.Form):
    """The first day without the standard."""

    on = forms.DateField(label="失效日期", widget=forms.DateInput, help_text="自该日起不再适用；此前的仍适用")
    reason = note_field("理由", required=True)


class StandardFilter(forms.Form):
    """`unit` comes resolved through the gate."""

    state = forms.ChoiceField(label="状态", required=False, choices=choices_of(STATES), widget=PlainSelect)

    @property
    def state_(self) -> str:
        return self.cleaned_data["state"] if self.is_valid() else ""
