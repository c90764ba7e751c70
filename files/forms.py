"""Choosing files on a form, and taking one back with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.forms import note_field
from files.checks import CheckedFile, checked, most_bytes, size_words
from files.kinds import BOTH, DOCUMENTS, IMAGES, FileKind, kinds_words

MOST = 9


class FilesInput(forms.FileInput):
    """A picker of several files. A phone offers camera and album alike: nothing forces the camera."""

    allow_multiple_selected = True

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """A browser does not choose the files again when the form comes back with errors: say so, else they are
        missed only later."""
        picker = super().render(name, None, attrs, renderer)
        lost = len(value) if isinstance(value, list) else 0
        if not lost:
            return picker
        return picker + format_html('<div class="files-lost">刚才选择的 {} 个文件没有保存，请重新选择</div>', lost)


class FilesField(forms.FileField):
    """Checked uploads: cleans to a list of CheckedFile, for `files.actions.attach`; [] when nothing was chosen."""

    widget = FilesInput

    def __init__(
        self, *, kinds: frozenset[FileKind] = BOTH, max_files: int = MOST, help_text: str = "", **kwargs: Any
    ) -> None:
        self.kinds, self.max_files = kinds, max_files
        super().__init__(help_text=help_text or limits_words(kinds, max_files), **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        accepted = ",".join(f"{kind.content_type},{kind.extension}" for kind in FileKind if kind in self.kinds)
        several = {"multiple": True} if self.max_files > 1 else {}
        return {**super().widget_attrs(widget), "accept": accepted, **several}

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was chosen: the widget says that it is lost when the form comes back."""
        return data

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:  # type: ignore[override]
        chosen = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not chosen and self.required:
            raise ValidationError("请选择文件", code="required")
        if len(chosen) > self.max_files:
            raise ValidationError(f"最多选择 {self.max_files} 个文件，这次选了 {len(chosen)} 个")
        ready, problems = [], []
        for upload in chosen:
            try:
                ready.append(checked(upload, self.kinds))
            except ValidationError as error:
                problems += error.messages
        if problems:
            raise ValidationError(problems)
        return ready


def limits_words(kinds: frozenset[FileKind], max_files: int) -> str:
    """“可选 9 个以内；JPEG、PNG、WebP 每个不超过 15 MB”"""
    count = f"最多 {max_files} 个；" if max_files > 1 else "1 个文件；"
    parts = [
        f"{kinds_words(kinds & group)} 每个不超过 {size_words(most_bytes(next(iter(group))))}"
        for group in (IMAGES, DOCUMENTS)
        if kinds & group
    ]
    return count + "，".join(parts) + ("。照片自动压缩，去除位置和设备信息" if kinds & IMAGES else "")


class RemoveForm(forms.Form):
    reason = note_field("移除理由", required=True)
