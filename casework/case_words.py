"""The words of cases 个案: where they come from, what they are about, risks, goals, how they end."""

from __future__ import annotations

from django.db import models


class Source(models.TextChoices):
    """How the person came to the station."""

    SELF = "SELF", "主动求助"
    OUTREACH = "OUTREACH", "走访发现"
    VILLAGE = "VILLAGE", "村（社区）转介"
    DEPARTMENT = "DEPARTMENT", "部门转介"
    OTHER = "OTHER", "其他"


class Problem(models.TextChoices):
    """What a case is about; several for one case."""

    ECONOMIC = "ECONOMIC", "经济困难"
    HEALTH = "HEALTH", "疾病与康复"
    CARE = "CARE", "生活照料"
    EMOTION = "EMOTION", "情绪心理"
    FAMILY = "FAMILY", "家庭关系"
    PARENTING = "PARENTING", "监护与教养"
    SCHOOLING = "SCHOOLING", "就学与学习"
    WORK = "WORK", "就业"
    HOUSING = "HOUSING", "住房环境"
    SOCIAL = "SOCIAL", "社会交往"
    RIGHTS = "RIGHTS", "权益与政策"
    VIOLENCE = "VIOLENCE", "侵害与暴力"
    OTHER = "OTHER", "其他"


class Need(models.TextChoices):
    """The dimensions by which an assessment tells needs."""

    BODY = "BODY", "身体与生活自理"
    MIND = "MIND", "心理与情绪"
    FAMILY = "FAMILY", "家庭与照护"
    SOCIAL = "SOCIAL", "社会交往与支持"
    ECONOMY = "ECONOMY", "经济与住房"
    GROWTH = "GROWTH", "就学就业与发展"


class RiskKind(models.TextChoices):
    SELF_HARM = "SELF_HARM", "自伤自杀"
    ABUSE = "ABUSE", "受虐待或侵害"
    NEGLECT = "NEGLECT", "无人照料或监护缺失"
    HEALTH = "HEALTH", "重大疾病或意外"
    ENVIRONMENT = "ENVIRONMENT", "居住环境危险"
    OTHER = "OTHER", "其他"


class RiskLevel(models.TextChoices):
    NONE = "NONE", "未见风险"
    LOW = "LOW", "低"
    MEDIUM = "MEDIUM", "中"
    HIGH = "HIGH", "高"


_ORDER = list(RiskLevel)


def highest(levels: list[str]) -> RiskLevel:
    """The highest of the levels; NONE of none."""
    return max((RiskLevel(level) for level in levels), key=_ORDER.index, default=RiskLevel.NONE)


class GoalState(models.TextChoices):
    PENDING = "PENDING", "未开始"
    WORKING = "WORKING", "进行中"
    MET = "MET", "已达成"
    NOT_MET = "NOT_MET", "未达成"
    CANCELLED = "CANCELLED", "已取消"


OPEN_GOALS = frozenset({GoalState.PENDING, GoalState.WORKING})


class Outcome(models.TextChoices):
    """Why a case was closed."""

    GOALS_MET = "GOALS_MET", "目标达成"
    ASKED = "ASKED", "服务对象要求结束"
    REFERRED = "REFERRED", "转介"
    LOST = "LOST", "失联"
    DIED = "DIED", "去世"
    MOVED = "MOVED", "迁出"
    OTHER = "OTHER", "其他"


# Ends that come before anybody can evaluate: closing then says why there was no evaluation.
EARLY = frozenset({Outcome.ASKED, Outcome.REFERRED, Outcome.LOST, Outcome.DIED, Outcome.MOVED})


class Answerer(models.TextChoices):
    """Who answered the question about satisfaction."""

    CLIENT = "CLIENT", "服务对象本人"
    FAMILY = "FAMILY", "家属或监护人"
    NOBODY = "NOBODY", "无法询问"


SATISFACTION = [(5, "5 非常满意"), (4, "4 满意"), (3, "3 一般"), (2, "2 不满意"), (1, "1 很不满意")]
