"""Stages of a station (R9): which tasks a stage has, and by what a task counts as done.

What can be asked about a station is known in the rooms above: they `offer` it when the program starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from policies.kinds.base import Kind
from policies.kinds.parameters import Parameter, Parameters, ParameterType, number
from policies.models import ProvisionKind
from policies.stages import StageTask

AT_LEAST, AT_MOST = "AT_LEAST", "AT_MOST"
COMPARISONS = ((AT_LEAST, "不低于"), (AT_MOST, "不高于"))
MOST = 1_000_000


@dataclass(frozen=True)
class Asked:
    """Something that can be asked about a station. `unit` is that of its number; "" where the answer is yes or no.

    `monthly`: it is summed over the last months, whose number the provision sets.
    """

    key: str
    label: str
    unit: str = ""
    monthly: bool = False


ASKED: dict[str, Asked] = {}


def offer(*questions: Asked) -> None:
    """Let provisions ask this. Raises ValueError for a key that is taken."""
    for asked in questions:
        if asked.key in ASKED:
            raise ValueError(f"{asked.key} is offered twice")
        ASKED[asked.key] = asked


def offered() -> tuple[tuple[str, str], ...]:
    """What may be asked, for a select."""
    return tuple((asked.key, asked.label + (f"（{asked.unit}）" if asked.unit else "")) for asked in ASKED.values())


def _check(values: dict[str, Any]) -> None:
    """A number where a number is asked for, and only there."""
    asked = ASKED[values["asked"]]
    if asked.unit:
        missing = [name for name in ("comparison", "number") if name not in values]
        if missing:
            raise ValidationError(dict.fromkeys(missing, f"“{asked.label}”须设比较和数值"))
    else:
        values.pop("comparison", None)
        values.pop("number", None)
    if not asked.monthly:
        values.pop("months", None)
    elif "months" not in values:
        raise ValidationError({"months": f"“{asked.label}”按月累计，请填写月数"})


def _criterion(p: Parameters) -> str:
    return f"“{StageTask(p['task']).label}”：{criterion_words(p)}"


def criterion_words(p: Parameters) -> str:
    """What a criterion demands: “近3个月持证率不低于60%”."""
    asked = ASKED.get(p["asked"])
    if asked is None:  # of a figure that the program has no more
        return f"{p['asked']}（已不再统计）"
    span = f"近{p['months']}个月" if asked.monthly else ""
    if not asked.unit:
        return f"{span}{asked.label}"
    return f"{span}{asked.label}{dict(COMPARISONS)[p['comparison']]}{p['number']}{asked.unit}"


def _task(p: Parameters) -> str:
    task = StageTask(p["task"])
    return f"{task.stage.label}的任务包括“{task.label}”"


_TASK = Parameter("task", "任务", ParameterType.CHOICE, choices=tuple(StageTask.choices))

STAGE_KINDS = (
    Kind(ProvisionKind.STAGE_TASK, "R9", (_TASK,), _task, subject=("task",), arises="阶段按评定之日"),
    Kind(
        ProvisionKind.STAGE_CRITERION,
        "R9",
        (
            _TASK,
            Parameter("asked", "评定内容", ParameterType.CHOICE, choices=offered),
            Parameter("comparison", "比较", ParameterType.CHOICE, required=False, choices=COMPARISONS),
            number("number", "数值", 0, MOST, required=False, help="百分数写整数，如 60；是否类的不填"),
            number("months", "近几个月累计", 1, 24, 3, required=False, help="按月统计的才填"),
        ),
        _criterion,
        subject=("task", "asked"),
        check=_check,
        arises="阶段按评定之日",
    ),
)
