"""Forms about evaluations and their frames."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.unit_field import UnitField
from accounts.models import Level, User
from accounts.roles import Permission
from agencies.actions import Item, Line, Marker, ToCorrect
from agencies.forms.agencies import start_with
from agencies.models import Advice, Conclusion, EvaluationFrame, EvaluationKind, FrameItem, Scorer
from common.forms import choices_of, day_field, note_field
from files.forms import FilesField
from files.kinds import BOTH
from policies.models import PolicyDocument

LINE = re.compile(r"\s*[\t|｜]\s*")


class MarkersField(forms.CharField):
    """One scorer a line: a name, and “@用户名” behind it for one who scores with an account."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **given: Any) -> None:
        super().__init__(
            label="评分人",
            help_text="每行一名。用本系统账号打分的写作“姓名 @用户名”，其分数只能由本人录入",
            **given,
        )
        self.user: Any = None

    def clean(self, value: Any) -> list[Marker]:
        markers = []
        for line in filter(None, (line.strip() for line in super().clean(value).splitlines())):
            name, _, username = (part.strip() for part in line.partition("@"))
            account = User.objects.visible_to(self.user).filter(username=username).first() if username else None
            if username and account is None:
                raise ValidationError(f"没有账号 {username[:30]}，或不在您的管辖范围内")
            markers.append(Marker(name or (account.name if account else ""), account))
        return markers


class OpenEvaluationForm(forms.Form):
    kind = forms.ChoiceField(label="评估类型", choices=EvaluationKind.choices, widget=forms.RadioSelect)
    frame = forms.ModelChoiceField(label="评估办法", queryset=EvaluationFrame.objects.none(), empty_label=None)
    on = day_field("开始日期")
    markers = MarkersField()

    def __init__(self, data: Any = None, *, user: User, frames: Any) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["frame"].queryset = frames
        fields["markers"].user = user


class ScoreForm(forms.Form):
    """One scorer's sheet: a number and a remark for each item of the frame."""

    def __init__(self, data: Any = None, *, scorer: Scorer, items: list[FrameItem]) -> None:
        super().__init__(data)
        self.items = items
        there = {score.item_id: score for score in scorer.scores.all()}
        for item in items:
            most = f"{item.max_score.normalize():f}"
            mine = there.get(item.pk)
            self.fields[f"score_{item.pk}"] = forms.DecimalField(
                label=f"{item.number}. {item.text}",
                required=False,
                min_value=0,
                max_value=item.max_score,
                max_digits=5,
                decimal_places=1,
                initial=mine.score if mine else None,
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.1", "min": "0", "max": most}),
                error_messages={"max_value": f"不能超过满分 {most}"},
            )
            self.fields[f"comment_{item.pk}"] = forms.CharField(
                label="说明",
                required=False,
                max_length=200,
                initial=mine.comment if mine else "",
                widget=forms.TextInput(attrs={"placeholder": "说明（可不填）"}),
            )

    def sections(self) -> list[tuple[str, list[tuple[FrameItem, forms.BoundField, forms.BoundField]]]]:
        """Dimension → its items with both fields, in the frame's order."""
        found: dict[str, list[Any]] = {}
        for item in self.items:
            row = (item, self[f"score_{item.pk}"], self[f"comment_{item.pk}"])
            found.setdefault(item.dimension, []).append(row)
        return list(found.items())

    def scores(self) -> dict[int, Decimal]:
        """What record_scores takes: items without a number are left out."""
        given = ((item.pk, self.cleaned_data[f"score_{item.pk}"]) for item in self.items)
        return {key: score for key, score in given if score is not None}

    def comments(self) -> dict[int, str]:
        return {item.pk: self.cleaned_data[f"comment_{item.pk}"] for item in self.items}


class CorrectionForm(forms.Form):
    text = forms.CharField(label="整改事项", max_length=200)
    due_on = day_field("整改期限", today=False)


