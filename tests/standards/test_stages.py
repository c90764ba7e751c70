"""Stages of a station (R9): answers, standing, proposal, decision, confirmation, withdrawal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent, Posting
from accounts.roles import Role
from policies.kinds.stages import ASKED
from policies.models import Dimension, Provision
from policies.stages import Stage, StageTask
from reporting.models import UnitMonth
from standards import tasks
from standards.actions import confirm_stage, decide_stage, propose_due, propose_stage, withdraw_stage
from standards.models import DimensionScore, ProposalState, StageProposal, StageSpell
from standards.models.stages import at_stage, with_stage
from standards.queries.stages import standing_of, standings
from standards.stage_answers import ANSWERERS, Found, Question, ask
from standards.stages import Outcome, TaskState, judge
from stations.actions import record_status
from stations.models import FeatureProject, StaleMonth, Station, StatusSpell
from tests.standards.conftest import check, errors_of
from tests.standards.stages import LAST, demand, dimensions_of, months_of, paper, ready

TODAY = date(2026, 10, 20)
S = ProposalState


@pytest.fixture
def station(world, rules) -> Station:
    return world.station()


def proposed(station: Station) -> StageProposal:
    return propose_stage(by=None, station=ready(station))


def decided(world, station: Station, on: date = TODAY) -> StageProposal:
    proposal = proposed(station)
    return decide_stage(by=world.county, proposal=proposal, agree=True, on=on, comment="", expected=S.WAITING_COUNTY)


def confirmed(world, station: Station, on: date = TODAY) -> StageProposal:
    proposal = decided(world, station)
    return confirm_stage(by=world.city, proposal=proposal, agree=True, on=on, comment="", expected=S.WAITING_CITY)


class TestAnswers:
    def test_everything_that_may_be_asked_is_answered(self, world, rules):
        stations = list(Station.objects.select_related("unit"))
        for asked in ASKED.values():
            question = Question(asked.key, 3 if asked.monthly else 0)
            assert question.topic in ANSWERERS, asked
            found = ask(stations, [question], TODAY)
            assert set(found) == {(station.pk, question) for station in stations}
            assert all(answer.words for answer in found.values())

    def test_a_share_adds_up_the_months_and_then_divides(self, station):
        for back, (on_time, services) in enumerate([(3, 3), (3, 3), (3, 6)]):
            UnitMonth.objects.create(
                unit=station.unit, month=LAST - back, computed_at="2026-10-01T00:00:00Z",
                measures={"services": services, "services_on_time": on_time},
            )  # fmt: skip
        question = Question("figure:entry_on_time", 3)
        found = ask([station], [question], TODAY)[station.pk, question]
        assert found.value == Decimal(75)
        assert found.words == "近3个月次日录入率 75.0%（9/12）"
        assert f"unit={station.pk}" in found.url and "month=2026-09" in found.url

    def test_what_stands_is_asked_at_the_end_of_the_last_month_and_not_added_up(self, station):
        assert not ASKED["figure:workers"].monthly
        assert ASKED["figure:services"].monthly
        months_of(station, 3, workers=2)
        question = Question("figure:workers")
        found = ask([station], [question], TODAY)[station.pk, question]
        assert (found.value, found.words) == (2, "2026年9月末驻站社工 2 人")

    def test_the_running_month_does_not_count(self, station):
        months_of(station, 1)
        UnitMonth.objects.create(
            unit=station.unit, month=LAST + 1, measures={"services": 500}, computed_at="2026-10-01T00:00:00Z"
        )
        question = Question("figure:services", 3)
        found = ask([station], [question], TODAY)[station.pk, question]
        assert found.value == 20
        assert found.words == "近3个月（其中 1 个月有统计）服务次数 20 次"

    def test_nothing_counted_is_no_data_and_not_zero(self, station):
        question = Question("figure:services", 3)
        found = ask([station], [question], TODAY)[station.pk, question]
        assert found.value is None
        assert "没有统计数据" in found.words

    def test_a_share_of_nothing_is_no_data(self, station):
        months_of(station, 3, workers=0, workers_certified=0)
        question = Question("figure:certified", 3)
        found = ask([station], [question], TODAY)[station.pk, question]
        assert (found.value, found.words) == (None, "近3个月持证率没有数据")

    def test_domains_and_groups_are_counted_by_their_services(self, station):
        months_of(station, 3, services_ELDERLY_CARE=2, services_RELIEF=1, services_elderly=1)
        domains, groups = Question("domains", 3), Question("focus_groups", 3)
        found = ask([station], [domains, groups], TODAY)
        assert found[station.pk, domains].value == 2
        assert "养老服务" in found[station.pk, domains].words
        assert found[station.pk, groups].value == 1

    def test_the_score_is_of_all_dimensions_together(self, station, default):
        check(station, date(2026, 9, 1))
        rows = DimensionScore.objects.filter(station=station)
        rows.filter(dimension=Dimension.HARDWARE).update(earned=0)
        question = Question("score")
        found = ask([station], [question], TODAY)[station.pk, question]
        earned, possible = sum(row.earned for row in rows), sum(row.possible for row in rows)
        assert found.value == earned * 100 / possible
        assert found.value < 100

    def test_a_feature_project_counts_once_it_is_recognised(self, station):
        question = Question("feature")
        project = FeatureProject.objects.create(
            station=station, year=2026, name="夕阳有伴", group="ELDERLY", served="老人", state="APPLIED",
            applied_on=date(2026, 5, 1),
        )  # fmt: skip
        assert ask([station], [question], TODAY)[station.pk, question].value is False
        project.state, project.approved_on = "APPROVED", date(2026, 6, 1)
        project.save()
        found = ask([station], [question], TODAY)[station.pk, question]
        assert found.value is True
        assert "夕阳有伴" in found.words

    def test_many_stations_cost_as_much_as_one(self, world, rules, django_assert_num_queries):
        stations = list(Station.objects.filter(kind="STATION").select_related("unit"))
        for station in stations:
            ready(station)
        for some in (stations[:1], stations):
            with django_assert_num_queries(7):
                standings(some, TODAY, whole=True, book=rules)


class TestJudging:
    @pytest.mark.parametrize(
        ("comparison", "value", "outcome"),
        [
            ("AT_LEAST", Decimal("59.96"), Outcome.UNMET),
            ("AT_LEAST", Decimal(60), Outcome.MET),
            ("AT_MOST", Decimal(60), Outcome.MET),
            ("AT_MOST", Decimal("60.04"), Outcome.UNMET),
            ("AT_LEAST", None, Outcome.NO_DATA),
            ("AT_MOST", None, Outcome.NO_DATA),
        ],
    )
    def test_a_number_is_compared_unrounded(self, comparison, value, outcome):
        parameters = {"task": "TEAM", "asked": "score", "comparison": comparison, "number": 60}
        assert judge(parameters, Found(value, "")) is outcome

    def test_a_station_is_starting_from_the_day_it_operates(self, station):
        assert standing_of(station, date(2023, 8, 31)).stage is None
        standing = standing_of(station, date(2023, 9, 1))
        assert (standing.stage, standing.since) == (Stage.STARTING, date(2023, 9, 1))

    def test_a_station_that_never_operated_has_no_stage(self, station):
        StatusSpell.objects.filter(station=station, status="OPERATING").delete()
        assert standing_of(station, TODAY).stage is None

    def test_a_closed_station_and_a_room_have_no_stage(self, station):
        Station.objects.filter(pk=station.pk).update(closed_on=TODAY)
        assert standing_of(Station.objects.select_related("unit").get(pk=station.pk), TODAY).stage is None
        Station.objects.filter(pk=station.pk).update(closed_on=None, kind="ROOM")
        assert standing_of(Station.objects.select_related("unit").get(pk=station.pk), TODAY).stage is None

    def test_a_task_is_done_when_all_its_criteria_are_met(self, station):
        ready(station)
        dimensions_of(station, Dimension.SIGNAGE)
        standing = standing_of(station, TODAY)
        (missing,) = standing.missing
        assert missing.task == StageTask.FACILITIES
        assert [row.words for row in missing.missing] == ["统一标识达标"]
        assert standing.current_met == 3
        assert standing.due is None

    def test_all_four_tasks_make_the_station_due_for_the_next_stage(self, station):
        assert standing_of(ready(station), TODAY).due == Stage.IMPROVING

    def test_each_task_and_criterion_names_its_document(self, station):
        standing = standing_of(station, TODAY)
        team = standing.tasks[StageTask.TEAM]
        assert team.source["label"].startswith("市民函〔2023〕28号 三(一)")
        assert all("缺省" in row.source["label"] for row in team.criteria)

    def test_a_task_without_criteria_does_not_count_as_done(self, station):
        Provision.objects.filter(kind="STAGE_CRITERION", parameters__task="TEAM").delete()
        standing = standing_of(ready(station), TODAY)
        assert standing.tasks[StageTask.TEAM].state is TaskState.NO_CRITERIA
        assert standing.due is None

    def test_a_county_raises_a_criterion_from_its_day_on(self, world, station):
        ready(station)
        document = paper(world, "榆次区")
        demand(document, date(2026, 10, 10), task="TEAM", asked="figure:certified", comparison="AT_LEAST",
               number=80)  # fmt: skip
        assert standing_of(station, date(2026, 10, 9)).due == Stage.IMPROVING
        standing = standing_of(station, date(2026, 10, 10))
        (row,) = standing.missing[0].missing
        assert row.words == "持证率不低于80%"
        assert row.found == "2026年9月末持证率 75.0%（3/4）"
        assert row.source["label"].startswith(document.number)
        other = ready(world.station("明星镇社工站"))
        assert standing_of(other, date(2026, 10, 10)).due == Stage.IMPROVING


class TestProposing:
    def test_the_daily_task_proposes_who_is_ready_and_nobody_else(self, world, station):
        ready(station)
        tasks.propose_stages()
        proposal = StageProposal.objects.get()
        assert (proposal.station, proposal.stage, proposal.state) == (station, Stage.IMPROVING, S.WAITING_COUNTY)
        assert AuditEvent.objects.get(verb="提出阶段评定").actor is None
        tasks.propose_stages()
        assert StageProposal.objects.count() == 1

    def test_the_proposal_keeps_what_was_met(self, station):
        proposal = proposed(station)
        assert [task["label"] for task in proposal.evidence] == [
            "基础设施建设", "人才队伍建设", "机制规范建设", "专业服务探索"
        ]  # fmt: skip
        months_of(station, workers_certified=0)
        team = StageProposal.objects.get().evidence[1]
        assert team["criteria"][1]["found"] == "2026年9月末持证率 75.0%（3/4）"

    def test_what_is_missing_is_said(self, station):
        ready(station)
        months_of(station, workers_certified=1)
        with pytest.raises(ValidationError) as caught:
            propose_stage(by=None, station=station)
        assert caught.value.messages == [
            "起步阶段四项任务已完成 3 项，还差：“人才队伍建设”2026年9月末持证率 25.0%（1/4），"
            "要求持证率不低于50%（缺省（无文件） 发展阶段）"
        ]
        assert not StageProposal.objects.exists()

    def test_a_suspended_station_is_not_proposed(self, world, station):
        record_status(by=world.county, station=ready(station), status="SUSPENDED", on=date(2026, 10, 1))
        assert propose_due().proposed == 0
        with pytest.raises(ValidationError, match="停运"):
            propose_stage(by=world.county, station=station)

    def test_what_was_sent_back_is_repeated_after_ninety_days_or_when_asked(self, world, station, time_machine):
        proposal = proposed(station)
        decide_stage(
            by=world.county, proposal=proposal, agree=False, on=TODAY, comment="缺档案", expected=S.WAITING_COUNTY
        )
        assert propose_due().proposed == 0
        time_machine.move_to("2027-01-19T10:00:00+08:00", tick=False)
        months_of(station, 12)
        UnitMonth.objects.bulk_create(
            UnitMonth(unit=station.unit, month=LAST + n, measures=UnitMonth.objects.first().measures,
                      computed_at="2027-01-01T00:00:00Z") for n in (1, 2, 3)
        )  # fmt: skip
        assert propose_due().proposed == 1

    def test_on_demand_it_is_repeated_at_once(self, world, station):
        proposal = proposed(station)
        decide_stage(
            by=world.county, proposal=proposal, agree=False, on=TODAY, comment="缺档案", expected=S.WAITING_COUNTY
        )
        assert propose_due(by=world.county).proposed == 1

    def test_only_the_county_asks_for_it(self, world, station):
        with pytest.raises(ValidationError, match="登记"):
            propose_stage(by=world.township, station=ready(station))

    def test_the_database_keeps_one_open_proposal_for_a_station(self, station):
        proposed(station)
        with pytest.raises(IntegrityError), transaction.atomic():
            StageProposal.objects.create(station=station, stage=Stage.IMPROVING, proposed_on=TODAY)


class TestDeciding:
    def test_county_and_city_bring_the_station_into_its_stage_on_the_day(self, world, station):
        StaleMonth.objects.all().delete()
        proposal = confirmed(world, station)
        assert (proposal.state, proposal.decided_by, proposal.confirmed_by) == (S.CONFIRMED, world.county, world.city)
        assert standing_of(station, date(2026, 10, 19)).stage == Stage.STARTING
        standing = standing_of(station, TODAY)
        assert (standing.stage, standing.since) == (Stage.IMPROVING, TODAY)
        assert [int(row.month) for row in StaleMonth.objects.filter(unit=station.unit)] == [202610]

    def test_sending_back_takes_a_comment(self, world, station):
        proposal = proposed(station)
        with pytest.raises(ValidationError) as caught:
            decide_stage(
                by=world.county, proposal=proposal, agree=False, on=TODAY, comment=" ", expected=S.WAITING_COUNTY
            )
        assert errors_of(caught) == {"comment": ["退回须写明意见"]}

    def test_the_city_sends_back_and_the_stage_stays(self, world, station):
        proposal = decided(world, station)
        confirm_stage(
            by=world.city, proposal=proposal, agree=False, on=TODAY, comment="材料不全", expected=S.WAITING_CITY
        )
        assert StageProposal.objects.get().state == S.CITY_RETURNED
        assert not StageSpell.objects.exists()

    def test_the_second_who_takes_the_same_step_is_told(self, world, station):
        proposal = decided(world, station)
        with pytest.raises(ValidationError, match="他人刚刚办理过：评定现为“待市级确认”"):
            decide_stage(
                by=world.county, proposal=proposal, agree=True, on=TODAY, comment="", expected=S.WAITING_COUNTY
            )

    def test_who_decided_does_not_confirm(self, world, station):
        Posting.objects.create(
            user=world.county, role=Role.CITY_OFFICIAL, unit=world.units["晋中市"], starts_on=date(2024, 1, 1)
        )
        proposal = decided(world, station)
        with pytest.raises(ValidationError, match="不能再由您确认"):
            confirm_stage(by=world.county, proposal=proposal, agree=True, on=TODAY, comment="", expected=S.WAITING_CITY)

    @pytest.mark.parametrize(
        ("on", "said"), [(date(2026, 10, 21), "不能晚于今天"), (date(2026, 10, 19), "不能早于县级认定日期")]
    )
    def test_the_day_lies_between_the_decision_and_today(self, world, station, on, said):
        proposal = decided(world, station)
        with pytest.raises(ValidationError) as caught:
            confirm_stage(by=world.city, proposal=proposal, agree=True, on=on, comment="", expected=S.WAITING_CITY)
        assert said in errors_of(caught)["on"][0]
        assert not StageSpell.objects.exists()

    def test_a_county_does_not_confirm_and_a_city_does_not_decide(self, world, station):
        proposal = proposed(station)
        with pytest.raises(ValidationError, match="登记"):
            decide_stage(by=world.city, proposal=proposal, agree=True, on=TODAY, comment="", expected=S.WAITING_COUNTY)
        proposal = decide_stage(by=None, proposal=proposal, agree=True, on=TODAY, comment="", expected=S.WAITING_COUNTY)
        with pytest.raises(ValidationError, match="登记"):
            confirm_stage(by=world.county, proposal=proposal, agree=True, on=TODAY, comment="", expected=S.WAITING_CITY)

    def test_the_database_refuses_one_person_for_both_steps(self, world, station):
        proposal = confirmed(world, station)
        with pytest.raises(IntegrityError), transaction.atomic():
            StageProposal.objects.filter(pk=proposal.pk).update(confirmed_by=world.county)


class TestWithdrawing:
    def test_the_city_takes_the_last_stage_back_with_a_reason(self, world, station):
        proposal = confirmed(world, station)
        withdraw_stage(by=world.city, station=station, reason="认定有误", expected=proposal.spell.pk)
        assert standing_of(station, TODAY).stage == Stage.STARTING
        proposal.refresh_from_db()
        assert (proposal.state, proposal.reason) == (S.WITHDRAWN, "认定有误")
        assert propose_due().proposed == 0  # the system does not at once repeat what was taken back

    def test_the_stage_before_goes_on(self, world, station):
        StageSpell.objects.create(
            station=station, stage=Stage.IMPROVING, starts_on=date(2025, 1, 1), ends_on=date(2026, 9, 1)
        )
        last = StageSpell.objects.create(station=station, stage=Stage.PROFESSIONAL, starts_on=date(2026, 9, 1))
        withdraw_stage(by=world.city, station=station, reason="认定有误", expected=last.pk)
        standing = standing_of(station, TODAY)
        assert (standing.stage, standing.since) == (Stage.IMPROVING, date(2025, 1, 1))

    def test_it_needs_a_reason_and_the_spell_that_was_seen(self, world, station):
        spell = confirmed(world, station).spell
        with pytest.raises(ValidationError, match="撤回理由"):
            withdraw_stage(by=world.city, station=station, reason="", expected=spell.pk)
        with pytest.raises(ValidationError, match="请刷新"):
            withdraw_stage(by=world.city, station=station, reason="认定有误", expected=spell.pk + 1)


class TestWords:
    def test_stations_are_counted_at_exactly_one_stage_each(self, world, rules, station):
        StageSpell.objects.create(station=station, stage=Stage.IMPROVING, starts_on=TODAY)
        before, on = date(2026, 10, 19), TODAY

        def counts(day: date) -> list[int]:
            return [Station.objects.filter(at_stage(stage, day)).count() for stage in Stage]

        assert counts(before) == [5, 0, 0]
        assert counts(on) == [4, 1, 0]
        stages = dict(with_stage(Station.objects.all(), on).values_list("pk", "stage"))
        assert stages[station.pk] == Stage.IMPROVING
        assert len(stages) == 5
