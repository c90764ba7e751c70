"""What may be done to a case, and what is refused with its reason."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from casework.actions import case_flow, case_goals, case_services
from casework.actions.cases import edit_case, hand_over, open_case
from casework.case_steps import State
from casework.models import Case, CaseComment, CaseGoal, CaseService, CaseSpell, CaseStep
from clients.models import Client, Consent
from clients.signals import anonymised, leaving
from common.months import Month
from files.actions import attach
from files.models import Attachment
from services.actions import correct_service, void_service
from stations.models import StaleMonth
from tests.casework.cases import (
    FACTS,
    NOW,
    D,
    assess,
    close,
    day,
    evaluate,
    expected,
    goal,
    intervene,
    led_to,
    opened,
    person,
    plan,
    post,
    serve,
    served,
    settle,
)
from tests.files.samples import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(rules, time_machine):
    time_machine.move_to(NOW)


def refusal(act):
    with pytest.raises(ValidationError) as caught:
        act()
    return "；".join(caught.value.messages)


# ---- intake ---------------------------------------------------------------------------------------------------------


def test_a_case_gets_a_number_a_step_and_is_open(world):
    case = opened(world)
    assert (case.number, case.state) == ("2026-001", State.INTAKE)
    assert list(case.steps.values_list("kind", "on")) == [("INTAKE", D)]
    assert CaseSpell.objects.get(case=case).ends_on is None
    assert set(case.problems.values_list("kind", flat=True)) == {"CARE", "EMOTION"}


def test_numbers_count_on_within_a_station_and_year(world):
    worker = post(world.station())
    numbers = [opened(world, person(world.station(), f"演示{n}"), worker).number for n in "甲乙丙"]
    assert numbers == ["2026-001", "2026-002", "2026-003"]


def test_withdrawn_consent_refuses_a_case(world):
    client = person(world.station())
    Consent.objects.filter(client=client).update(withdrawn_on=date(2026, 1, 1))
    assert "撤回" in refusal(lambda: opened(world, client))


def test_a_file_without_consent_may_be_taken_on(world):
    assert opened(world, person(world.station(), consent=False)).is_open


def test_a_person_without_a_file_here_is_refused(world):
    client = person(world.station("锦纶街道社工站"))
    here = world.station()
    words = refusal(lambda: open_case(by=world.worker, station=here, client=client, worker=post(here), on=D, **FACTS))
    assert "没有本站在档的档案" in words


def test_a_worker_from_elsewhere_is_refused(world):
    elsewhere = post(world.station("锦纶街道社工站"), "外站社工")
    assert "不驻本站" in refusal(lambda: opened(world, worker=elsewhere))


def test_a_second_open_case_of_the_person_is_refused(world):
    client, worker = person(world.station()), post(world.station())
    opened(world, client, worker)
    assert "已有在办的个案" in refusal(lambda: opened(world, client, worker))
    assert Case.objects.count() == 1


def test_the_database_keeps_one_open_case_of_a_file(world):
    case = opened(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            station=case.station, client=case.client, number="x", worker=case.worker, opened_on=D, state=State.PLAN
        )


def test_an_identity_number_in_a_text_is_refused(world):
    assert "身份证号" in refusal(lambda: opened(world, presenting="号码 11010519491231002X"))


def test_declining_needs_a_reason_and_keeps_where_they_went(world):
    assert "原因" in refusal(lambda: opened(world, accepted=False))
    case = opened(
        world,
        accepted=False,
        declined_because="不属于社工站职责",
        referred_to="县残联",
        worker=post(world.station(), "乙"),
    )
    assert (case.state, case.referred_to) == (State.DECLINED, "县残联")
    assert not CaseSpell.objects.exists()
    assert not Case.objects.accepted().exists()


# ---- order ----------------------------------------------------------------------------------------------------------


def test_a_case_goes_from_intake_to_closing(world):
    case = led_to(world, State.CLOSED)
    assert (case.state, case.outcome, case.closed_on, case.review_on) == (State.CLOSED, "GOALS_MET", day(12), None)
    spell = CaseSpell.objects.get(case=case)
    assert (spell.starts_on, spell.ends_on, spell.outcome) == (D, day(12), "GOALS_MET")


def test_a_plan_before_the_assessment_is_refused(world):
    case = opened(world)
    assert "还没有完成“预估”" in refusal(lambda: plan(world, case))


def test_a_plan_is_agreed_with_the_client_after_the_assessment(world):
    case = led_to(world, State.ASSESSMENT)
    assert "商定" in refusal(lambda: plan(world, case, agreed_on=D))
    assert "商定" in refusal(lambda: plan(world, case, agreed_on=day(9)))


def test_a_step_before_the_last_one_is_refused(world):
    case = led_to(world, State.ASSESSMENT)
    assert "不能早于" in refusal(lambda: plan(world, case, on=0))


def test_no_step_lies_in_the_future(world):
    case = opened(world)
    assert "不能晚于今天" in refusal(lambda: assess(world, case, on=400))


def test_a_high_risk_says_what_was_done_and_marks_the_case(world):
    case = opened(world)
    risk = {"kind": "SELF_HARM", "level": "HIGH", "note": ""}
    assert "高风险" in refusal(lambda: assess(world, case, risks=[risk]))
    assess(world, case, risks=[risk | {"note": "已联系家属，每日探访"}])
    assert list(Case.objects.high_risk()) == [case]


def test_an_evaluation_without_a_service_is_refused(world):
    case = led_to(world, State.INTERVENTION)
    assert "还没有服务记录" in refusal(lambda: evaluate(world, case))


def test_an_evaluation_measures_every_scale_again(world):
    case = led_to(world, State.INTERVENTION)
    served(world, case)
    assert "量表" in refusal(lambda: evaluate(world, case, scores={"goal": 8}))


def test_closing_with_a_goal_open_is_refused(world):
    case = led_to(world, State.INTERVENTION)
    served(world, case)
    evaluate(world, case)
    assert "2 个目标没有结论" in refusal(lambda: close(world, case))


def test_a_death_closes_at_once_with_the_reason_why_nothing_was_evaluated(world):
    case = opened(world)
    nobody = {"outcome": "DIED", "answered_by": "NOBODY", "satisfaction": None}
    assert "未评估" in refusal(lambda: close(world, case, **nobody))
    close(world, case, **nobody, not_evaluated="服务对象因病去世")
    case.refresh_from_db()
    assert case.outcome == "DIED"


def test_satisfaction_says_who_answered(world):
    case = led_to(world, State.EVALUATION)
    assert "满意度" in refusal(lambda: close(world, case, satisfaction=None))
    step = close(world, case, answered_by="NOBODY", satisfaction=3)
    assert step.closing.satisfaction is None


def test_withdrawn_consent_stops_the_work_but_not_the_closing(world):
    case = opened(world)
    Consent.objects.filter(client=case.client).update(withdrawn_on=day(1))
    assert "撤回" in refusal(lambda: assess(world, case))
    close(world, case, outcome="ASKED", not_evaluated="撤回同意")


def test_of_two_who_saw_the_same_step_the_second_is_told(world):
    case = opened(world)
    seen = expected(case)
    assess(world, case)
    assert "请核对" in refusal(lambda: assess(world, case, expected=seen))
    assert case.steps.count() == 2


# ---- taking back, reopening -----------------------------------------------------------------------------------------


def take_back(world, case, reason="填错"):
    return case_flow.take_back(by=world.worker, case=case, reason=reason, expected=expected(case))


def test_the_last_step_is_taken_back_with_a_reason_and_stays_readable(world):
    case = led_to(world, State.PLAN)
    assert refusal(lambda: take_back(world, case, ""))
    step = take_back(world, case)
    case.refresh_from_db()
    assert (case.state, case.review_on) == (State.ASSESSMENT, None)
    assert step.plan.goals.count() == 2
    assert not CaseGoal.objects.standing().filter(case=case).exists()
    plan(world, case, goals=[goal()])
    assert CaseGoal.objects.standing().filter(case=case).count() == 1


def test_taking_back_the_intake_takes_the_case_out_of_every_list(world):
    case = opened(world)
    take_back(world, case)
    case.refresh_from_db()
    assert case.state == State.VOID
    assert not CaseSpell.objects.exists()
    assert opened(world, case.client, case.worker).number == "2026-002"


def test_an_intake_with_services_cannot_be_taken_back(world):
    case = opened(world)
    served(world, case)
    assert "服务记录" in refusal(lambda: take_back(world, case))


def test_taking_back_a_closing_opens_the_case_again(world):
    case = led_to(world, State.CLOSED)
    take_back(world, case)
    case.refresh_from_db()
    assert (case.state, case.outcome, case.closed_on) == (State.EVALUATION, "", None)
    assert CaseSpell.objects.get(case=case).ends_on is None


def reopen(world, case, on=20):
    return case_flow.reopen(by=world.worker, case=case, on=day(on), reason="情况反复", expected=expected(case))


def test_a_reopened_case_is_evaluated_and_closed_again(world):
    case = led_to(world, State.CLOSED)
    reopen(world, case)
    case.refresh_from_db()
    assert (case.state, case.closed_on) == (State.INTERVENTION, None)
    assert "服务记录" in refusal(lambda: evaluate(world, case, on=30))
    served(world, case, on=25)
    evaluate(world, case, on=30)
    close(world, case, on=31)
    assert list(CaseSpell.objects.filter(case=case).values_list("starts_on", "ends_on")) == [
        (D, day(12)),
        (day(20), day(31)),
    ]


def test_a_reopening_is_taken_back_only_while_nothing_was_done(world):
    case = led_to(world, State.CLOSED)
    reopen(world, case)
    served(world, case, on=25)
    assert "结案" in refusal(lambda: take_back(world, case))


def test_taking_back_a_reopening_restores_the_closing(world):
    case = led_to(world, State.CLOSED)
    reopen(world, case)
    take_back(world, case)
    case.refresh_from_db()
    assert (case.state, case.outcome, case.closed_on) == (State.CLOSED, "GOALS_MET", day(12))


# ---- work on it -----------------------------------------------------------------------------------------------------


def test_a_review_moves_goals_risk_and_the_next_day(world):
    case = led_to(world, State.INTERVENTION)
    first = case.goals.first()
    case_goals.review(
        by=world.worker, case=case, on=day(20), risk="HIGH", next_on=day(50), note="独居风险上升",
        goals={first.pk: case_goals.GoalUpdate("MET", "已结对")}, added=[goal("加装扶手", 2)],
    )  # fmt: skip
    case.refresh_from_db()
    first.refresh_from_db()
    assert (case.risk, case.review_on, first.state, first.settled_on) == ("HIGH", day(50), "MET", day(20))
    assert case.goals.count() == 3


def test_a_review_that_is_due_is_listed_until_somebody_looked(world):
    case = led_to(world, State.PLAN)
    assert not Case.objects.review_due(case.review_on).exists()  # the whole day is in time
    assert list(Case.objects.review_due(day(33))) == [case]
    case_goals.review(by=world.worker, case=case, on=day(33), next_on=day(63))
    assert not Case.objects.review_due(day(33)).exists()


def test_a_case_passes_to_another_worker(world):
    case = opened(world)
    other = post(case.station, "吴社工")
    hand_over(by=world.township, case=case, worker=other, on=day(9), reason="休产假", expected=case.worker_id)
    case.refresh_from_db()
    assert case.worker == other
    assert case.handovers.get().from_worker.name == "周社工"


def test_a_case_passes_only_to_who_is_posted_here(world):
    case = opened(world)
    elsewhere = post(world.station("锦纶街道社工站"), "外站社工")
    words = refusal(
        lambda: hand_over(by=None, case=case, worker=elsewhere, on=day(9), reason="休产假", expected=case.worker_id)
    )
    assert "不驻本站" in words


def test_a_closed_case_takes_no_change(world):
    case = led_to(world, State.CLOSED)
    assert "不能再修改" in refusal(lambda: edit_case(by=world.worker, case=case, on=day(99), **FACTS))
    assert "不能再修改" in refusal(lambda: settle(world, case))


# ---- services -------------------------------------------------------------------------------------------------------


def test_a_service_outside_the_time_of_the_case_is_refused(world):
    case = led_to(world, State.CLOSED)
    late = serve(world, case, on=13)
    assert "办理期间" in refusal(lambda: case_services.attach_service(by=None, case=case, record=late))
    case_services.attach_service(by=None, case=case, record=serve(world, case, on=12))  # the day of closing


def test_a_service_of_somebody_else_is_refused(world):
    case = led_to(world, State.INTERVENTION)
    other = person(world.station(), "演示乙")
    record = serve(world, case, clients=[other])
    assert "服务对象" in refusal(lambda: case_services.attach_service(by=None, case=case, record=record))


def test_the_service_that_backs_an_evaluation_is_not_voided(world):
    case = led_to(world, State.EVALUATION)
    record = CaseService.objects.get(case=case).service
    assert "不完整" in refusal(lambda: void_service(by=world.worker, record=record, reason="重复"))
    record.refresh_from_db()
    assert record.voided_at is None


def test_the_service_that_backs_an_evaluation_is_not_moved_before_it_began(world):
    case = led_to(world, State.EVALUATION)
    record = CaseService.objects.get(case=case).service
    words = refusal(
        lambda: correct_service(by=world.worker, record=record, reason="日期错", starts_on=day(1), ends_on=day(1))
    )
    assert "不完整" in words


def test_attaching_twice_keeps_one_row(world):
    case = led_to(world, State.INTERVENTION)
    record = served(world, case)
    case_services.attach_service(by=None, case=case, record=record)
    assert CaseService.objects.count() == 1


def test_a_service_tells_which_goals_it_worked_on(world):
    case = led_to(world, State.INTERVENTION)
    served(world, case)
    row = CaseService.objects.get()
    case_services.set_goals(by=world.worker, row=row, goals=list(case.goals.all()[:1]))
    assert row.goals.count() == 1


# ---- comments -------------------------------------------------------------------------------------------------------


def test_a_comment_is_unread_until_it_is_answered(world):
    step = CaseStep.objects.get(case=opened(world))
    made = case_services.comment(by=world.township, step=step, words="补充家庭支持")
    assert case_services.comment(by=world.township, step=step, words="补充家庭支持") == made  # sent twice
    assert made.read_at is None
    case_services.answer(by=world.worker, row=made, words="已补充")
    made.refresh_from_db()
    assert made.read_at and made.answer == "已补充"
    assert CaseComment.objects.count() == 1


def test_a_comment_marked_as_read_leaves_one_event(world):
    step = CaseStep.objects.get(case=opened(world))
    made = case_services.comment(by=world.township, step=step, words="补充家庭支持")
    for _ in range(2):
        case_services.mark_read(by=world.worker, row=made)
    event = AuditEvent.objects.get(verb="个案点评标为已读")
    assert event.actor == world.worker
    assert "补充家庭支持" not in str(event.changes)


# ---- figures, trail, files of people --------------------------------------------------------------------------------


def test_the_words_of_figures(world):
    case = led_to(world, State.CLOSED)
    march = Month(2026, 3)
    assert list(Case.objects.opened_in(march)) == [case]
    assert list(Case.objects.closed_in(march)) == [case]
    assert not Case.objects.closed_in(march, "DIED").exists()
    assert [Case.objects.open_at(day(number)).count() for number in (-1, 0, 11, 12)] == [0, 1, 1, 0]
    assert not Case.objects.opened_in(Month(2026, 4)).exists()


def test_changes_mark_the_months_since(world):
    StaleMonth.objects.all().delete()
    opened(world)
    assert StaleMonth.objects.filter(unit=world.station().unit, month=int(Month.of(D))).exists()


def test_the_trail_names_the_case_and_holds_no_text_of_it(world):
    case = led_to(world, State.CLOSED)
    hand = AuditEvent.objects.filter(target_type="casework.case")
    assert set(hand.values_list("target_label", flat=True)) == {str(case)}
    whole = " ".join(f"{event.changes} {event.reason} {event.target_label}" for event in AuditEvent.objects.all())
    for private in ("演示甲", "摔倒", "助行器", "有人惦记了", "结对", "转为日常探访"):
        assert private not in whole


def test_a_file_with_an_open_case_is_neither_closed_nor_moved(world):
    case = opened(world)
    words = refusal(
        lambda: leaving.send(sender=Client, client=case.client, station=case.station, on=day(5), by=None, to=None)
    )
    assert "在办的个案（2026-001）" in words


def test_anonymising_empties_the_texts_and_keeps_what_is_counted(world):
    case = led_to(world, State.CLOSED)
    scan = attach(by=None, target=case.steps.get(kind="PLAN"), unit=case.station.unit, files=[photo()], slot="evidence")
    anonymised.send(sender=Client, client=case.client, by=None)
    assert scan and not Attachment.objects.exists()
    case.refresh_from_db()
    step = case.steps.get(kind="ASSESSMENT")
    assert (case.presenting, step.assessment.conclusion, step.assessment.needs) == ("", "", {})
    assert set(case.goals.values_list("text", "state")) == {("", "MET")}
    assert list(Case.objects.closed_in(Month(2026, 3))) == [case]
    assert case.scores.count() == 4


def test_cases_of_a_person_are_found_over_all_files(world):
    case = opened(world)
    kept = person(world.station(), "演示甲")
    Client.objects.filter(pk=case.client_id).update(merged_into=kept)
    assert list(Case.objects.of_person(kept)) == [case]


def test_intervening_twice_is_refused(world):
    case = led_to(world, State.INTERVENTION)
    assert "已经完成" in refusal(lambda: intervene(world, case))
