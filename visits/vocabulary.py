"""The words of visits 探访: where one comes from, how it stands, what was found."""

from __future__ import annotations

from django.db import models

from clients.vocabulary import FocusGroup

FOCUS = tuple(FocusGroup.values)  # the columns of Visit that mark a group


class Source(models.TextChoices):
    LEVEL = "LEVEL", "跟进级别"
    BATCH = "BATCH", "探访任务"
    HAND = "HAND", "手工安排"


class VisitState(models.TextChoices):
    OPEN = "OPEN", "待探访"
    MADE = "MADE", "已探访"
    UNREACHABLE = "UNREACHABLE", "未能联系"
    CANCELLED = "CANCELLED", "已取消"


class Condition(models.TextChoices):
    """State of the person, as found."""

    NORMAL = "NORMAL", "正常"
    ATTENTION = "ATTENTION", "需关注"
    URGENT = "URGENT", "紧急"


class AttemptReason(models.TextChoices):
    """Why the person was not reached."""

    NOBODY_HOME = "NOBODY_HOME", "无人应门"
    AWAY = "AWAY", "外出"
    IN_HOSPITAL = "IN_HOSPITAL", "住院"
    MOVED = "MOVED", "已搬离"
    NO_ANSWER = "NO_ANSWER", "电话无人接听"
    REFUSED = "REFUSED", "拒绝探访"
    OTHER = "OTHER", "其他"


class BatchState(models.TextChoices):
    DRAFT = "DRAFT", "未下达"
    RUNNING = "RUNNING", "进行中"
    CLOSED = "CLOSED", "已结束"


class QuestionKind(models.TextChoices):
    TEXT = "TEXT", "文字"
    CHOICE = "CHOICE", "单选"
    YES_NO = "YES_NO", "是否"
    NUMBER = "NUMBER", "数字"


YES, NO = "是", "否"
STATE_TONES = {
    VisitState.OPEN: "info",
    VisitState.MADE: "ok",
    VisitState.UNREACHABLE: "warn",
    VisitState.CANCELLED: "muted",
}
CONDITION_TONES = {Condition.NORMAL: "ok", Condition.ATTENTION: "warn", Condition.URGENT: "bad"}
