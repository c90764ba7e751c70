"""What a kind of provision is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from policies.deadlines import Deadline
from policies.kinds.parameters import Parameter, Parameters
from policies.models import ProvisionKind


@dataclass(frozen=True)
class Kind:
    """A kind of provision.

    `subject` names the parameters that tell rows of one kind apart (each dimension has its own row). `inherited` is
    False where a row governs its own unit only (a county's target is not each township's). `deadline` says how due
    dates follow, where they do.
    """

    kind: ProvisionKind
    rule: str
    parameters: tuple[Parameter, ...]
    sentence: Callable[[Parameters], str]
    subject: tuple[str, ...] = ()
    inherited: bool = True
    check: Callable[[dict[str, Any]], None] | None = None
    arises: str = "统计按当月最后一天"  # on which day what it governs arises, in words
    deadline: Deadline | None = None

    @property
    def label(self) -> str:
        return str(self.kind.label)

    @property
    def judged_again(self) -> bool:
        """Does a new row change what was judged before?"""
        return self.deadline is not None and self.deadline.judged_again

    def clean(self, raw: Parameters) -> dict[str, Any]:
        """Checked JSON parameters, empty ones left out. ValidationError({parameter: 中文说明}), all of them at once."""
        errors: dict[str, list[str]] = {}
        values: dict[str, Any] = {}
        for parameter in self.parameters:
            try:
                value = parameter.clean(raw.get(parameter.name))
            except ValidationError as error:
                errors[parameter.name] = error.messages
                continue
            if value is not None:
                values[parameter.name] = value
        unknown = sorted(set(raw) - {parameter.name for parameter in self.parameters})
        if unknown:
            errors.setdefault("kind", []).append(f"“{self.label}”没有参数 {'、'.join(unknown)}")
        if errors:
            raise ValidationError(errors)
        if self.check:
            self.check(values)
        return values

    def subject_of(self, parameters: Parameters) -> str:
        """What tells this row from others of its kind; "" where the kind has one row."""
        return " ".join(str(parameters.get(name, "")) for name in self.subject)

    def in_order(self, subjects: Iterable[str]) -> list[str]:
        """Subjects in the order of the choices; due dates by date."""
        choices = [value for parameter in self.parameters for value, _ in parameter.offered]
        return sorted(subjects, key=lambda subject: (choices.index(subject) if subject in choices else -1, subject))
