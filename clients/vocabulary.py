"""The words of people served 服务对象: categories, focus groups, living and self-care (domain.md §4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models

ELDERLY_FROM = 60  # 老年人权益保障法 第二条
ADULT_FROM = 18  # 未成年人保护法 第二条


class FocusGroup(models.TextChoices):
    """一老一小一孤一困; the value is the column that counts or marks the group."""

    ELDERLY = "elderly", "老年人"
    CHILDREN = "children", "儿童"
    ORPHANS = "orphans", "孤儿"
    HARDSHIP = "hardship", "困难群众"


class Category(models.TextChoices):
    """What a person is registered as; several for one person, each from/to a date."""

    DIBAO = "DIBAO", "低保"
    DIBAO_EDGE = "DIBAO_EDGE", "低边"
    EXTREME_POVERTY = "EXTREME_POVERTY", "特困"
    ORPHAN = "ORPHAN", "孤儿"
    DE_FACTO_ORPHAN = "DE_FACTO_ORPHAN", "事实无人抚养儿童"
    CHILD_IN_NEED = "CHILD_IN_NEED", "困境儿童"
    LEFT_BEHIND_CHILD = "LEFT_BEHIND_CHILD", "留守儿童"
    LEFT_BEHIND_ELDERLY = "LEFT_BEHIND_ELDERLY", "留守老人"
    LEFT_BEHIND_WOMAN = "LEFT_BEHIND_WOMAN", "留守妇女"
    WIDOWED_ELDERLY = "WIDOWED_ELDERLY", "孤寡"
    LIVING_ALONE = "LIVING_ALONE", "独居"
    EMPTY_NEST = "EMPTY_NEST", "空巢"
    DISABLED_CARE = "DISABLED_CARE", "失能"
    SEVERE_DISABILITY = "SEVERE_DISABILITY", "重残"
    DISABILITY = "DISABILITY", "残疾"
    BEREAVED_FAMILY = "BEREAVED_FAMILY", "计生特殊家庭"
    HIGH_EXPENSE = "HIGH_EXPENSE", "支出型困难"
    HOMELESS = "HOMELESS", "流浪乞讨"


_G = FocusGroup
FOCUS_OF: dict[Category, tuple[FocusGroup, ...]] = {
    Category.DIBAO: (_G.HARDSHIP,),
    Category.DIBAO_EDGE: (_G.HARDSHIP,),
    Category.EXTREME_POVERTY: (_G.HARDSHIP,),
    Category.ORPHAN: (_G.ORPHANS, _G.CHILDREN),
    Category.DE_FACTO_ORPHAN: (_G.ORPHANS, _G.CHILDREN),
    Category.CHILD_IN_NEED: (_G.CHILDREN, _G.HARDSHIP),
    Category.LEFT_BEHIND_CHILD: (_G.CHILDREN,),
    Category.LEFT_BEHIND_ELDERLY: (_G.ELDERLY,),
    Category.LEFT_BEHIND_WOMAN: (_G.HARDSHIP,),
    Category.WIDOWED_ELDERLY: (_G.ELDERLY,),
    Category.LIVING_ALONE: (_G.ELDERLY,),
    Category.EMPTY_NEST: (_G.ELDERLY,),
    Category.DISABLED_CARE: (_G.HARDSHIP,),
    Category.SEVERE_DISABILITY: (_G.HARDSHIP,),
    Category.DISABILITY: (_G.HARDSHIP,),
    Category.BEREAVED_FAMILY: (_G.HARDSHIP,),
    Category.HIGH_EXPENSE: (_G.HARDSHIP,),
    Category.HOMELESS: (_G.HARDSHIP,),
}


def age_on(born_on: date | None, day: date) -> int | None:
    """Full years on `day`; None without a birth date."""
    if born_on is None:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def focus_groups(categories: Iterable[str], born_on: date | None, day: date) -> frozenset[FocusGroup]:
    """The focus groups of a person on `day`: by age, and by what they are registered as then."""
    found = {group for category in categories for group in FOCUS_OF[Category(category)]}
    age = age_on(born_on, day)
    if age is not None and age >= ELDERLY_FROM:
        found.add(FocusGroup.ELDERLY)
    if age is not None and age < ADULT_FROM:
        found.add(FocusGroup.CHILDREN)
    return frozenset(found)


class Living(models.TextChoices):
    """居住状况."""

    ALONE = "ALONE", "独居"
    SPOUSE = "SPOUSE", "与配偶同住"
    CHILDREN = "CHILDREN", "与子女同住"
    PARENTS = "PARENTS", "与父母同住"
    GRANDPARENTS = "GRANDPARENTS", "与祖辈同住"
    RELATIVES = "RELATIVES", "与其他亲友同住"
    INSTITUTION = "INSTITUTION", "机构供养"
    OTHER = "OTHER", "其他"


class SelfCare(models.TextChoices):
    """自理能力."""

    FULL = "FULL", "完全自理"
    PARTIAL = "PARTIAL", "部分自理"
    NONE = "NONE", "不能自理"


class ConsentKind(models.TextChoices):
    """What the person, or the guardian, agreed to. Without a standing SERVICE consent that was withdrawn nothing new
    is recorded of the person."""

    SERVICE = "SERVICE", "接受服务和建档"
    PHOTO = "PHOTO", "拍摄和使用照片"
    SHARING = "SHARING", "向转介单位提供信息"


class ConsentState(models.TextChoices):
    """How the newest consent to service stands."""

    STANDING = "standing", "已签署"
    MISSING = "missing", "未签署"
    WITHDRAWN = "withdrawn", "已撤回"


class Ending(models.TextChoices):
    """Why a station keeps a file no longer."""

    DIED = "DIED", "去世"
    LEFT = "LEFT", "迁出"
    ACHIEVED = "ACHIEVED", "目标达成"
    LOST = "LOST", "失联"
    DECLINED = "DECLINED", "拒绝服务"
    OTHER = "OTHER", "其他"
    MOVED = "MOVED", "转往其他站点"
    MERGED = "MERGED", "并入其他档案"


# What somebody may choose when closing a file; the others follow from moving and merging.
CLOSING_REASONS = (Ending.DIED, Ending.LEFT, Ending.ACHIEVED, Ending.LOST, Ending.DECLINED, Ending.OTHER)


class ContactKind(models.TextChoices):
    GUARDIAN = "GUARDIAN", "监护人"
    EMERGENCY = "EMERGENCY", "紧急联系人"


class Relation(models.TextChoices):
    """Who the other person is to this one."""

    SPOUSE = "SPOUSE", "配偶"
    PARENT = "PARENT", "父母"
    CHILD = "CHILD", "子女"
    SIBLING = "SIBLING", "兄弟姐妹"
    GRANDPARENT = "GRANDPARENT", "祖父母（外祖父母）"
    GRANDCHILD = "GRANDCHILD", "孙子女（外孙子女）"
    OTHER = "OTHER", "其他亲属"


LEVELS = tuple(range(1, 7))  # follow-up levels 1 (closest) … 6; how often each is visited is a provision
