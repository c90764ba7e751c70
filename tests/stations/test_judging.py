"""A document that settles the past moves the due dates of stations that stand already (R5)."""

from datetime import date

import pytest

from accounts.models import AuditEvent
from policies.actions import add_document, add_provision, end_provision
from policies.models import ProvisionKind
from stations.actions import judging
from stations.models import StaleMonth, Station
from stations.models.stale import PendingJudgement


@pytest.fixture
def document(world, rules):
    return add_document(
        by=None,
        issuer=world.units["榆次区"],
        number="榆民〔2023〕9号",
        title="关于站点信息录入的通知",
        issuer_name="榆次区民政局",
        issued_on=date(2023, 11, 1),
    )


def provide(document, world, *, days=14, since=date(2023, 9, 1)):
    return add_provision(
        by=None,
        document=document,
        unit=world.units["榆次区"],
        kind=ProvisionKind.STATION_BASICS,
        clause="一",
        parameters={"days": days},
        in_force_from=since,
    )


def test_a_new_rule_moves_the_due_date_of_stations_completed_since(world, operating, document):
    StaleMonth.objects.all().delete()
    provide(document, world)
    operating.refresh_from_db()
    assert operating.due_on == date(2023, 10, 16)
    assert operating.due_provision.document == document
    event = AuditEvent.objects.filter(target_type="stations.station").first()
    assert (event.verb, event.actor_name) == ("按新规定重新判定录入期限", "系统")
    assert event.changes["截止依据"] == [None, "榆民〔2023〕9号 一"]
    judged = Station.objects.filter(due_provision__document=document).values_list("pk", flat=True)
    assert set(StaleMonth.objects.values_list("unit_id", flat=True)) == set(judged)


def test_a_rule_for_later_stations_leaves_the_earlier_ones(world, operating, document):
    count = AuditEvent.objects.filter(target_type="stations.station").count()
    provide(document, world, since=date(2023, 11, 1))
    operating.refresh_from_db()
    assert operating.due_on == date(2023, 10, 9)
    assert AuditEvent.objects.filter(target_type="stations.station").count() == count


def test_an_ended_rule_gives_way_to_the_one_above(world, operating, document):
    provision = provide(document, world)
    end_provision(by=None, provision=provision, on=date(2023, 9, 30), reason="文件废止（演示）")
    operating.refresh_from_db()
    assert operating.due_on == date(2023, 10, 9)
    assert operating.due_provision.document.number == "市民函〔2023〕28号"


class TestManyStations:
    """More stations than a request judges: the page answers, a worker does the rest."""

    @pytest.fixture(autouse=True)
    def small_batches(self, monkeypatch):
        monkeypatch.setattr(judging, "BATCH", 1)

    @pytest.fixture
    def stations(self, world, operating):
        place = world.units["榆次区"]
        found = Station.objects.under(place).filter(completed_on__gte=date(2023, 9, 1)).order_by("unit__path")
        keys = list(found.values_list("pk", flat=True))
        assert len(keys) == 3
        return keys

    def by_the_new_rule(self, document) -> list[int]:
        return list(
            Station.objects.filter(due_provision__document=document).order_by("unit__path").values_list("pk", flat=True)
        )

    def test_the_request_judges_the_first_and_leaves_the_rest(self, world, stations, document):
        provide(document, world)
        assert self.by_the_new_rule(document) == stations[:1]
        assert PendingJudgement.objects.get().unit == world.units["榆次区"]

    def test_a_worker_judges_what_is_left_and_nothing_remains_to_do(self, world, stations, document):
        provide(document, world)
        StaleMonth.objects.all().delete()
        judging.judge_pending()
        assert self.by_the_new_rule(document) == stations
        assert not PendingJudgement.objects.exists()
        assert StaleMonth.objects.filter(unit__path__startswith=world.units["榆次区"].path).exists()

    def test_a_worker_that_fails_half_way_goes_on_where_it_stopped(self, world, stations, document, monkeypatch):
        provide(document, world)
        judge, judged = judging.judge_basics, []

        def fails_once(station, rules, completed_on):
            judged.append(station.pk)
            if len(judged) == 2:
                raise OSError("gone")
            return judge(station, rules, completed_on)

        monkeypatch.setattr(judging, "judge_basics", fails_once)
        with pytest.raises(OSError, match="gone"):
            judging.judge_pending()
        judging.judge_pending()
        assert judged == [stations[1], stations[2], stations[2]]
        assert self.by_the_new_rule(document) == stations

    def test_a_worker_out_of_time_leaves_the_rest_to_the_next(self, world, stations, document):
        provide(document, world)
        judging.judge_pending(seconds=0)
        assert self.by_the_new_rule(document) == stations[:2]
        assert PendingJudgement.objects.exists()
