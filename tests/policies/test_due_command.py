"""manage.py due: one JSON line, or one Chinese message and a failure."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import FormerCode

JINZHONG = "140700000000"
LANZHOU = "620100000000"
ROOT = Path(__file__).resolve().parents[2]


def due(*arguments: str) -> dict:
    out = StringIO()
    call_command("due", *arguments, stdout=out)
    assert out.getvalue().count("\n") == 1
    return json.loads(out.getvalue())


def test_the_line_for_september_2023_in_jinzhong(rules):
    out = StringIO()
    call_command("due", "monthly_report", "--unit", JINZHONG, "--month", "2023-09", stdout=out)
    assert out.getvalue() == (
        '{"due": "2023-10-09", "provisional": false, "document": "市民函〔2023〕28号", "clause": "二(三)", '
        '"reason": "国庆假期顺延，10月9日截止"}\n'
    )


@pytest.mark.parametrize(
    ("month", "expected"),
    [("2023-04", "2023-05-06"), ("2023-09", "2023-10-09"), ("2023-05", "2023-06-07"), ("2025-09", "2025-10-11")],
)
def test_the_table_of_monthly_due_dates(rules, month, expected):
    answer = due("monthly_report", "--unit", JINZHONG, "--month", month)
    assert (answer["due"], answer["provisional"]) == (expected, False)


def test_a_date_in_a_year_without_a_notice_is_provisional_and_says_so(rules):
    answer = due("monthly_report", "--unit", JINZHONG, "--month", "2026-12")
    assert answer["provisional"] is True
    assert "节假日安排尚未公布，日期暂定" in answer["reason"]


def test_the_last_date_of_a_confirmed_year_is_not_provisional(rules):
    assert due("monthly_report", "--unit", JINZHONG, "--month", "2026-11")["provisional"] is False


def test_a_service_is_due_the_next_day_even_in_a_holiday(rules):
    answer = due("service_entry", "--unit", "140702000000", "--date", "2023-09-30")
    assert (answer["due"], answer["document"]) == ("2023-10-01", "市民函〔2023〕28号")


def test_basics_of_a_station_that_stood_before_the_document(rules):
    answer = due("station_basics", "--unit", "140781003000", "--date", "2022-06-01")
    assert (answer["due"], answer["clause"]) == ("2023-05-31", "二(三)")


def test_deadlines_in_lanzhou_rest_on_the_defaults(rules):
    answer = due("station_basics", "--unit", LANZHOU, "--date", "2023-03-01")
    assert (answer["due"], answer["document"]) == ("2023-03-08", "缺省（无文件）")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["monthly_report", "--unit", "999999999999", "--month", "2023-09"], "没有代码为“999999999999”的单位"),
        (["monthly_report", "--unit", JINZHONG, "--month", "2023-13"], "“2023-13”不是有效的月份"),
        (["monthly_report", "--unit", JINZHONG, "--month", "九月"], "不是有效的月份"),
        (["monthly_report", "--unit", JINZHONG, "--date", "2023-09-01"], "monthly_report 需要 --month"),
        (["monthly_report", "--unit", JINZHONG], "monthly_report 需要 --month"),
        (["monthly_report", "--month", "2023-09"], "请用 --unit 给出"),
        (["service_entry", "--unit", JINZHONG, "--date", "2023-02-30"], "“2023-02-30”不是有效日期"),
        (["service_entry", "--unit", JINZHONG, "--date", "20230201"], "不是有效日期"),
        (["service_entry", "--unit", JINZHONG, "--date", "9999-12-31"], "不是有效日期"),
        (["service_entry", "--unit", JINZHONG, "--date", "2023-02-01", "--month", "2023-02"], "只能给一个"),
        (["annual_report", "--unit", JINZHONG, "--month", "2023-09"], "“annual_report”不是规则名"),
        ([], "不是规则名"),
    ],
)
def test_bad_input_gets_a_clear_message(rules, arguments, message):
    with pytest.raises(CommandError, match=message):
        due(*arguments)


def test_a_former_code_is_told_from_an_unknown_one(world):
    FormerCode.objects.create(unit=world.units["太谷区"], code="140726000000", name="太谷县")
    with pytest.raises(CommandError, match="它是太谷区的原代码，现为 140703000000"):
        due("monthly_report", "--unit", "140726000000", "--month", "2023-09")


def test_without_the_defaults_it_says_what_to_run(world):
    with pytest.raises(CommandError, match="load_policies"):
        due("monthly_report", "--unit", JINZHONG, "--month", "2023-09")


def test_the_process_fails_without_a_traceback(tmp_path):
    command = [sys.executable, "manage.py", "due", "monthly_report", "--unit", JINZHONG, "--month", "2023-13"]
    environment = {"VAR_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "不是有效的月份" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
