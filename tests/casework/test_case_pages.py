"""The pages of cases, through the browser's eyes."""

from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Posting
from accounts.roles import Role
from casework.actions import case_flow, case_services
from casework.case_steps import State
from casework.models import Case, CaseComment, CaseService, CaseStep
from clients.models import Consent
from clients.panels import panels_of as client_panels
from files.models import Attachment
from jobs import actions as jobs
from jobs.models import Job
from stations.models import SupervisorAssignment
from stations.panels import panels_of as station_panels
from tests.casework.cases import NOW, D, day, expected, led_to, opened, person, plan, post, serve, served
from tests.files.samples import photo
from tests.world import make_user

pytestmark = pytest.mark.django_db
NAME, TEXT = "演示甲", "近期摔倒过一次"


@pytest.fixture(autouse=True)
def now(rules, time_machine):
    time_machine.move_to(NOW)


def page(browser, name, *args, **query) -> str:
    response = browser.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def sent(client, name, *args, **data):
    response = client.post(reverse(name, args=args), data)
    return response, response.content.decode()


# ---- who sees what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["county", "city", "province", "auditor", "agency"])
def test_officials_see_the_list_without_names_and_texts_and_no_file(world, sign_in, role):
    case = opened(world)
    client = sign_in(getattr(world, role))
    html = page(client, "case_list")
    assert case.number in html and "生活照料" in html and "北关街道社工站" in html
    assert NAME not in html and TEXT not in html and case.worker.name not in html
    for name in ("case_detail", "case_print", "case_assess"):
        assert client.get(reverse(name, args=[case.pk])).status_code == 403


def test_an_official_elsewhere_sees_no_case(world, sign_in):
    case = opened(world)
    client = sign_in(world.outsider)
    assert case.number not in page(client, "case_list")
    assert client.get(reverse("case_detail", args=[case.pk])).status_code == 404


@pytest.mark.parametrize("role", ["worker", "township"])
def test_the_station_and_its_township_read_names_and_texts(world, sign_in, role):
    case = opened(world)
    client = sign_in(getattr(world, role))
    assert NAME in page(client, "case_list")
    assert TEXT in page(client, "case_detail", case.pk)


def supervisor(world, of):
    user = make_user("du", "督导（演示）", (Role.STATION_WORKER, world.units["锦纶街道社工站"]))
    SupervisorAssignment.objects.create(station=of, user=user, lead=True, starts_on=date(2024, 1, 1))
    return user


def test_a_supervisor_reads_and_comments_but_does_not_work_on_the_case(world, sign_in):
    case = opened(world)
    client = sign_in(supervisor(world, case.station))
    assert NAME in page(client, "case_list")
    assert TEXT in page(client, "case_detail", case.pk)
    step = CaseStep.objects.get(case=case)
    assert sent(client, "case_comment", step.pk, text="补充家庭支持")[0].status_code == 302
    assert client.get(reverse("case_assess", args=[case.pk])).status_code == 403


def test_a_supervisor_without_any_posting_opens_the_list(world, sign_in):
    case = opened(world)
    user = supervisor(world, case.station)
    Posting.objects.filter(user=user).delete()
    assert NAME in page(sign_in(user), "case_list")