class FinaliseForm(forms.Form):
    on = day_field("定稿日期")
    summary = forms.CharField(label="评估意见", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    corrections = forms.CharField(
        label="整改事项", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一项，写作“2026-12-31 补齐服务档案”；没有可不填",
    )  # fmt: skip
    uploads = FilesField(label="佐证材料", kinds=BOTH, required=False)

    def clean_corrections(self) -> list[ToCorrect]:
        found = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["corrections"].splitlines())):
            day, _, text = line.partition(" ")
            try:
                found.append(ToCorrect(text.strip(), forms.DateField().clean(day)))
            except ValidationError:
                raise ValidationError(f"“{line[:30]}”应以日期开头，如“2026-12-31 补齐服务档案”") from None
        return found


class DoneForm(forms.Form):
    on = day_field("完成日期")
    note = note_field("完成情况", required=True)


class LineForm(forms.Form):
    """The points from which one conclusion is reached; an empty one is not used."""

    at_least = forms.DecimalField(
        label="不低于（分）", required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    advice = forms.ChoiceField(label="付款建议", required=False, choices=choices_of(Advice.choices, "---------"))
    reduce_percent = forms.DecimalField(
        label="扣减（%）", required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )


def _line_of(item: FrameItem) -> str:
    return f"{item.dimension} | {item.text} | {item.max_score.normalize():f} | {item.weight.normalize():f}"


class FrameForm(forms.Form):
    """A frame: its items as lines of text that can be pasted from a sheet, its conclusions as rows."""

    issuer = UnitField(label="制定单位", levels=(Level.PROVINCE, Level.CITY, Level.COUNTY))
    title = forms.CharField(label="名称", max_length=80)
    document = forms.ModelChoiceField(
        label="依据文件", required=False, queryset=PolicyDocument.objects.none(), empty_label="不填"
    )
    clause = forms.CharField(label="条款", required=False, max_length=40)
    in_force_from = day_field("适用起", required=False, today=False, help_text="不填：自始")
    items = forms.CharField(
        label="指标", widget=forms.Textarea(attrs={"rows": 12}),
        help_text="每行一项：维度 | 指标 | 满分 | 权重；可从表格中粘贴",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, user: User, like: EvaluationFrame) -> None:
        super().__init__(data, initial={"items": "\n".join(map(_line_of, like.items.all()))})
        fields: dict[str, Any] = self.fields
        start_with(self, "issuer", user, Permission.ISSUE_STANDARD)
        fields["document"].queryset = PolicyDocument.objects.visible_to(user).filter(is_default=False)
        there = {line.conclusion: line for line in like.thresholds.all()}
        self.lines = [self._line(data, value, label, there.get(value)) for value, label in Conclusion.choices]

    @staticmethod
    def _line(data: Any, value: str, label: str, like: Any) -> tuple[str, str, LineForm]:
        initial = None
        if like:
            percent = like.reduce_percent or None
            initial = {"at_least": like.at_least, "advice": like.advice, "reduce_percent": percent}
        return value, label, LineForm(data, prefix=value, initial=initial)

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(form.is_valid() for _, _, form in self.lines)])

    def clean_items(self) -> list[Item]:
        found = []
        for number, line in enumerate(filter(str.strip, self.cleaned_data["items"].splitlines()), 1):
            parts = LINE.split(line.strip())
            try:
                dimension, text, most, weight = parts
                found.append(Item(dimension, text, Decimal(most), Decimal(weight)))
            except (ValueError, InvalidOperation):
                raise ValidationError(f"第 {number} 行应写作“维度 | 指标 | 满分 | 权重”，现为“{line[:40]}”") from None
        return found

    def values(self) -> dict[str, Any]:
        """What create_frame takes."""
        lines = [
            Line(value, row["at_least"], row["advice"], row["reduce_percent"] or Decimal(0))
            for value, row in ((value, form.cleaned_data) for value, _, form in self.lines)
            if row["at_least"] is not None
        ]
        return {**self.cleaned_data, "lines": lines}


class EndFrameForm(forms.Form):
    on = day_field("停用日期", help_text="含当日；已经开始的评估不受影响")
