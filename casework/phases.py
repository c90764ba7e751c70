"""What a group 小组 may do next (MZ/T 095-2017 《社会工作方法 小组工作》): pure, over the facts of one group.

A group goes through five phases in their order, from preparation to its end, and may be stopped early on the way. A
step that would leave a hole (no members, a phase without a session, an end without evaluation) is refused with the
reason. A service record that is voided later may still open one: `gaps` tells those on the group's page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import models

STANDARD = "MZ/T 095-2017《社会工作方法 小组工作》"
LEAST_MEMBERS = 2  # one person is a case


class Phase(models.TextChoices):
    PREPARATION = "PREPARATION", "筹备期"
    FORMING = "FORMING", "形成期"
    TRANSITION = "TRANSITION", "转折期"
    MATURE = "MATURE", "成熟期"
    ENDING = "ENDING", "结束期"

    @property
    def next(self) -> Phase | None:
        order = list(Phase)
        here = order.index(self) + 1
        return order[here] if here < len(order) else None


class GroupState(models.TextChoices):
    RUNNING = "RUNNING", "进行中"
    ENDED = "ENDED", "已结束"
    STOPPED = "STOPPED", "提前终止"


# The phases in which sessions are held: each must have had one before the next begins.
WORKING = (Phase.FORMING, Phase.TRANSITION, Phase.MATURE)


@dataclass(frozen=True)
class GroupFacts:
    """One group as its rules see it.

    `phases`: those entered, in order, each with its first day. `joined`: the (joined, left) days of every membership.
    `held`: days of the sessions held. `unheld`: numbers of sessions still planned. `evaluated_on`: day of evaluation.
    """

    phases: tuple[tuple[Phase, date], ...]
    planned: bool = True  # purpose, goals and workers are filled in
    joined: tuple[tuple[date, date | None], ...] = ()
    held: tuple[date, ...] = ()
    unheld: tuple[int, ...] = ()
    evaluated_on: date | None = None
    state: GroupState = GroupState.RUNNING
    closed_on: date | None = None

    @property
    def phase(self) -> Phase:
        return self.phases[-1][0]

    @property
    def since(self) -> date:
        """Begin of the current phase."""
        return self.phases[-1][1]

    def begun(self, phase: Phase) -> date | None:
        return dict(self.phases).get(phase)

    def members(self, on: date) -> int:
        return sum(joined <= on and (left is None or left > on) for joined, left in self.joined)


def _closed(group: GroupFacts) -> str:
    return "" if group.state == GroupState.RUNNING else f"小组{group.state.label}（{group.closed_on}），不能再办理"


def refuses_next(group: GroupFacts, on: date) -> str:
    """Why the group cannot enter its next phase on that day; "" when it can."""
    to = group.phase.next
    if closed := _closed(group):
        return closed
    if to is None:
        return "已是结束期；完成评估后登记小组结束"
    if on < group.since:
        return f"不能早于{group.phase.label}开始的日期（{group.since}）"
    return _not_prepared(group, on) if to == Phase.FORMING else _not_worked(group, on, to)


def _not_worked(group: GroupFacts, on: date, to: Phase) -> str:
    if any(group.since <= day <= on for day in group.held):
        return ""
    return f"{group.phase.label}还没有开展过活动，登记一节活动后才能进入{to.label}"


def _not_prepared(group: GroupFacts, on: date) -> str:
    if not group.planned:
        return "小组计划还不完整：请先填写目的、目标和带领社工"
    if group.members(on) < LEAST_MEMBERS:
        return f"{on} 小组成员不足 {LEAST_MEMBERS} 人，请先登记组员"
    if not group.unheld:
        return "还没有安排活动节次，请先制定每节计划"
    return ""


def refuses_session(group: GroupFacts, on: date) -> str:
    """Why no session of this group can have been held on that day; "" when it can."""
    forming = group.begun(Phase.FORMING)
    if forming is None:
        return "小组还在筹备期：登记组员、进入形成期以后才能开展活动"
    if on < forming:
        return f"小组于 {forming} 进入形成期，活动日期不能早于这一天"
    if group.closed_on and on > group.closed_on:
        return f"小组{group.state.label}（{group.closed_on}），活动日期不能晚于这一天"
    if not group.members(on):
        return f"{on} 小组没有在组成员"
    return ""


def refuses_planning(group: GroupFacts) -> str:
    """Why members and sessions can no longer be planned; "" when they can."""
    return _closed(group)


def refuses_members(group: GroupFacts) -> str:
    """Why the memberships, as they are about to be, do not fit the phases and sessions entered before."""
    forming = group.begun(Phase.FORMING)
    if forming and group.members(forming) < LEAST_MEMBERS:
        return f"小组于 {forming} 进入形成期，当天至少要有 {LEAST_MEMBERS} 名组员"
    empty = [day for day in group.held if not group.members(day)]
    return f"{empty[0]} 开展过活动，当天不能没有组员" if empty else ""


def refuses_evaluation(group: GroupFacts, on: date) -> str:
    if closed := _closed(group):
        return closed
    if group.phase != Phase.ENDING:
        return f"小组现为{group.phase.label}，进入结束期以后才能评估"
    return f"评估日期不能早于结束期开始的日期（{group.since}）" if on < group.since else ""


def refuses_end(group: GroupFacts, on: date) -> str:
    """Why the group cannot end on that day; "" when it can."""
    if closed := _closed(group):
        return closed
    if group.phase != Phase.ENDING:
        return f"小组现为{group.phase.label}，进入结束期并评估后才能结束；中途停办请登记提前终止"
    if group.evaluated_on is None:
        return "还没有评估，完成评估后才能结束"
    if group.unheld:
        numbers = "、".join(map(str, group.unheld))
        return f"第 {numbers} 节还没有开展；请登记活动，或取消不再开展的节次"
    last = max([group.since, group.evaluated_on, *group.held])
    return f"结束日期不能早于最后一次活动或评估的日期（{last}）" if on < last else ""


def refuses_stop(group: GroupFacts, on: date) -> str:
    """Why the group cannot be stopped early on that day; "" when it can."""
    if closed := _closed(group):
        return closed
    last = max([group.since, *group.held])
    return f"终止日期不能早于最近的阶段或活动日期（{last}）" if on < last else ""


def gaps(group: GroupFacts) -> Iterator[str]:
    """What is missing in what the group says, though every step was in order: records were voided or moved since."""
    for (phase, begun), (after, ended) in zip(group.phases, group.phases[1:], strict=False):
        if phase in WORKING and not any(begun <= day <= ended for day in group.held):
            yield f"{phase.label}没有开展过活动，却已进入{after.label}"
    if group.state == GroupState.ENDED and group.unheld:
        numbers = "、".join(map(str, group.unheld))
        yield f"小组已结束，但第 {numbers} 节没有有效的服务记录"
