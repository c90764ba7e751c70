"""The lists of reports and of coverage as official forms."""

import openpyxl
import pytest
from django.urls import reverse

from jobs import actions
from jobs.models import Job


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2023-11-20T10:00:00+08:00", tick=False)


@pytest.fixture
def export(sign_in):
    def press(user, key: str, query: str) -> list[tuple]:
        answer = sign_in(user).post(reverse("table_export", args=[key]), {"query": query})
        assert answer.status_code == 302
        job = Job.objects.latest("id")
        actions.run_job(job.pk)
        job.refresh_from_db()
        sheet = openpyxl.load_workbook(actions.file_of(job)).active
        return [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[1]]

    return press


def test_the_queue_of_reports_holds_who_owes_with_due_date_and_clause(world, rules, export):
    rows = export(world.county, "reports", "month=2023-10")
    assert [row[0] for row in rows[1:]] == ["北关街道社工站", "锦纶街道社工站"]
    assert rows[1][3] == "未报"
    assert rows[1][4].date().isoformat() == "2023-11-03"
    assert "二(三)" in rows[1][9]


def test_the_state_that_the_page_shows_filters_the_file(world, rules, export):
    assert len(export(world.county, "reports", "month=2023-10&state=APPROVED")) == 1  # the head


def test_coverage_names_the_station_of_each_township_as_of_the_month(world, rules, export):
    rows = {row[1]: row for row in export(world.city, "coverage", "month=2023-09")}
    assert rows["北关街道"][2:4] == ("已建站", "北关街道社工站")
    assert rows["明星镇"][2] == "未建站"
    assert rows["明星镇"][4] == "—"
    assert "酒泉路街道" not in rows


def test_coverage_of_counties_adds_up_their_townships(world, rules, export):
    rows = {row[1]: row for row in export(world.city, "coverage_counties", "month=2023-09&level=county")}
    assert rows["榆次区"][2:] == ("未全覆盖", 2, 1, 1)


def test_stations_without_a_service_come_with_the_threshold_and_its_clause(world, rules, export):
    rows = export(world.county, "idle_stations", "month=2023-11")
    assert [row[0] for row in rows[1:]] == ["北关街道社工站", "锦纶街道社工站"]
    assert rows[1][2].date().isoformat() == "2023-09-01"
    assert rows[1][4] == 80
    assert "市民函〔2023〕28号" in rows[1][7]
