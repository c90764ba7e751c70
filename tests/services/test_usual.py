"""What the entry form takes over: the usual, the person's last service, templates, last week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from services.actions import delete_template, save_template
from services.models import ServiceTemplate
from services.presets import DEFAULTS
from services.queries.usual import templates_for
from services.rules import CHECKS
from tests.clients.make import make_client
from tests.services.conftest import NOW, TODAY
from tests.services.test_log_page import LOG
from tests.together import together


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(world, team, sign_in):
    return sign_in(world.worker)


def opened(page, query: str = "") -> dict:
    return page.get(f"{LOG}?{query}").context["form"].initial


def test_the_form_remembers_method_domain_hours_place_and_workers(page, log, team):
    for _ in range(2):
        log(method="GROUP", domain="CHILD_WELFARE", hours="2", place="活动室", workers=[team.zhang, team.liu])
    log(method="GROUP", domain="COMMUNITY", hours="3", workers=[team.zhang, team.liu])
    initial = opened(page)
    assert (initial["method"], initial["domain"], initial["hours"], initial["place"]) == (
        "GROUP", "CHILD_WELFARE", 2, "活动室",
    )  # fmt: skip
    assert initial["workers"] == [team.zhang.pk, team.liu.pk]


def test_the_place_of_a_single_visit_is_not_usual(page, log):
    log(place="演示奶奶家")
    assert "place" not in opened(page)


def test_a_chosen_method_brings_what_is_usual_for_it(page, log):
    log(method="HOTLINE", domain="RELIEF", hours="0.5")
    log(method="VISIT", domain="ELDERLY_CARE", hours="2")
    initial = opened(page, "method=HOTLINE")
    assert (initial["method"], initial["domain"], str(initial["hours"])) == ("HOTLINE", "RELIEF", "0.5")


def test_a_worker_who_left_is_not_ticked_again(page, log, team):
    log(workers=[team.zhang, team.liu])
    team.liu.postings.update(ends_on=date(2026, 1, 1))
    assert opened(page)["workers"] == [team.zhang.pk]


def test_what_others_log_is_nobody_elses_usual(page, log, world):
    log(by=world.township, method="GROUP")
    assert "method" not in opened(page)


def test_a_person_comes_as_served_last_time(page, log, world):
    jia = make_client(world.station(), "演示甲")
    log(clients=[jia], place="演示路 2 号", method="CASE", domain="RELIEF")
    log(method="HOTLINE")
    initial = opened(page, f"client={jia.pk}")
    assert (initial["clients"], initial["place"], initial["method"]) == ([jia.pk], "演示路 2 号", "CASE")


def test_a_person_never_served_brings_the_domain_of_their_group(page, world):
    child = make_client(world.station(), "演示小", born_on=date(2015, 1, 1))
    assert opened(page, f"client={child.pk}")["domain"] == "CHILD_WELFARE"


def test_a_person_of_another_station_is_404(page, world):
    other = make_client(world.station("锦纶街道社工站"), "演示外")
    assert page.get(f"{LOG}?client={other.pk}").status_code == 404


# ---- templates ------------------------------------------------------------------------------------

FACTS = {"name": "独居探访", "method": "VISIT", "domain": "ELDERLY_CARE", "title": "探访独居老人", "hours": "1.5"}


def test_a_template_fills_the_form(page, world):
    template = save_template(by=world.worker, unit=world.station().unit, **FACTS)
    assert "独居探访" in page.get(LOG).content.decode()
    initial = opened(page, f"template={template.pk}")
    assert (initial["title"], initial["method"], str(initial["hours"])) == ("探访独居老人", "VISIT", "1.5")
    assert page.get(f"{LOG}?template=999999").status_code == 404


def test_a_townships_template_stands_for_its_stations_and_no_others(world):
    save_template(by=world.township, unit=world.units["北关街道"], **FACTS)
    own = [template.name for template in templates_for(world.station()) if not template.shipped]
    others = [template.name for template in templates_for(world.station("锦纶街道社工站")) if not template.shipped]
    assert (own, others) == (["独居探访"], [])


def test_shipped_templates_say_so_and_yield_to_one_of_the_same_name(page, world):
    assert "默认" in page.get(LOG).content.decode()
    save_template(by=None, unit=world.station().unit, **{**FACTS, "name": DEFAULTS[0].name})
    found = [template for template in templates_for(world.station()) if template.name == DEFAULTS[0].name]
    assert [template.shipped for template in found] == [False]


@pytest.mark.parametrize("preset", DEFAULTS, ids=lambda preset: preset.key)
def test_shipped_templates_hold_what_a_record_may_say(preset):
    for name in ("domain", "method", "title", "hours"):
        CHECKS[name](name, getattr(preset, name))
    assert len(preset.name) <= ServiceTemplate._meta.get_field("name").max_length


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"), ({"method": "X"}, "method"), ({"hours": "0"}, "hours"), ({"hours": "1.25"}, "hours"),
        ({"result": "王 110101199003077715"}, "result"), ({"title": "<b>"}, "title"),
    ],
)  # fmt: skip
def test_a_bad_template_is_refused_by_field(world, change, field):
    with pytest.raises(ValidationError) as caught:
        save_template(by=None, unit=world.station().unit, **{**FACTS, **change})
    assert list(caught.value.message_dict) == [field]


def test_a_name_is_taken_once(world):
    unit = world.station().unit
    save_template(by=None, unit=unit, **FACTS)
    with pytest.raises(ValidationError):
        save_template(by=None, unit=unit, **FACTS)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceTemplate.objects.create(unit=unit, name=FACTS["name"], method="VISIT", domain="RELIEF")


def test_templates_are_written_changed_and_deleted_on_their_pages(page, world):
    unit = world.station().unit
    page.post(reverse("service_template_add"), {**FACTS, "unit": unit.pk})
    template = ServiceTemplate.objects.get()
    page.post(reverse("service_template_edit", args=[template.pk]), {**FACTS, "name": "改名"})
    assert "改名" in page.get(reverse("service_templates")).content.decode()
    page.post(reverse("service_template_delete", args=[template.pk]))
    assert not ServiceTemplate.objects.exists()
    verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    assert verbs[-3:] == ["新建模板", "修改模板", "删除模板"]


def test_a_template_is_deleted_once_and_no_more_written(world):
    unit = world.station().unit
    template, same = (save_template(by=None, unit=unit, **FACTS), ServiceTemplate.objects.get())
    delete_template(by=None, template=template)
    delete_template(by=None, template=same)
    assert AuditEvent.objects.filter(verb="删除模板").count() == 1
    with pytest.raises(ValidationError, match="已被他人删除"):
        save_template(by=None, unit=unit, template=same, **FACTS)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_of_two_that_delete_a_template_at_once_one_leaves_its_event(world):
    template = save_template(by=None, unit=world.station().unit, **FACTS)
    same = ServiceTemplate.objects.get()
    together(*(lambda row=row: delete_template(by=None, template=row) for row in (template, same)))
    assert AuditEvent.objects.filter(verb="删除模板").count() == 1


def test_a_template_of_another_unit_cannot_be_written(page, world):
    page.post(reverse("service_template_add"), {**FACTS, "unit": world.units["北关街道"].pk})
    assert not ServiceTemplate.objects.exists()
    template = save_template(by=None, unit=world.units["北关街道"], **FACTS)
    assert page.get(reverse("service_template_edit", args=[template.pk])).status_code == 404
    delete_template(by=None, template=template)


# ---- last week ------------------------------------------------------------------------------------


def test_last_weeks_services_come_with_the_same_weekday_first(page, log, world):
    jia = make_client(world.station(), "演示甲")
    for days, title in ((7, "同一天"), (5, "周四"), (1, "本周"), (14, "上上周")):
        day = TODAY - timedelta(days=days)
        log(title=title, starts_on=day, ends_on=day, clients=[jia])
    response = page.get(reverse("service_last_week"))
    assert [service.title for service in response.context["services"]] == ["同一天", "周四"]
    html = response.content.decode()
    assert "其中 1 人有档案" in html
    assert "演示甲" not in html
    initial = opened(page, f"copy={response.context['services'][0].pk}")
    assert (initial["clients"], initial["when"]) == ([jia.pk], TODAY.isoformat())


def test_last_week_of_another_station_is_404(page, world):
    assert page.get(reverse("service_last_week"), {"station": world.station("明星镇社工站").pk}).status_code == 404
