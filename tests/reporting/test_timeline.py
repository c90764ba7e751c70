"""What services and monthly reports add to the life of a station."""

from datetime import date

import time_machine

from reporting import timeline
from reporting.actions import return_report
from services.timeline import first_service
from stations.timeline import events_of
from tests.reporting.test_reports_flow import at, serve, station, submitted  # noqa: F401


def told(events) -> list[tuple[str, str, str]]:
    return [(event.on.isoformat(), event.title, event.detail) for event in events]


def test_a_late_report_stands_in_the_timeline_on_the_day_it_was_sent(world, station):  # noqa: F811
    submitted(world, station, date(2023, 10, 12))
    events = list(timeline.late_reports(world.county, station))
    assert told(events) == [("2023-10-12", "2023年9月月报迟报", "应于 2023-10-09 前上报")]
    assert events[0].actor == world.worker.name


def test_a_punctual_report_does_not(world, station):  # noqa: F811
    submitted(world, station, date(2023, 10, 9))
    assert list(timeline.late_reports(world.county, station)) == []


def test_a_return_stands_there_with_its_comment(world, station, django_assert_num_queries):  # noqa: F811
    report = submitted(world, station)
    with time_machine.travel(at(date(2023, 10, 10)), tick=False):
        return_report(by=world.county, report=report, comment="请补充服务对象")
    with django_assert_num_queries(1):
        events = told(timeline.returned_reports(world.county, station))
    assert events == [("2023-10-10", "2023年9月月报退回", "请补充服务对象")]


def test_the_first_service_that_counts_stands_there(world, station):  # noqa: F811
    voided = serve(station, date(2023, 9, 5), voided_at=at(date(2023, 9, 6)), void_reason="录错")
    serve(station, date(2023, 9, 12))
    serve(station, date(2023, 9, 20))
    assert voided.voided_at
    assert told(first_service(world.county, station)) == [("2023-09-12", "首次服务", "入户探访")]


def test_who_may_not_read_records_reads_none_of_them(world, station):  # noqa: F811
    submitted(world, station, date(2023, 10, 12))
    assert {"首次服务", "2023年9月月报迟报"} <= {event.title for event in events_of(world.county, station)}
    shown = {event.title for event in events_of(world.administrator, station)}
    assert not shown & {"首次服务", "2023年9月月报迟报"}
