"""Which provision governs: nearest issuer, then latest in force on the day; and the facts of both documents."""

from datetime import date

import pytest

from common.months import Month
from policies.actions import add_document, add_provision, end_provision
from policies.models import PolicyDocument, Provision, ProvisionKind
from policies.queries import NoRule, RuleBook, Target, coverage_targets, room_targets

JZ = "市民函〔2023〕28号"
DEFAULT = "缺省（无文件）"
SEPTEMBER = Month(2023, 9)


def issue(unit, number, kind, parameters, start=date(2023, 1, 1), *, governs=None, issued_on=date(2023, 1, 1)):
    """A document of `unit` with one provision, for `governs` or the unit itself."""
    document = PolicyDocument.objects.filter(number=number, issuer=unit).first() or add_document(
        by=None, issuer=unit, number=number, title=number, issued_on=issued_on
    )
    return add_provision(
        by=None,
        document=document,
        unit=governs or unit,
        kind=kind,
        clause="一",
        parameters=parameters,
        in_force_from=start,
    )


def service_document(book, unit, on=date(2023, 9, 10)) -> str:
    return book.due(ProvisionKind.SERVICE_ENTRY, unit.path, on).document


def test_the_document_of_the_city_beats_the_default(world, rules):
    assert service_document(rules, world.units["榆次区"]) == JZ


def test_the_default_governs_where_no_document_does(world, rules):
    assert service_document(rules, world.units["山西省"]) == DEFAULT
    assert service_document(rules, world.units["酒泉路街道社工站"]) == DEFAULT


def test_the_nearest_issuer_wins(world, rules):
    issue(world.units["榆次区"], "榆民〔2023〕1号", "SERVICE_ENTRY", {"days": 2})
    book = RuleBook.load()
    assert service_document(book, world.units["北关街道社工站"]) == "榆民〔2023〕1号"
    assert service_document(book, world.units["太谷区"]) == JZ


def test_an_older_document_of_a_nearer_issuer_beats_a_newer_one_from_above(world, rules):
    issue(world.units["榆次区"], "榆民〔2020〕1号", "SERVICE_ENTRY", {"days": 2}, date(2020, 1, 1))
    issue(world.units["晋中市"], "市民函〔2023〕40号", "SERVICE_ENTRY", {"days": 3}, date(2023, 8, 1))
    assert service_document(RuleBook.load(), world.units["榆次区"]) == "榆民〔2020〕1号"


def test_of_one_issuer_the_row_for_the_nearer_unit_wins(world, rules):
    issue(world.units["晋中市"], "市民函〔2022〕9号", "SERVICE_ENTRY", {"days": 5}, governs=world.units["榆次区"])
    book = RuleBook.load()
    assert service_document(book, world.units["北关街道"]) == "市民函〔2022〕9号"
    assert service_document(book, world.units["介休市"]) == JZ


def test_of_one_issuer_the_latest_in_force_wins(world, rules):
    issue(world.units["晋中市"], "市民函〔2023〕40号", "SERVICE_ENTRY", {"days": 3}, date(2023, 9, 1))
    book = RuleBook.load()
    assert service_document(book, world.units["榆次区"], date(2023, 8, 31)) == JZ
    assert service_document(book, world.units["榆次区"], date(2023, 9, 1)) == "市民函〔2023〕40号"


def test_a_national_document_beats_the_default_of_the_same_unit(world, rules):
    issue(world.units["全国"], "民函〔2023〕1号", "SERVICE_ENTRY", {"days": 2}, None)
    assert service_document(RuleBook.load(), world.units["兰州市"]) == "民函〔2023〕1号"


def test_an_ended_row_still_governs_the_past(world, rules):
    row = Provision.objects.get(kind="SERVICE_ENTRY", document__number=JZ)
    end_provision(by=None, provision=row, on=date(2023, 9, 30), reason="被取代")
    book = RuleBook.load()
    assert service_document(book, world.units["榆次区"], date(2023, 9, 30)) == JZ
    assert service_document(book, world.units["榆次区"], date(2023, 10, 1)) == DEFAULT


def test_a_month_is_judged_by_what_is_in_force_on_its_last_day(world, rules):
    path = world.units["榆次区"].path
    assert rules.due(ProvisionKind.MONTHLY_REPORT, path, Month(2023, 4)).document == DEFAULT
    assert rules.due(ProvisionKind.MONTHLY_REPORT, path, Month(2023, 5)).document == JZ


def test_weekends_may_be_turned_off_by_a_provision(world, rules):
    county = world.units["榆次区"]
    parameters = {"day": 3, "working_days": 3, "weekends_rest": False}
    issue(county, "榆民〔2023〕1号", "MONTHLY_REPORT", parameters)
    book = RuleBook.load()
    assert book.due(ProvisionKind.MONTHLY_REPORT, county.path, Month(2023, 5)).due == date(2023, 6, 3)
    assert book.due(ProvisionKind.MONTHLY_REPORT, world.units["太谷区"].path, Month(2023, 5)).due == date(2023, 6, 7)


@pytest.mark.parametrize(
    ("completed_on", "due"),
    [
        (date(2021, 12, 1), date(2023, 5, 31)),
        (date(2023, 5, 14), date(2023, 5, 31)),
        (date(2023, 5, 15), date(2023, 5, 22)),
        (date(2023, 11, 1), date(2023, 11, 8)),
    ],
)
def test_basics_of_old_and_new_stations_in_jinzhong(world, rules, completed_on, due):
    answer = rules.due(ProvisionKind.STATION_BASICS, world.units["介休市"].path, completed_on)
    assert (answer.due, answer.document, answer.clause) == (due, JZ, "二(三)")


