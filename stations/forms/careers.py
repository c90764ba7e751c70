"""Forms about a worker's career: certificates, leaving, evaluation, rewards, and seeing the whole number."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from common.forms import choices_of, day_field, note_field
from files.forms import FilesField
from stations.models import Certificate, CertificateLevel, Grade, LeavingReason, RewardLevel

SCANS = "证书扫描件"


class CertificateForm(forms.Form):
    level = forms.ChoiceField(label="证书级别", choices=CertificateLevel.choices, widget=forms.RadioSelect)
    number = forms.CharField(label="证书编号", max_length=40, help_text="证书上的管理号或证书编号")
    issued_on = day_field("发证日期", today=False)
    registered_on = day_field("登记日期", required=False, today=False)
    valid_until = day_field("登记有效期至", required=False, today=False, help_text="含当日；没有登记的留空")
    accept_expired = forms.BooleanField(label="有效期已过，仍然登记（不计入持证）", required=False)
    scans = FilesField(label=SCANS, required=False, max_files=4)


class RenewalForm(forms.Form):
    """Registers one of the worker's certificates again; `expected` is the end that the user saw for each."""

    certificate = forms.ChoiceField(label="证书")
    registered_on = day_field("登记日期")
    valid_until = day_field("新的登记有效期至", today=False, help_text="含当日")
    scans = FilesField(label=SCANS, required=False, max_files=4)
    expected = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def __init__(self, data: Any, files: Any, *, certificates: list[Certificate], ends: dict[int, date | None]) -> None:
        seen = ",".join(f"{key}:{end or ''}" for key, end in ends.items())
        super().__init__(data, files, initial={"expected": seen})
        self._certificates = {str(row.pk): row for row in certificates}
        fields: dict[str, Any] = self.fields
        fields["certificate"].choices = [
            (key, f"{row}（{f'有效期至 {ends[row.pk]}' if ends[row.pk] else '未登记有效期'}）")
            for key, row in self._certificates.items()
        ]

    def values(self) -> dict[str, Any]:
        """What renew_certificate takes."""
        given = self.cleaned_data
        seen = dict(pair.split(":", 1) for pair in given["expected"].split(",") if ":" in pair)
        end = seen.get(given["certificate"], "")
        return {
            "certificate": self._certificates[given["certificate"]],
            "registered_on": given["registered_on"],
            "valid_until": given["valid_until"],
            "scans": given["scans"],
            "expected": _day(end),
        }


def _day(text: str) -> date | None:
    """The day that the form carried; what was tampered with is a day that never was an end."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return date.min


class LeaveForm(forms.Form):
    """Posting, employment and supervision end together."""

    on = day_field("离职日期", help_text="不含当日：填离开后的第一天。驻站、聘用和督导同时结束")
    reason = forms.ChoiceField(label="离职原因", choices=choices_of(LeavingReason.choices, "---------"))
    note = note_field()


class EndForm(forms.Form):
    """The day on which an employment or a posting ends, and why."""

    on = day_field("结束日期", help_text="不含当日：填离开后的第一天")
    reason = forms.ChoiceField(label="原因", choices=choices_of(LeavingReason.choices, "---------"), required=False)
    note = note_field()


class EvaluationForm(forms.Form):
    year = forms.IntegerField(label="年度", initial=lambda: timezone.localdate().year)
    grade = forms.ChoiceField(label="等次", choices=Grade.choices, widget=forms.RadioSelect)
    score = forms.DecimalField(label="得分", required=False, help_text="百分制，可不填")
    evaluator = forms.CharField(label="考核单位", max_length=80)
    on = day_field("考核日期")
    comment = forms.CharField(label="评语", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class RewardForm(forms.Form):
    title = forms.CharField(label="名称", max_length=80, help_text="如：优秀社会工作者")
    level = forms.ChoiceField(label="级别", choices=choices_of(RewardLevel.choices, "---------"))
    granted_by = forms.CharField(label="授予单位", max_length=80)
    on = day_field("授予日期", today=False)


class RevealForm(forms.Form):
    reason = note_field("查看理由", required=True)
