"""Every definition of the registries, one by one (design.md house style 11)."""

from __future__ import annotations

import pytest
from django.urls import resolve

from accounts.models import Level
from common.months import Month
from reporting.compute.statements import run
from reporting.compute.vectors import INDEX, ORDER, decode, encode
from reporting.facets import Facet
from reporting.indicators import Direction, Group
from reporting.measures import Place, Source
from reporting.measures.parameters import Moment
from reporting.registry import HEADLINES, INDICATORS, MEASURES, SOURCES
from services.models import Domain, FocusGroup, Method
from stations.models import Dimension

measures = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES.keys())
indicators = pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS.keys())


@measures
def test_a_measure_is_either_counted_or_derived(measure):
    assert [bool(measure.aggregate), bool(measure.derive), bool(measure.source.judge)].count(True) == 1
    assert measure.source.counted == (measure.derive is None)
    assert measure.label
    assert measure.additive or (measure.derive is not None and measure.level is None)


@measures
def test_a_measure_survives_its_storage(measure):
    vector = [0] * len(ORDER)
    vector[INDEX[measure.key]] = 7
    assert encode(vector) == f'{{"{measure.key}":7}}'
    assert decode({measure.key: 7}) == vector


@measures
def test_what_is_derived_stands_on_an_empty_unit(measure):
    if measure.derive:
        for level in {measure.level} if measure.level is not None else set(Level):
            assert measure.derive({}, Place(level)) in (0, 1)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.key)
@pytest.mark.parametrize("scope", [None, [1, 2]], ids=["all", "some"])
def test_a_source_costs_a_fixed_number_of_statements(db, django_assert_max_num_queries, source, scope):
    with django_assert_max_num_queries(1 if source.rows else 5):
        assert run(source, Moment.of(Month(2023, 9)), scope) == {}


def test_a_key_that_the_registry_no_longer_knows_is_dropped():
    assert decode({"forgotten": 3}) == [0] * len(ORDER)


@indicators
def test_an_indicator_divides_known_measures_and_says_so(indicator):
    assert indicator.numerator in MEASURES
    assert indicator.unit
    assert indicator.denominator is not None or not indicator.is_share
    assert indicator.denominator is None or indicator.denominator in MEASURES
    assert indicator.label
    assert indicator.clause.startswith("R")
    assert indicator.group in Group
    assert indicator.direction in Direction


@indicators
def test_an_indicator_opens_a_page_of_records(indicator):
    url = indicator.records.url(12, Month(2023, 9))
    path, _, query = url.partition("?")
    assert resolve(path).url_name == indicator.records.url_name
    assert query.startswith("unit=12&month=2023-09")


@pytest.mark.parametrize(
    ("facet", "choices"),
    [(Facet.DOMAIN, Domain), (Facet.METHOD, Method), (Facet.FOCUS, FocusGroup), (Facet.DIMENSION, Dimension)],
)
def test_every_value_of_a_facet_has_its_indicators(facet, choices):
    parts = [indicator.key for indicator in INDICATORS.values() if indicator.facet == facet]
    prefixes = ["dimension"] if facet == Facet.DIMENSION else ["services", "contacts"]
    assert sorted(parts) == sorted(f"{prefix}_{choice.value}" for choice in choices for prefix in prefixes)


def test_the_headlines_are_few():
    assert 5 <= len(HEADLINES) <= 12


def test_a_source_that_a_rule_judges_has_no_facts():
    with pytest.raises(TypeError, match="is no query"):
        Source("judged", "判定", judge=lambda moment, units: {}).facts()
