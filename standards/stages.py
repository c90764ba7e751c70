"""Where a station stands with its stages (R9). Pure: answers in, standing out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from policies.kinds.stages import ASKED, AT_MOST, criterion_words
from policies.stages import Stage, StageTask, tasks_of
from standards.stage_answers import Found, Question

Source = dict[str, str]  # {label, url} of document and clause


class Outcome(Enum):
    """Of one criterion; the value is the label and the tone of its badge."""

    MET = ("已达到", "ok")
    UNMET = ("未达到", "warn")
    NO_DATA = ("没有数据", "muted")

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> str:
        return self.value[1]


class TaskState(Enum):
    MET = ("已完成", "ok")
    UNMET = ("未完成", "warn")
    NO_CRITERIA = ("未设条件", "muted")

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Criterion:
    """What a provision demands of a task, and what was found. `source`: of the provision."""

    words: str
    outcome: Outcome
    found: str
    url: str
    source: Source

    @property
    def met(self) -> bool:
        return self.outcome is Outcome.MET


@dataclass(frozen=True)
class TaskStanding:
    """A task with its criteria. `source`: of the document that names the task; None where none does."""

    task: StageTask
    criteria: tuple[Criterion, ...]
    source: Source | None

    @property
    def state(self) -> TaskState:
        """Without criteria nobody can say that it is done, so it is not."""
        if not self.criteria:
            return TaskState.NO_CRITERIA
        return TaskState.MET if all(criterion.met for criterion in self.criteria) else TaskState.UNMET

    @property
    def met(self) -> bool:
        return self.state is TaskState.MET

    @property
    def missing(self) -> list[Criterion]:
        return [criterion for criterion in self.criteria if not criterion.met]


@dataclass(frozen=True)
class Standing:
    """A station on a day. `stage` None: it does not operate yet, or has no stages; `since` is the day it began."""

    stage: Stage | None
    since: date | None
    tasks: Mapping[StageTask, TaskStanding]

    def of(self, stage: Stage) -> list[TaskStanding]:
        """The four tasks of a stage."""
        return [self.tasks[task] for task in tasks_of(stage)]

    def met(self, stage: Stage) -> int:
        """How many of its four are done."""
        return sum(task.met for task in self.of(stage))

    def complete(self, stage: Stage) -> bool:
        return all(task.met for task in self.of(stage))

    @property
    def current(self) -> list[TaskStanding]:
        """The tasks of the stage in which the station is."""
        return self.of(self.stage) if self.stage else []

    @property
    def current_met(self) -> int:
        return sum(task.met for task in self.current)

    @property
    def missing(self) -> list[TaskStanding]:
        """What keeps the station from the end of its stage."""
        return [task for task in self.current if not task.met]

    @property
    def due(self) -> Stage | None:
        """The stage for which the station is ready: all four tasks of the one before are done."""
        return self.stage.following if self.stage and not self.missing else None


def question_of(parameters: Mapping[str, Any]) -> Question:
    """What a criterion asks."""
    return Question(parameters["asked"], parameters.get("months", 0))


def judge(parameters: Mapping[str, Any], found: Found | None) -> Outcome:
    """A criterion held against its answer, unrounded: 59.96 % does not reach 60 %."""
    if found is None or found.value is None:
        return Outcome.NO_DATA
    if isinstance(found.value, bool):
        return Outcome.MET if found.value else Outcome.UNMET
    demanded = Decimal(parameters["number"])
    met = found.value <= demanded if parameters["comparison"] == AT_MOST else found.value >= demanded
    return Outcome.MET if met else Outcome.UNMET


def criterion(parameters: Mapping[str, Any], found: Found | None, source: Source) -> Criterion:
    """A judged criterion with its evidence."""
    unknown = "没有数据" if parameters["asked"] in ASKED else "已不再统计，请制定文件的单位另设条件"
    return Criterion(
        words=criterion_words(parameters),
        outcome=judge(parameters, found),
        found=found.words if found else unknown,
        url=found.url if found else "",
        source=source,
    )


def snapshot(tasks: Iterable[TaskStanding]) -> list[dict[str, Any]]:
    """What was met, as a proposal keeps it: documents and figures may change later."""
    return [
        {
            "task": task.task.value,
            "label": task.task.label,
            "source": task.source["label"] if task.source else "",
            "criteria": [
                {"words": row.words, "found": row.found, "url": row.url, "source": row.source["label"]}
                for row in task.criteria
            ],
        }
        for task in tasks
    ]


def missing_words(tasks: Iterable[TaskStanding]) -> str:
    """What is missing, in one sentence: “人才队伍建设（2026年9月末持证率 40.0%（2/5），要求…）；…”."""
    said = []
    for task in tasks:
        rows = "；".join(f"{row.found}，要求{row.words}（{row.source['label']}）" for row in task.missing)
        said.append(f"“{task.task.label}”{rows or '未设完成条件'}")
    return "。".join(said)
