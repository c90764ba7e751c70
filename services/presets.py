"""Templates of services that the product ships: practice of the field, marked as default wherever they are offered."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.vocabulary import Domain, Method


@dataclass(frozen=True)
class Preset:
    key: str
    name: str
    domain: str
    method: str
    title: str = ""
    place: str = ""
    hours: Decimal | None = None
    result: str = ""


DEFAULTS = (
    Preset("default-visit", "独居老人探访", Domain.ELDERLY_CARE, Method.VISIT, "独居老人入户探访", "", Decimal("1.0")),
    Preset("default-call", "电话问候", Domain.ELDERLY_CARE, Method.HOTLINE, "电话问候", "", Decimal("0.5")),
    Preset("default-relief", "困难家庭走访", Domain.RELIEF, Method.VISIT, "困难家庭走访", "", Decimal("1.0")),
    Preset("default-policy", "政策宣传", Domain.RELIEF, Method.POLICY_ADVOCACY, "社会救助政策宣传", "", Decimal("2.0")),
    Preset(
        "default-children", "四点半课堂", Domain.CHILD_WELFARE, Method.GROUP, "四点半课堂", "社工站", Decimal("2.0")
    ),
    Preset("default-clerk", "代办业务", Domain.RELIEF, Method.CLERICAL, "协助办理救助申请", "社工站", Decimal("0.5")),
)
