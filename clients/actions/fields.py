"""The checks of a file's facts, and what follows from the identity number."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.utils import timezone

from clients.models import Client
from clients.vocabulary import Living, SelfCare, age_on
from common import checks
from common.citizen_numbers import born_on, is_male, problem
from common.text import long_text, plain_name
from stations.models import Sex

NAME_LENGTH = 40
ADDRESS_LENGTH = 100
SITUATION_LENGTH = 1000
OLDEST = 120  # years of age, to find slips of the pen


class MoreFacts(TypedDict, total=False):
    """What a file may hold besides the name. `id_number=""` empties the number."""

    sex: str
    born_on: date | None
    id_number: str
    phone: str
    household: str
    residence: str
    living: str
    self_care: str
    situation: str


class Facts(MoreFacts, total=False):
    """What may be changed of a file. What is left out stays as it is."""

    name: str


def clean(facts: Facts) -> dict[str, Any]:
    """The given facts, checked. Raises ValidationError by field, TypeError for an unknown one."""
    if unknown := facts.keys() - (Facts.__annotations__.keys() | MoreFacts.__annotations__.keys()):
        raise TypeError(f"unknown facts: {', '.join(sorted(unknown))}")
    cleaners = {
        "name": lambda: plain_name(facts["name"], field="name", label="姓名", max_length=NAME_LENGTH),
        "sex": lambda: checks.member(facts["sex"], Sex, field="sex", label="性别", blank=True),
        "born_on": lambda: birth(facts["born_on"]),
        "id_number": lambda: id_number(facts["id_number"]),
        "phone": lambda: checks.phone(facts["phone"], field="phone"),
        "household": lambda: _address(facts["household"], "household", "户籍地址"),
        "residence": lambda: _address(facts["residence"], "residence", "居住地址"),
        "living": lambda: checks.member(facts["living"], Living, field="living", label="居住状况", blank=True),
        "self_care": lambda: checks.member(
            facts["self_care"], SelfCare, field="self_care", label="自理能力", blank=True
        ),
        "situation": lambda: long_text(
            facts["situation"], field="situation", label="基本情况", max_length=SITUATION_LENGTH
        ),
    }
    return checks.all_of(**{name: cleaners[name] for name in facts})


def _address(value: str, field: str, label: str) -> str:
    return checks.optional_name(value, field=field, label=label, max_length=ADDRESS_LENGTH)


def id_number(value: str) -> str:
    """A right 18-digit number, or ""; else ValidationError."""
    number = "".join(value[:40].split()).upper()
    if number and (why := problem(number)):
        raise ValidationError({"id_number": why})
    return number


def birth(value: date | None) -> date | None:
    """A possible date of birth, or None."""
    today = timezone.localdate()
    if value is not None and value > today:
        raise ValidationError({"born_on": "出生日期不能晚于今天"})
    age = age_on(value, today)
    if age is not None and age > OLDEST:
        raise ValidationError({"born_on": f"出生日期有误：按 {value} 出生计算为 {age} 岁，请核对"})
    return value


def follow_number(client: Client, given: dict[str, Any]) -> None:
    """Sex and date of birth as the number says. Raises ValidationError where `given` says something else."""
    if not client.id_number:
        return
    born, sex = born_on(client.id_number), Sex.MALE if is_male(client.id_number) else Sex.FEMALE
    try:
        birth(born)
    except ValidationError as error:
        raise ValidationError({"id_number": error.messages}) from None
    errors = {}
    if given.get("born_on") and given["born_on"] != born:
        errors["born_on"] = f"出生日期与身份证号不一致：身份证号中是 {born}"
    if given.get("sex") and given["sex"] != sex:
        errors["sex"] = f"性别与身份证号不一致：身份证号中是“{sex.label}”"
    if errors:
        raise ValidationError(errors)
    client.born_on, client.sex = born, sex