def test_loading_takes_two_queries_for_some_units_and_for_all(world, rules, django_assert_num_queries):
    paths = [unit.path for unit in world.units.values()]
    with django_assert_num_queries(2):
        RuleBook.load(paths)
    with django_assert_num_queries(2):
        RuleBook.load()


def test_after_loading_nothing_is_asked_of_the_database(world, rules, django_assert_num_queries):
    with django_assert_num_queries(0):
        for unit in world.units.values():
            rules.due(ProvisionKind.MONTHLY_REPORT, unit.path, SEPTEMBER)
            rules.due(ProvisionKind.SERVICE_ENTRY, unit.path, SEPTEMBER.last)
            rules.due(ProvisionKind.STATION_BASICS, unit.path, SEPTEMBER.last)
            for kind in ProvisionKind:
                rules.all_provisions(kind, unit.path, SEPTEMBER.last)
                rules.threshold(kind, unit.path, SEPTEMBER.last)


def test_a_book_of_one_unit_answers_as_the_whole_book(world, rules):
    path = world.units["北关街道社工站"].path
    assert RuleBook.load([path]).due(ProvisionKind.MONTHLY_REPORT, path, SEPTEMBER) == rules.due(
        ProvisionKind.MONTHLY_REPORT, path, SEPTEMBER
    )


def test_without_defaults_there_is_no_answer(world):
    with pytest.raises(NoRule, match="load_policies"):
        RuleBook.load().due(ProvisionKind.SERVICE_ENTRY, world.units["榆次区"].path, date(2023, 9, 1))


def test_four_dimensions_in_their_order_each_by_the_nearest_document(world, rules):
    rows = rules.all_provisions(ProvisionKind.STANDARD_DIMENSION, world.units["榆次区"].path, SEPTEMBER.last)
    assert [row.parameters["dimension"] for row in rows] == ["HARDWARE", "INSTITUTIONS", "STAFFING", "SIGNAGE"]
    assert {(row.document.number, row.clause) for row in rows} == {(JZ, "三")}


def test_certificate_required_by_the_document(world, rules):
    row = rules.provision(ProvisionKind.CERTIFICATE_REQUIRED, world.units["介休市"].path, SEPTEMBER.last)
    assert (row.parameters, row.clause) == ({"required": True}, "二(二)")


def test_a_fault_named_without_a_number_takes_the_number_from_above(world, rules):
    fault = rules.threshold(ProvisionKind.FAULT_NOT_OPERATING, world.units["介休市"].path, SEPTEMBER.last)
    assert (fault.value, fault.provision.document.number) == (30, DEFAULT)
    assert (fault.named_by.document.number, fault.named_by.clause) == (JZ, "三")


def test_a_number_of_a_nearer_document_settles_the_fault(world, rules):
    issue(world.units["介休市"], "介民〔2023〕1号", "FAULT_NOT_OPERATING", {"days": 60})
    fault = RuleBook.load().threshold(ProvisionKind.FAULT_NOT_OPERATING, world.units["介休市"].path, SEPTEMBER.last)
    assert (fault.value, fault.named_by.document.number) == (60, "介民〔2023〕1号")


def test_targets_of_jinzhong(world, rules):
    before = coverage_targets(date(2022, 12, 31))
    after = coverage_targets(date(2023, 12, 31))
    jiexiu, yuci, taigu, city = (world.units[name].pk for name in ("介休市", "榆次区", "太谷区", "晋中市"))
    assert before[jiexiu].due == date(2022, 12, 31)
    assert {yuci, taigu, city}.isdisjoint(before)
    assert {after[unit].due for unit in (yuci, taigu, city)} == {date(2023, 12, 31)}
    assert (after[city].count, after[city].year, after[city].document, after[city].clause) == (None, 2023, JZ, "二")


def test_targets_of_lanzhou(world, rules):
    lanzhou = world.units["兰州市"].pk
    on = date(2023, 12, 31)
    assert (coverage_targets(on)[lanzhou].count, coverage_targets(on)[lanzhou].due) == (110, on)
    assert (room_targets(on)[lanzhou].count, room_targets(on)[lanzhou].year) == (14, 2023)
    assert lanzhou not in coverage_targets(date(2023, 2, 15))


def test_targets_are_not_inherited(world, rules):
    path = world.units["城关区"].path
    assert world.units["城关区"].pk not in coverage_targets(date(2023, 12, 31))
    assert rules.provision(ProvisionKind.COVERAGE_TARGET, path, date(2023, 12, 31)) is None


def test_of_several_targets_the_next_one_due_counts(world, rules):
    city = world.units["兰州市"]
    issue(city, "兰民〔2023〕2号", "COVERAGE_TARGET", {"count": 114, "due": "2024-12-31"})
    assert coverage_targets(date(2023, 6, 1))[city.pk].count == 110
    assert coverage_targets(date(2024, 6, 1))[city.pk].count == 114
    assert coverage_targets(date(2025, 6, 1))[city.pk].count == 114


def test_targets_take_one_query(world, rules, django_assert_num_queries):
    with django_assert_num_queries(1):
        coverage_targets(date(2023, 12, 31))


def test_a_target_is_past_the_day_after_its_due_date():
    target = Target(5, date(2023, 12, 31), 2023, "市民函〔2023〕28号", "二", 1)
    assert [target.is_past(day) for day in (date(2023, 12, 31), date(2024, 1, 1))] == [False, True]
    assert target.due_in_words == "2023年12月31日前"
