"""Adding documents and provisions, ending provisions: checked, audited, told to higher rooms."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from policies.actions import add_document, add_provision, end_provision
from policies.models import PolicyDocument, Provision, ProvisionKind
from policies.signals import rules_changed

JZ = "市民函〔2023〕28号"


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def document(world):
    return add_document(
        by=world.administrator,
        issuer=world.units["晋中市"],
        number="市民发〔2026〕5号",
        title="关于调整期限的通知",
        issued_on=date(2026, 11, 1),
    )


def provision(world, document, **changes):
    values = {
        "by": world.administrator,
        "document": document,
        "unit": document.issuer,
        "kind": "SERVICE_ENTRY",
        "clause": "二",
        "parameters": {"days": 2},
        "in_force_from": date(2026, 12, 1),
    }
    return add_provision(**values | changes)


def test_a_document_leaves_an_event(world, document):
    event = AuditEvent.objects.get(verb="新增制度文件")
    assert (event.actor, event.path) == (world.administrator, world.units["晋中市"].path)
    assert event.changes["number"] == [None, "市民发〔2026〕5号"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"number": ""}, "number", "请填写文号"),
        ({"number": "文" * 61}, "number", "最多 60 个字"),
        ({"title": "<b>通知</b>"}, "title", "不能包含"),
        ({"title": "通" * 10_000_000}, "title", "最多 200 个字"),
        ({"issued_on": date(2026, 11, 21)}, "issued_on", "不能晚于今天"),
        ({"issued_on": date(1900, 1, 1)}, "issued_on", "太早"),
        ({"number": "市民发〔2026〕5号"}, "number", "已有文号"),
        ({"source": "\x00"}, "source", "无法保存"),
    ],
)
def test_a_wrong_document_is_refused_by_field(world, document, changes, field, message):
    values = {"issuer": document.issuer, "number": "市民发〔2026〕6号", "title": "通知", "issued_on": date(2026, 11, 1)}
    with pytest.raises(ValidationError) as error:
        add_document(by=None, **values | changes)
    assert message in error.value.message_dict[field][0]
    assert PolicyDocument.objects.count() == 1


def test_a_township_issues_no_documents(world):
    with pytest.raises(ValidationError, match="县级以上"):
        add_document(by=None, issuer=world.units["北关街道"], number="1号", title="通知", issued_on=date(2026, 11, 1))


def test_a_provision_is_kept_with_its_event(world, document):
    row = provision(world, document)
    event = AuditEvent.objects.get(verb="新增条款")
    assert row.parameters == {"days": 2}
    assert event.changes["parameters"] == [None, {"days": 2}]
    assert event.path == world.units["晋中市"].path


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"parameters": {"days": 99}}, "days", "0 至 60"),
        ({"clause": " "}, "clause", "请填写条款"),
        ({"text": "字" * 501}, "text", "最多 500 个字"),
        ({"in_force_to": date(2026, 11, 30)}, "in_force_to", "不能早于适用起日"),
        ({"in_force_from": date(1, 1, 1)}, "in_force_from", "1949"),
    ],
)
def test_a_wrong_provision_is_refused_by_field(world, document, changes, field, message):
    with pytest.raises(ValidationError) as error:
        provision(world, document, **changes)
    assert message in error.value.message_dict[field][0]
    assert not Provision.objects.exists()


def test_a_document_governs_its_issuer_and_below_only(world, document):
    for name in ("山西省", "兰州市"):
        with pytest.raises(ValidationError, match="应为发文单位晋中市或其下级"):
            provision(world, document, unit=world.units[name])


def test_a_station_is_not_governed_by_a_row_of_its_own(world, document):
    with pytest.raises(ValidationError, match="乡镇（街道）以上"):
        provision(world, document, unit=world.units["北关街道社工站"])


def test_the_same_thing_from_the_same_day_twice_is_refused(world, document):
    provision(world, document)
    with pytest.raises(ValidationError, match="同日起"):
        provision(world, document, parameters={"days": 3})
    provision(world, document, in_force_from=date(2027, 1, 1))
    provision(world, document, unit=world.units["榆次区"])


def test_each_dimension_is_a_thing_of_its_own(world, document):
    provision(world, document, kind="STANDARD_DIMENSION", parameters={"dimension": "HARDWARE"})
    provision(world, document, kind="STANDARD_DIMENSION", parameters={"dimension": "SIGNAGE"})
    assert Provision.objects.count() == 2


def test_ending_keeps_the_row_and_leaves_an_event(world, document):
    row = provision(world, document)
    end_provision(by=world.administrator, provision=row, on=date(2026, 12, 31), reason="被 2027 年文件取代")
    event = AuditEvent.objects.get(verb="终止条款")
    assert event.changes == {"in_force_to": [None, "2026-12-31"]}
    assert event.reason == "被 2027 年文件取代"
    row.refresh_from_db()
    assert row.in_force_to == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("on", "reason", "message"),
    [
        (date(2026, 11, 30), "取代", "不能早于适用起日"),
        (date(2200, 1, 1), "取代", "终止日期无效"),
        (date(2026, 12, 31), " ", "请填写理由"),
    ],
)
def test_a_wrong_end_is_refused(world, document, on, reason, message):
    row = provision(world, document)
    with pytest.raises(ValidationError, match=message):
        end_provision(by=None, provision=row, on=on, reason=reason)


def test_an_ended_row_cannot_be_ended_otherwise(world, document):
    row = provision(world, document)
    end_provision(by=None, provision=row, on=date(2026, 12, 31), reason="取代")
    with pytest.raises(ValidationError, match="已定于 2026-12-31 终止"):
        end_provision(by=None, provision=row, on=date(2027, 12, 31), reason="取代")


def test_defaults_are_neither_ended_nor_added_to(world, rules):
    default = PolicyDocument.objects.get(is_default=True)
    with pytest.raises(ValidationError, match="缺省规则不能终止"):
        end_provision(by=None, provision=default.provisions.first(), on=date(2026, 12, 31), reason="取代")
    with pytest.raises(ValidationError, match="不能增加条款"):
        provision(world, default, unit=default.issuer)


def test_higher_rooms_are_told_where_and_since_when(world, document):
    told = []

    def listen(sender, **values):
        told.append((values["path"], values["kind"], values["since"]))

    rules_changed.connect(listen)
    try:
        row = provision(world, document)
        end_provision(by=None, provision=row, on=date(2026, 12, 31), reason="取代")
    finally:
        rules_changed.disconnect(listen)
    path = world.units["晋中市"].path
    assert told == [
        (path, ProvisionKind.SERVICE_ENTRY, date(2026, 12, 1)),
        (path, ProvisionKind.SERVICE_ENTRY, date(2026, 12, 31)),
    ]