# ---- before its turn ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "opened_page", "first", "reason"),
    [
        (State.INTAKE, "case_plan", "case_assess", "还没有完成“预估”"),
        (State.ASSESSMENT, "case_evaluate", "case_plan", "还没有完成“介入”"),
        (State.PLAN, "case_close", "case_review", "个目标没有结论"),
        (State.PLAN, "case_assess", "case_detail", "个案已经完成“计划”"),
        (State.CLOSED, "case_plan", "case_detail", "请先重新开启"),
        (State.PLAN, "case_reopen", "case_detail", "个案没有结案"),
    ],
)
def test_a_form_before_its_turn_leads_to_what_comes_first(world, sign_in, state, opened_page, first, reason):
    case = opened(world)
    if state != State.INTAKE:
        led_to(world, state, case)
    answer = sign_in(world.worker).get(reverse(opened_page, args=[case.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse(first, args=[case.pk])
    assert reason in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "name", "reason"),
    [
        (State.CLOSED, "case_edit", "不能再修改"),
        (State.CLOSED, "case_hand_over", "不能再修改"),
        (State.CLOSED, "case_review", "不能再修改"),
        (State.INTAKE, "case_review", "还没有服务计划"),
        (State.VOID, "case_take_back", "没有可以撤回的环节"),
    ],
)
def test_a_form_that_can_only_be_refused_leads_back(world, sign_in, state, name, reason):
    case = opened(world)
    if state == State.VOID:
        case_flow.take_back(by=world.worker, case=case, reason="误登", expected=expected(case))
    elif state != State.INTAKE:
        led_to(world, state, case)
    answer = sign_in(world.worker).get(reverse(name, args=[case.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("case_detail", args=[case.pk])
    assert reason in answer.content.decode()


def test_forms_about_who_withdrew_consent_lead_back(world, sign_in):
    case, client = opened(world), sign_in(world.worker)
    Consent.objects.filter(client=case.client).update(withdrawn_on=day(1))
    answer = client.get(reverse("case_assess", args=[case.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("case_detail", args=[case.pk])
    assert "可按“服务对象要求结束”结案" in answer.content.decode()
    assert client.get(reverse("case_close", args=[case.pk])).status_code == 200
    answer = client.get(reverse("case_create"), {"client": case.client_id}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("client_detail", args=[case.client_id])
    assert "不能接案" in answer.content.decode()


# ---- the list -------------------------------------------------------------------------------------------------------


def numbers(client, **query):
    response = client.get(reverse("case_list"), query)
    return {row.case.number for row in response.context["rows"]}


def test_figures_open_the_list_by_state_month_outcome_and_unit(world, sign_in):
    worker = post(world.station())
    closed = led_to(world, State.CLOSED, opened(world, worker=worker))
    running = opened(world, person(world.station(), "演示乙"), worker, on=day(40))
    client = sign_in(world.county)
    unit = world.units["北关街道"].pk
    for query, shown in [
        ({"state": "opened", "month": "2026-03"}, {closed.number}),
        ({"state": "opened", "month": "2026-04"}, {running.number}),
        ({"state": "open", "month": "2026-03"}, set()),
        ({"state": "open", "month": "2026-04"}, {running.number}),
        ({"state": "open"}, {running.number}),
        ({"state": "closed", "month": "2026-03"}, {closed.number}),
        ({"state": "closed", "month": "2026-03", "outcome": "GOALS_MET"}, {closed.number}),
        ({"state": "closed", "month": "2026-03", "outcome": "DIED"}, set()),
        ({"unit": unit}, {closed.number, running.number}),
        ({"unit": world.units["锦纶街道"].pk}, set()),
        ({"step": "INTAKE"}, {running.number}),
        ({"problem": "CARE", "step": "CLOSED"}, set()),  # only steps that are open are offered
    ]:
        assert numbers(client, **query) == shown, query


def test_my_cases_and_those_due_for_review(world, sign_in):
    me = post(world.station(), "张社工", user=world.worker)
    mine = opened(world, worker=me)
    other = led_to(world, State.PLAN, opened(world, person(world.station(), "演示乙"), post(world.station(), "乙")))
    client = sign_in(world.worker)
    assert numbers(client, worker="mine") == {mine.number}
    assert numbers(client, worker=other.worker.pk) == {other.number}
    assert numbers(client, due="yes") == {other.number}
    assert "已到期" in page(client, "case_list", due="yes")


def test_a_case_taken_back_is_in_no_list(world, sign_in):
    case = opened(world)
    sent(sign_in(world.worker), "case_take_back", case.pk, reason="登错人", expected=expected(case))
    assert numbers(sign_in(world.worker)) == set()


def test_the_list_costs_the_same_for_few_and_many(world, sign_in):
    client = sign_in(world.township)
    worker = post(world.station())
    for name in "甲乙":
        opened(world, person(world.station(), f"演示{name}"), worker)
    client.get(reverse("case_list"))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("case_list")).status_code == 200
        return len(queries)

    few = cost()
    for number in range(12):
        opened(world, person(world.station(), f"演示{number}"), worker)
    assert cost() == few <= 22


def test_the_file_costs_the_same_for_few_and_many_services(world, sign_in):
    case = led_to(world, State.INTERVENTION)
    client = sign_in(world.worker)
    client.get(reverse("case_detail", args=[case.pk]))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            page(client, "case_detail", case.pk)
        return len(queries)

    served(world, case, on=4)
    few = cost()
    for number in range(5, 11):
        served(world, case, on=number)
    assert cost() == few <= 40


def test_the_export_holds_no_names(world, sign_in):
    case = opened(world)
    sign_in(world.township).post(reverse("table_export", args=["cases"]), {"query": ""})
    job = Job.objects.get()
    jobs.run_job(job.pk)
    job.refresh_from_db()
    sheet = openpyxl.load_workbook(jobs.file_of(job)).active
    cells = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert case.number in cells and "生活照料" in cells
    assert NAME not in cells and TEXT not in cells


# ---- writing --------------------------------------------------------------------------------------------------------


def test_a_case_from_intake_to_closing_by_its_pages(world, sign_in):
    worker = post(world.station(), "张社工", user=world.worker)
    who = person(world.station())
    client = sign_in(world.worker)
    url = f"{reverse('case_create')}?client={who.pk}"
    response = client.post(
        url,
        {
            "on": D, "source": "SELF", "presenting": "需要照料", "domain": "ELDERLY_CARE", "focus": "elderly",
            "problems": ["CARE"], "accepted": "yes", "worker": worker.pk,
            "evidence": SimpleUploadedFile("a.jpg", photo().read(), "image/jpeg"),
        },
    )  # fmt: skip
    case = Case.objects.get()
    assert response.url == reverse("case_detail", args=[case.pk])
    assert Attachment.objects.get().target == case.steps.get()

    def go(name, **data):
        response, html = sent(client, name, case.pk, expected=expected(case), **data)
        assert response.status_code == 302, html[html.find("field-error") - 300 :][:900]

    go("case_assess", on=day(1), need_BODY="行走不便", score_goal=2, conclusion="缺少照料")
    go(
        "case_plan", on=day(2), agreed_on=day(2), review_on=day(32), goal_0_text="每周有人上门",
        goal_0_measures="结对", goal_0_by_when=day(60),
    )  # fmt: skip
    go("case_intervene", on=day(3))
    case.refresh_from_db()
    served(world, case)
    goal = case.goals.get()
    go("case_review", on=day(8), risk="LOW", **{f"goal_{goal.pk}_state": "MET", f"goal_{goal.pk}_note": "已结对"})
    go("case_evaluate", on=day(10), score_goal=9, client_view="好", worker_view="好")
    go("case_close", on=day(12), outcome="GOALS_MET", answered_by="CLIENT", satisfaction=5, summary="完成")
    html = page(client, "case_detail", case.pk)
    assert "已结案" in html and "+7" in html and "重新开启" in html


def test_a_refused_step_says_why_and_keeps_what_was_typed(world, sign_in):
    case = led_to(world, State.ASSESSMENT)
    response, html = sent(
        sign_in(world.worker), "case_plan", case.pk, expected=expected(case), on=D, agreed_on=D, review_on=day(9),
        approach="结对探访", goal_0_text="目标一", goal_0_measures="做法", goal_0_by_when=day(60),
    )  # fmt: skip
    assert response.status_code == 200
    assert "不能早于上一环节“预估”" in html and "结对探访" in html and "目标一" in html


def test_the_page_says_why_an_evaluation_must_wait(world, sign_in):
    case = led_to(world, State.INTERVENTION)
    assert "还没有服务记录，不能评估" in page(sign_in(world.worker), "case_detail", case.pk)


def test_missing_consent_is_told_before_saving(world, sign_in):
    who = person(world.station(), consent=False)
    assert "还没有“接受服务和建档”的知情同意" in page(sign_in(world.worker), "case_create", client=who.pk)


def test_whom_a_case_is_about_is_found_without_a_name_in_the_address(world, sign_in):
    person(world.station(), "演示甲")
    client = sign_in(world.worker)
    response, html = sent(client, "case_create", find="演示甲")
    assert response.status_code == 200 and "演示甲" in html and "?client=" in html
    assert "没有找到" in sent(client, "case_create", find="查无此人")[1]


def test_what_was_taken_back_comes_back_into_the_form(world, sign_in):
    case = led_to(world, State.ASSESSMENT)
    client = sign_in(world.worker)
    sent(client, "case_take_back", case.pk, reason="漏填风险", expected=expected(case))
    assert "缺少日间照料" in page(client, "case_assess", case.pk)
    assert "漏填风险" in page(client, "case_detail", case.pk)


def test_services_logged_without_the_case_are_put_to_it(world, sign_in):
    case = led_to(world, State.INTERVENTION)
    record = serve(world, case)
    client = sign_in(world.worker)
    assert "入户个案服务" in page(client, "case_link_services", case.pk)
    sent(client, "case_link_services", case.pk, services=[record.pk])
    row = CaseService.objects.get(case=case, service=record)
    sent(client, "case_service_goals", row.pk, goals=[case.goals.first().pk])
    assert "目标 1" in page(client, "case_detail", case.pk)
    sent(client, "case_service_detach", row.pk)
    assert not CaseService.objects.exists()


def test_comments_are_unread_on_the_list_until_the_worker_answers(world, sign_in):
    case = opened(world)
    case_services.comment(by=world.township, step=case.steps.get(), words="补充家庭支持")
    client = sign_in(world.worker)
    assert "1 条点评未读" in page(client, "case_list")
    row = CaseComment.objects.get()
    sent(client, "case_answer", row.pk, answer="已补充")
    assert "条点评未读" not in page(client, "case_list")
    assert "已补充" in page(sign_in(world.township), "case_detail", case.pk)


# ---- paper, cards ---------------------------------------------------------------------------------------------------


def test_the_printed_file_is_whole_masked_marked_and_audited(world, sign_in):
    who = person(world.station(), id_number="11010519491231002X")
    case = led_to(world, State.CLOSED, opened(world, who))
    html = page(sign_in(world.worker), "case_print", case.pk)
    for part in (
        "社会工作个案档案",
        "求助问题",
        "缺少日间照料",
        "每周有人上门",
        "入户个案服务",
        "服务前后对比",
        "转为日常探访",
    ):
        assert part in html
    assert "11010519491231002X" not in html and "110" in html
    assert "张（演示） 2026-10-20 10:00 打印" in html
    event = AuditEvent.objects.get(verb="打印个案档案")
    assert (event.target_label, event.actor) == (str(case), world.worker)


def test_the_person_s_file_shows_the_cases_of_all_files(world):
    case = led_to(world, State.CLOSED)
    kept = person(world.station(), NAME)
    type(kept).objects.filter(pk=case.client_id).update(merged_into=kept)
    (card,) = [built for built in client_panels(world.worker, kept) if built.panel.key == "cases"]
    assert [row.case for row in card.content["rows"]] == [case]
    assert card.content["links"][0]["url"].endswith(f"?client={kept.pk}")


def test_the_station_page_counts_cases(world):
    opened(world)
    (card,) = [built for built in station_panels(world.county, world.station()) if built.panel.key == "cases"]
    assert card.content["figures"][0]["value"] == 1


def test_an_evidence_file_opens_only_to_who_may_read_the_case(world, sign_in):
    case = led_to(world, State.ASSESSMENT)
    plan(world, case, files=[photo()])
    file = Attachment.objects.get()
    address = reverse("file_open", args=[file.pk])
    assert sign_in(world.worker).get(address).status_code == 200
    assert sign_in(world.county).get(address).status_code in (403, 404)
