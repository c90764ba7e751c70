"""The evaluation of a group (MZ/T 095-2017): goals, process, satisfaction, scales before and after."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from casework.models.groups import Group, OfGroup, OfGroupQuerySet
from casework.models.planned import Attainment
from casework.models.satisfaction import Satisfaction
from clients.gate import SupervisedModel, SupervisedQuerySet


class GroupEvaluation(OfGroup, Satisfaction, models.Model):
    """The evaluation at the end; without it a group cannot end."""

    group = models.OneToOneField(Group, models.CASCADE, related_name="evaluation", verbose_name="小组")
    on = models.DateField("评估日期")
    attainment = models.CharField("目标达成", max_length=8, choices=Attainment.choices)
    goals = models.TextField("目标达成情况", max_length=1000)
    process = models.TextField("过程评估", max_length=1000)
    summary = models.TextField("总结和建议", max_length=1000)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="评估人")

    objects = OfGroupQuerySet.as_manager()
    audit_private: ClassVar[frozenset[str]] = frozenset({"goals", "process", "summary"})

    class Meta:
        verbose_name = "小组评估"
        verbose_name_plural = "小组评估"

    def __str__(self) -> str:
        return f"{self.group} {self.on}"


class GroupScaleQuerySet(SupervisedQuerySet):
    gate = "evaluation__group__station__unit__path"
    station = "evaluation__group__station"


class GroupScale(SupervisedModel, models.Model):
    """A simple scale 量表 that members filled in before and after: averages over those who did both."""

    evaluation = models.ForeignKey(GroupEvaluation, models.CASCADE, related_name="scales", verbose_name="小组评估")
    name = models.CharField("量表", max_length=40)
    people = models.PositiveSmallIntegerField("填写人数")
    before = models.DecimalField("前测平均分", max_digits=5, decimal_places=1)
    after = models.DecimalField("后测平均分", max_digits=5, decimal_places=1)

    objects = GroupScaleQuerySet.as_manager()

    class Meta:
        verbose_name = "小组量表"
        verbose_name_plural = "小组量表"
        ordering = ["evaluation", "id"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "name"], name="group_scale_once"),
            models.CheckConstraint(condition=Q(people__gte=1), name="group_scale_has_people"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def supervised_station_id(self) -> int:
        return self.evaluation.group.station_id
