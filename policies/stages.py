"""The three stages of a station and their twelve tasks (R9). Pure."""

from __future__ import annotations

from django.db import models


class Stage(models.TextChoices):
    """In the order in which a station passes through them."""

    STARTING = "STARTING", "起步阶段"
    IMPROVING = "IMPROVING", "提升阶段"
    PROFESSIONAL = "PROFESSIONAL", "专业阶段"

    @property
    def following(self) -> Stage | None:
        """The stage after this one; None after the last."""
        stages = list(Stage)
        place = stages.index(self) + 1
        return stages[place] if place < len(stages) else None


class StageTask(models.TextChoices):
    """Four for each stage, in order."""

    FACILITIES = "FACILITIES", "基础设施建设"
    TEAM = "TEAM", "人才队伍建设"
    MECHANISMS = "MECHANISMS", "机制规范建设"
    EXPLORATION = "EXPLORATION", "专业服务探索"
    MORE_SERVICE = "MORE_SERVICE", "加大服务数量"
    WIDER_SERVICE = "WIDER_SERVICE", "扩大服务范围"
    RESOURCES = "RESOURCES", "巩固资源系统"
    REGULATION = "REGULATION", "规范体制机制"
    INDICATORS = "INDICATORS", "调整服务指标"
    EVALUATION = "EVALUATION", "优化评价体系"
    FEATURES = "FEATURES", "打造特色项目"
    NEEDS = "NEEDS", "满足群众需求"

    @property
    def stage(self) -> Stage:
        return list(Stage)[list(StageTask).index(self) // 4]


def tasks_of(stage: Stage) -> list[StageTask]:
    """The four tasks of a stage."""
    return [task for task in StageTask if task.stage == stage]
