"""The registers of a station: equipment, institutions, signs."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from files.models import Attachment
from standards.actions import add_holding, edit_holding, end_holding
from standards.models import Asset, Institution, Sign
from stations.models import StaleMonth
from tests.files.samples import photo, upload
from tests.standards.conftest import errors_of

D = date(2026, 3, 1)
ASSET = {
    "name": "笔记本电脑", "category": "IT", "quantity": 2, "state": "IN_USE", "source": "FISCAL",
    "source_note": "县级财政", "price": "4999.00", "location": "社工办公室", "starts_on": D, "note": "",
}  # fmt: skip


@pytest.fixture
def asset(world) -> Asset:
    return add_holding(by=world.worker, model=Asset, station=world.station(), **ASSET)


def test_equipment_is_entered_with_its_event(world, asset):
    assert (asset.quantity, asset.price) == (2, Decimal("4999.00"))
    event = AuditEvent.objects.get(verb="登记设备")
    assert (event.actor, event.path) == (world.worker, asset.station.unit.path)
    assert StaleMonth.objects.filter(unit=asset.station_id, month=202603).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "长" * 81),
        ("name", "<script>"),
        ("category", "HORSE"),
        ("quantity", 0),
        ("quantity", "-1"),
        ("quantity", "1.5"),
        ("quantity", "9" * 30),
        ("price", "-0.01"),
        ("price", "1.005"),
        ("price", "1e40"),
        ("price", "NaN"),
        ("state", "LOST"),
        ("source", "STOLEN"),
        ("starts_on", date(2026, 10, 21)),
        ("starts_on", None),
        ("note", "长" * 10_000),
    ],
)
def test_senseless_equipment_is_refused_at_its_field(world, field, value):
    with pytest.raises(ValidationError) as caught:
        add_holding(by=None, model=Asset, station=world.station(), **ASSET | {field: value})
    assert list(errors_of(caught)) == [field]
    assert not Asset.objects.exists()


def test_a_price_may_be_unknown_and_is_then_not_zero(world):
    row = add_holding(by=None, model=Asset, station=world.station(), **ASSET | {"price": None})
    assert row.price is None


def test_institutions_and_signs_keep_their_files(world):
    rule = add_holding(
        by=world.worker, model=Institution, station=world.station(), files={"photo": [photo()]},
        name="个案工作制度", kind="SERVICE", on_wall=True, starts_on=D, note="",
    )  # fmt: skip
    sign = add_holding(
        by=world.worker, model=Sign, station=world.station(), files={"photo": [photo(colour="green")]},
        name="站牌", kind="PLATE", state="GOOD", starts_on=D, note="",
    )  # fmt: skip
    assert Attachment.objects.on(Institution).get().target_id == rule.pk
    assert Attachment.objects.on(Sign).get().target_id == sign.pk


def test_a_refused_file_leaves_nothing(world):
    with pytest.raises(ValidationError):
        add_holding(
            by=None, model=Sign, station=world.station(), files={"photo": [upload("x.jpg", b"MZ not a picture")]},
            name="站牌", kind="PLATE", state="GOOD", starts_on=D, note="",
        )  # fmt: skip
    assert not Sign.objects.exists()


def test_a_correction_leaves_what_changed(world, asset):
    edit_holding(by=world.township, row=asset, state="DAMAGED", quantity=1)
    event = AuditEvent.objects.get(verb="更正设备")
    assert event.changes == {"quantity": [2, 1], "state": ["IN_USE", "DAMAGED"]}


def test_saving_without_a_change_leaves_no_event(asset):
    edit_holding(by=None, row=asset, state="IN_USE")
    assert not AuditEvent.objects.filter(verb="更正设备").exists()


def test_ending_keeps_the_row_for_the_days_before(asset):
    end_holding(by=None, row=asset, on=date(2026, 6, 1), reason="报废处置")
    assert Asset.objects.at(date(2026, 5, 31)).exists()
    assert not Asset.objects.at(date(2026, 6, 1)).exists()


@pytest.mark.parametrize(
    ("on", "reason"), [(date(2026, 2, 28), "坏"), (date(2026, 10, 21), "坏"), (D, " "), (None, "坏")]
)
def test_ending_wants_a_day_since_it_was_there_and_a_reason(asset, on, reason):
    with pytest.raises(ValidationError):
        end_holding(by=None, row=asset, on=on, reason=reason)


def test_what_ended_is_neither_changed_nor_ended_again(asset):
    row = end_holding(by=None, row=asset, on=date(2026, 6, 1), reason="报废处置")
    with pytest.raises(ValidationError, match="已于 2026-06-01 停用"):
        end_holding(by=None, row=row, on=date(2026, 7, 1), reason="再次")
    with pytest.raises(ValidationError, match="不能再改"):
        edit_holding(by=None, row=row, quantity=5)


def test_a_closed_station_takes_no_more(world):
    station = world.station()
    station.closed_on = D
    station.save()
    with pytest.raises(ValidationError, match="已撤销"):
        add_holding(by=None, model=Asset, station=station, **ASSET)
