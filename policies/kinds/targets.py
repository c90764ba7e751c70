"""Targets of building (R1, R2); a row governs its own unit only."""

from __future__ import annotations

from policies.kinds.base import Kind
from policies.kinds.parameters import Parameter, Parameters, ParameterType, day_in_words, number
from policies.models import ProvisionKind

_DUE = Parameter("due", "完成期限", ParameterType.DATE)


def _coverage_target(p: Parameters) -> str:
    what = f"{p['count']} 个乡镇（街道）社工站" if "count" in p else "所有乡镇（街道）社工站"
    return f"{day_in_words(p['due'])}前建成{what}"


def _room_target(p: Parameters) -> str:
    return f"{p['due'][:4]}年新增示范社区社工室 {p['count']} 个，{day_in_words(p['due'])}前完成"


TARGETS = (
    Kind(
        ProvisionKind.COVERAGE_TARGET,
        "R1",
        (
            number("count", "站点数", 1, 99_999, required=False, help="留空：每个乡镇（街道）一个，按现有数计"),
            _DUE,
        ),
        _coverage_target,
        subject=("due",),
        inherited=False,
    ),
    Kind(
        ProvisionKind.ROOM_TARGET,
        "R2",
        (number("count", "当年新增社工室数", 1, 99_999), _DUE),
        _room_target,
        subject=("due",),
        inherited=False,
    ),
)
