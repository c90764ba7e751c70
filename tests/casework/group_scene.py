"""A group of 北关街道社工站 with two people of its files, and services through which its sessions are held."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from casework.actions import activities, group_steps, groups
from casework.models import Activity, Group, GroupSession
from clients.models import Client
from services import links
from services.actions import log_service
from services.models import Domain, Method, ServiceRecord
from stations.models import StationPosting, Worker
from tests.clients.make import make_client
from tests.world import World

NOW = datetime(2026, 10, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Tuesday
TODAY = date(2026, 10, 20)
OPENED = date(2026, 9, 1)
FORMED = date(2026, 9, 8)
EVALUATION: dict[str, Any] = {
    "attainment": "MOSTLY",
    "goals": "多数组员每周外出两次",
    "process": "出勤稳定",
    "summary": "建议转为自助小组",
    "scored_5": 1,
    "scored_4": 1,
}
PLAN: dict[str, Any] = {
    "name": "银龄互助小组",
    "kind": "SUPPORT",
    "domain": Domain.ELDERLY_CARE,
    "purpose": "缓解独居老人孤独感",
    "goals": "每人结识两名同伴",
    "target": "辖区独居老人",
    "planned_sessions": 4,
    "planned_members": 8,
    "place": "小组室",
}


@dataclass
class Scene:
    world: World
    worker: Worker
    jia: Client
    yi: Client

    @classmethod
    def of(cls, world: World) -> Scene:
        station = world.station()
        worker = Worker.objects.create(unit=station.unit, name="张（演示）", user=world.worker)
        StationPosting.objects.create(worker=worker, station=station, starts_on=date(2023, 9, 1))
        return cls(world, worker, make_client(station, "演示甲"), make_client(station, "演示乙"))

    def group(self, **plan: Any) -> Group:
        """In preparation since OPENED."""
        arguments = {"opened_on": OPENED, "workers": [self.worker], **PLAN, **plan}
        return groups.create_group(by=self.world.worker, station=self.world.station(), **arguments)

    def members(self, group: Group, unnamed: int = 1) -> None:
        """甲, 乙 and so many without file, since OPENED."""
        expected = group.members.count()
        groups.add_members(
            by=self.world.worker, group=group, joined_on=OPENED, clients=[self.jia, self.yi], unnamed=unnamed,
            expected=expected,
        )  # fmt: skip

    def sessions(self, group: Group, count: int = 1) -> list[GroupSession]:
        """Weekly from FORMED on."""
        return [
            groups.plan_session(
                by=self.world.worker,
                group=group,
                planned_on=FORMED + timedelta(weeks=number),
                topic=f"主题{number + 1}",
                phase="FORMING",
            )
            for number in range(count)
        ]

    def formed(self, count: int = 1, **plan: Any) -> tuple[Group, list[GroupSession]]:
        """In the forming phase since FORMED, with three members."""
        group = self.group(**plan)
        self.members(group)
        sessions = self.sessions(group, count)
        return self.enter(group, FORMED), sessions

    def enter(self, group: Group, on: date) -> Group:
        group = Group.objects.get(pk=group.pk)
        return group_steps.enter_phase(
            by=self.world.worker, group=group, on=on, observed="组员开始熟悉", expected=group.phase
        )

    def log(self, link: str = "", **changes: Any) -> ServiceRecord:
        """A service of the group kind, on FORMED, for 甲 and four others, attached to `link`."""
        arguments: dict[str, Any] = {
            "by": self.world.worker,
            "station": self.world.station(),
            "client_id": uuid.uuid4(),
            "now": NOW,
            "workers": [self.worker],
            "starts_on": FORMED,
            "title": "小组活动",
            "domain": Domain.ELDERLY_CARE,
            "method": Method.GROUP,
            "contacts": 5,
            "hours": Decimal("1.5"),
            "clients": [self.jia],
            "link": links.find(self.world.worker, link),
            **changes,
        }
        return log_service(**arguments)[0]

    def hold(self, session: GroupSession, **changes: Any) -> ServiceRecord:
        """The session, held on its planned day."""
        return self.log(f"session:{session.pk}", **{"starts_on": session.planned_on, **changes})

    def to_ending(self) -> Group:
        """All four phases entered and three sessions held, each in its own."""
        group, sessions = self.formed(3)
        for session in sessions:
            self.hold(session)
            group = self.enter(group, session.planned_on)
        return group

    def evaluate(self, group: Group, **changes: Any) -> None:
        arguments = {"on": date(2026, 10, 1), **EVALUATION, **changes}
        group_steps.evaluate_group(by=self.world.worker, group=group, **arguments)

    def activity(self, **plan: Any) -> Activity:
        arguments = {
            "name": "重阳敬老游园会",
            "domain": Domain.ELDERLY_CARE,
            "purpose": "弘扬敬老风尚",
            "starts_on": date(2026, 10, 19),
            "ends_on": date(2026, 10, 20),
            "place": "北关广场",
            "expected": 60,
            "volunteers_needed": 5,
            **plan,
        }
        return activities.create_activity(
            by=self.world.worker, station=self.world.station(), workers=[self.worker], **arguments
        )

    def hold_activity(self, activity: Activity, **changes: Any) -> ServiceRecord:
        given = {"method": Method.ACTIVITY, "starts_on": activity.starts_on, "contacts": 50, **changes}
        return self.log(f"activity:{activity.pk}", **given)
