"""Pages of visits: who sees names, what opens, what a list costs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Consent, ConsentKind
from tests.visits.conftest import NOW, TODAY, open_visit
from visits.actions import cancel_visit, note_attempt, save_batch, save_question, start_batch
from visits.models import CalendarFeed, QuestionKind, Visit

NAME = "演示甲某"


@pytest.fixture
def visit(person) -> Visit:
    return open_visit(person(NAME, level=1, residence="秘密路 7 号", born_on=date(1940, 1, 1)))


def test_the_worker_sees_names_and_officials_only_counts(world, visit, sign_in):
    for url in (reverse("visit_list"), reverse("visit_counts")):
        assert NAME not in sign_in(world.county).get(url).content.decode()
    assert NAME in sign_in(world.worker).get(reverse("visit_list")).content.decode()
    assert sign_in(world.county).get(reverse("visit_detail", args=[visit.pk])).status_code == 403
    assert sign_in(world.outsider).get(reverse("visit_detail", args=[visit.pk])).status_code == 404


def test_counts_open_the_people_over_their_interval_by_focus_group(world, visit, sign_in):
    page = sign_in(world.county).get(reverse("visit_counts")).content.decode()
    assert "state=over&amp;focus=elderly" in page
    opened = sign_in(world.county).get(reverse("visit_list"), {"state": "over", "focus": "elderly"})
    assert opened.context["page"].paginator.count == 1


def test_focus_groups_over_their_interval_stand_first(world, visit, person, sign_in):
    person("演示乙", level=1, opened_on=date(2026, 9, 1))  # longer overdue, in no group
    rows = sign_in(world.worker).get(reverse("visit_list")).context["rows"]
    assert [row.name for row in rows] == [NAME, "演示乙"]


def test_today_offers_the_visit_with_one_tap_to_log(world, team, visit, sign_in):
    page = sign_in(world.worker).get(reverse("today")).content.decode()
    assert f"?link=visit:{visit.pk}" in page
    assert reverse("visit_attempt", args=[visit.pk]) in page


def test_a_visit_is_given_up_on_its_page(world, visit, sign_in):
    data = {"on": TODAY, "reason": "AWAY", "give_up": "on", "again_on": TODAY + timedelta(days=5)}
    assert sign_in(world.worker).post(reverse("visit_attempt", args=[visit.pk]), data).status_code == 302
    assert open_visit(visit.client).due_on == TODAY + timedelta(days=5)


def test_the_calendar_shows_the_month_of_one_station(world, visit, sign_in):
    page = sign_in(world.worker).get(reverse("visit_calendar"), {"month": "2026-10"}).content.decode()
    assert NAME in page
    assert 'name="mine"' in page
    assert 'class="filters-form' not in page  # folded away on a phone, and here nothing would open it
    assert sign_in(world.county).get(reverse("visit_calendar")).status_code == 403


def test_the_calendar_says_what_is_overdue_from_months_before_and_opens_it(world, visit, sign_in):
    client = sign_in(world.worker)
    page = client.get(reverse("visit_calendar"), {"month": "2026-12"}).content.decode()
    assert "逾期未访 1 次，最早应于 2026年10月8日 前探访" in page
    query = {"unit": world.station().pk, "state": "overdue", "sort": "due_on"}
    assert client.get(reverse("visit_list"), query).context["page"].paginator.count == 1
    Visit.objects.filter(pk=visit.pk).update(due_on=TODAY)
    assert "逾期未访" not in client.get(reverse("visit_calendar")).content.decode()


def feed_of(world, client) -> str:
    page = client.post(reverse("feed_create", args=[world.station().pk]))
    assert page["Cache-Control"] == "no-store"
    return page.context["address"]


def test_the_feed_says_surname_file_and_day_and_nothing_else(world, visit, sign_in, client):
    answer = client.get(feed_of(world, sign_in(world.worker)))
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert f"演某（档案 {visit.client_id}）" in text
    assert "DTSTART;VALUE=DATE:20261008" in text
    assert NAME not in text
    assert "秘密路" not in text


def test_the_key_of_a_feed_is_kept_nowhere_and_no_log_holds_it(world, visit, sign_in, client, caplog):
    address = feed_of(world, sign_in(world.worker))
    key = address.partition("key=")[2]
    assert key not in str(list(CalendarFeed.objects.values()))
    client.get(f"{address}x")
    client.get(address)
    assert key not in caplog.text


@pytest.mark.parametrize("end", ["stopped", "anew", "posting", "wrong"])
def test_a_feed_ends(world, visit, sign_in, client, end):
    worker = sign_in(world.worker)
    address = feed_of(world, worker)
    if end == "stopped":
        worker.post(reverse("feed_revoke", args=[world.station().pk]))
    elif end == "anew":
        feed_of(world, worker)
    elif end == "posting":
        world.worker.postings.update(ends_on=TODAY)
    else:
        address = address[:-1]
    assert client.get(address).status_code == 404


def test_a_batch_from_the_county_is_seen_by_the_station_with_its_questions(world, visit, sign_in):
    batch = save_batch(
        by=world.county, unit=world.units["榆次区"], title="冬季探访", due_on=TODAY + timedelta(days=9), criteria={}
    )
    page = reverse("batch_detail", args=[batch.pk])
    assert sign_in(world.worker).get(page).status_code == 404
    preview = sign_in(world.county).get(page).content.decode()
    assert "北关街道社工站" in preview
    assert NAME not in preview
    start_batch(by=world.county, batch=batch)
    assert sign_in(world.worker).get(page).status_code == 200
    assert sign_in(world.county).get(reverse("batch_print", args=[batch.pk])).status_code == 200
    assert sign_in(world.worker).get(reverse("batch_start", args=[batch.pk])).status_code == 403


@pytest.mark.parametrize("name", ["visit_list", "today"])
def test_a_page_takes_as_many_queries_for_two_visits_as_for_twenty(world, team, person, sign_in, name):
    client, counts, made = sign_in(world.worker), [], 0
    for number in (2, 20):
        while made < number:
            visit = open_visit(person(f"演示{made}", level=1))
            note_attempt(by=world.worker, visit=visit, on=TODAY, reason="AWAY")
            made += 1
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_each_number_of_a_batch_opens_as_many_visits(world, visit, person, sign_in):
    for name in ("演示乙", "演示丙"):
        person(name, level=1)
    batch = save_batch(
        by=world.county, unit=world.units["榆次区"], title="冬季探访", due_on=TODAY + timedelta(days=9), criteria={}
    )
    start_batch(by=world.county, batch=batch)
    first, second = Visit.objects.filter(batch=batch)[:2]
    cancel_visit(by=world.worker, visit=first, reason="已住院")
    note_attempt(by=world.worker, visit=second, on=TODAY, reason="AWAY", give_up=True)
    client = sign_in(world.county)
    [row] = client.get(reverse("batch_detail", args=[batch.pk])).context["table"]["rows"]
    opened = [(cell["value"], cell["href"]) for cell in row["cells"] if cell.get("href")]
    assert [value for value, _ in opened] == [2, 1, 1]  # due, unreachable, open
    assert [client.get(href).context["page"].paginator.count for _, href in opened] == [2, 1, 1]


def test_the_late_visits_of_a_batch_open_without_names_for_the_county(world, visit, sign_in, time_machine):
    due = TODAY + timedelta(days=9)
    batch = save_batch(by=world.county, unit=world.units["榆次区"], title="冬季探访", due_on=due, criteria={})
    start_batch(by=world.county, batch=batch)
    time_machine.move_to(NOW + timedelta(days=10), tick=False)
    client = sign_in(world.county)
    [row] = client.get(reverse("batch_detail", args=[batch.pk])).context["table"]["rows"]
    [late] = [cell for cell in row["cells"] if "state=late" in (cell.get("href") or "")]
    page = client.get(late["href"])
    assert (late["value"], page.context["page"].paginator.count) == (1, 1)
    assert NAME not in page.content.decode()


# ---- forms that could only be refused -------------------------------------------------------------------------------


def led_back(client, url: str, to: str, key: int) -> str:
    answer = client.get(url, follow=True)
    assert answer.redirect_chain[-1][0] == reverse(to, args=[key])
    return answer.content.decode()


def test_no_visit_is_planned_for_who_withdrew_consent(world, person, sign_in):
    who = person()
    url = reverse("visit_plan", query={"client": who.pk})
    assert sign_in(world.worker).get(url).status_code == 200
    Consent.objects.create(
        client=who, kind=ConsentKind.SERVICE, given_on=date(2025, 1, 1), withdrawn_on=date(2026, 1, 1)
    )
    assert "已撤回服务同意，不能安排探访" in led_back(sign_in(world.worker), url, "client_detail", who.pk)


@pytest.mark.parametrize("name", ["visit_arrange", "visit_attempt", "visit_cancel", "visit_result"])
def test_forms_of_a_visit_that_was_given_up_lead_back(world, visit, sign_in, name):
    again_on = TODAY + timedelta(days=5)
    note_attempt(by=world.worker, visit=visit, on=TODAY, reason="AWAY", give_up=True, again_on=again_on)
    html = led_back(sign_in(world.worker), reverse(name, args=[visit.pk]), "visit_detail", visit.pk)
    assert ("没有结果可填" if name == "visit_result" else "已经完成或取消") in html


def test_forms_of_a_batch_out_of_turn_lead_back(world, visit, sign_in):
    facts = {"by": world.county, "unit": world.units["榆次区"], "due_on": TODAY + timedelta(days=9)}
    batch, client = save_batch(title="冬季探访", criteria={}, **facts), sign_in(world.county)
    for name in ("batch_extend", "batch_close"):
        assert "任务没有在进行" in led_back(client, reverse(name, args=[batch.pk]), "batch_detail", batch.pk)
    asked = save_question(by=world.county, batch=batch, text="子女来访次数", kind=QuestionKind.NUMBER)
    start_batch(by=world.county, batch=batch)
    for name in ("batch_edit", "batch_question", "batch_start", "batch_discard"):
        assert "任务已下达" in led_back(client, reverse(name, args=[batch.pk]), "batch_detail", batch.pk)
    removed = client.post(f"{reverse('batch_question', args=[batch.pk])}?remove={asked.pk}", follow=True)
    assert "任务已下达" in removed.content.decode()
    none = save_batch(title="孤儿探访", criteria={"categories": ["ORPHAN"]}, **facts)
    assert "没有符合条件" in led_back(client, reverse("batch_start", args=[none.pk]), "batch_detail", none.pk)
