"""Closed files past their period are anonymised by a command; figures stay."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import CharField, TextField
from django.utils import timezone

from accounts.models import AuditEvent
from clients import signals
from clients.actions.closing import close_file
from clients.actions.merging import merge_clients, unmerge_clients
from clients.actions.retention import NOTHING, anonymise_file
from clients.actions.transfers import ask_for_transfer
from clients.models import (
    Client,
    ClientContact,
    ClientMerge,
    ClientRelation,
    Consent,
    LevelSpell,
)
from clients.vocabulary import Ending
from common.months import Month
from files.actions import attach
from files.models import Attachment
from policies.models import PolicyDocument, Provision, ProvisionKind
from reporting.compute.whole import compute_month
from reporting.models import UnitMonth
from services.models import ServiceClient
from tests.clients.conftest import NUMBER
from tests.clients.make import make_client
from tests.clients.served import serve
from tests.files.samples import photo

pytestmark = [pytest.mark.django_db]

CLOSED = date(2020, 6, 1)
OVER = date(2025, 6, 2)  # five years are over
PRIVATE = ("演示林大山", "演示林小山", "演示签字", "13800000000", "演示路", "独居多年", "搬去女儿家", NUMBER)


@pytest.fixture
def person(world, rules) -> Client:
    """A closed file with everything in it, another one's kin."""
    client = make_client(
        world.station(), "演示林大山", born_on=date(1950, 3, 1), id_number=NUMBER, phone="13800000000", sex="MALE",
        household="演示路 1 号", residence="演示路 2 号", situation="独居多年", level=2, opened_on=date(2019, 1, 1),
        categories=("DIBAO", "LIVING_ALONE"),
    )  # fmt: skip
    kin = make_client(world.station(), "演示林二山")
    ClientContact.objects.create(client=client, kind="EMERGENCY", name="演示林小山", phone="13800000000")
    ClientRelation.objects.create(client=client, name="演示林小山", relation="CHILD")
    ClientRelation.objects.create(client=kin, other=client, relation="SIBLING", note="演示林大山是长兄")
    consent = Consent.objects.create(client=client, kind="SERVICE", given_on=date(2019, 1, 1), given_by="演示签字")
    LevelSpell.objects.filter(client=client).update(reason="独居多年")
    serve(world.station(), client, on=date(2019, 9, 1))
    attach(by=None, target=client, unit=world.station().unit, files=[photo()], slot="personal")
    attach(by=None, target=consent, unit=world.station().unit, files=[photo("同意书.jpg")], slot="scan")
    return close_file(by=None, client=client, on=CLOSED, ending=Ending.LEFT, note="搬去女儿家")


def anonymise(on: date = OVER, **options) -> str:
    said = StringIO()
    call_command("anonymise", on=str(on), stdout=said, stderr=said, **options)
    return said.getvalue()


def figures(month: Month) -> dict[int, dict[str, int]]:
    """Every measure of every unit in that month, counted anew."""
    compute_month(month)
    return dict(UnitMonth.objects.filter(month=month).values_list("unit", "measures"))


def everything_stored() -> str:
    """Every text in every table of the room, as the database holds it."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names() if name.startswith(("clients_", "files_"))]
        found = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_nothing_of_the_person_stays(person, django_capture_on_commit_callbacks):
    names = [name for row in Attachment.objects.all() for name in (row.stored_name, row.thumbnail_name)]
    assert names and all(default_storage.exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        anonymise()
    stored = everything_stored()
    assert not [word for word in PRIVATE if word in stored]
    assert not Attachment.objects.exists()
    assert not [name for name in names if default_storage.exists(name)]
    client = Client.objects.get(pk=person.pk)
    assert (client.id_number, client.id_number_index, client.born_on) == ("", None, None)
    assert str(client) == f"已匿名档案 {client.pk}"


def test_what_counts_stays(person):
    rows = list(ServiceClient.objects.values())
    anonymise()
    client = Client.objects.get(pk=person.pk)
    assert list(ServiceClient.objects.values()) == rows
    assert (client.sex, client.level, client.closed_on) == ("MALE", 2, CLOSED)
    assert client.categories.count() == 2
    assert client.spells.get().ending == Ending.LEFT


@pytest.mark.parametrize(
    ("month", "counted"),
    [
        (Month(2023, 10), {"client_files_opened": 1, "client_files": 1}),
        (Month(2024, 1), {"client_files": 1, "people": 1, "people_DIBAO": 1}),
        (Month(2024, 2), {}),
    ],
)
def test_no_figure_of_any_month_moves(world, rules, month, counted):
    Provision.objects.filter(kind=ProvisionKind.CLIENT_RETENTION).update(parameters={"years": 1})
    client = make_client(
        world.station(), "演示林大山", born_on=date(1950, 3, 1), id_number=NUMBER, opened_on=date(2023, 10, 8),
        categories=("DIBAO",),
    )  # fmt: skip
    serve(world.station(), client, on=date(2024, 1, 9))
    close_file(by=None, client=client, on=date(2024, 2, 5), ending=Ending.DIED)
    before = figures(month)
    anonymise(on=date(2026, 1, 1))
    assert Client.objects.get().anonymised_at is not None
    assert figures(month) == before
    own = before[world.station().pk]
    keys = ("client_files_opened", "client_files", "people", "people_DIBAO")
    assert {key: own[key] for key in keys if own.get(key)} == counted


def test_a_file_is_kept_through_the_last_day_of_its_period(person):
    anonymise(on=date(2025, 6, 1))
    assert Client.objects.get(pk=person.pk).anonymised_at is None
    anonymise(on=OVER)
    assert Client.objects.get(pk=person.pk).anonymised_at is not None


def test_an_authority_sets_a_longer_period_for_its_place(world, person):
    document = PolicyDocument.objects.create(
        number="市民发〔2024〕1号", title="档案管理办法", issuer=world.units["晋中市"], issued_on=date(2024, 1, 1)
    )
    Provision.objects.create(
        document=document, unit=document.issuer, kind=ProvisionKind.CLIENT_RETENTION, clause="八",
        parameters={"years": 6},
    )  # fmt: skip
    assert "服务对象档案 0 份" in anonymise(on=date(2026, 6, 1))
    assert "保存 6 年（市民发〔2024〕1号 八）" in anonymise(on=date(2026, 6, 2))


def test_a_dry_run_says_what_would_go_and_changes_nothing(world, person):
    said = anonymise(dry_run=True)
    assert "榆次区 北关街道社工站：服务对象档案 1 份，最早 2020-06-01 归档，保存 5 年（缺省（无文件）" in said
    assert "将匿名化（未改动）：服务对象档案 1 份，志愿者 0 人，个人捐赠 0 笔" in said
    assert Client.objects.get(pk=person.pk).name == "演示林大山"
    assert not [word for word in PRIVATE if word in said]


def test_files_that_are_open_stay(world, person):
    Client.objects.exclude(pk=person.pk).get()
    anonymise()
    assert Client.objects.filter(anonymised_at=None).get().name == "演示林二山"


def test_a_file_that_another_station_asks_for_waits(world, person):
    ask_for_transfer(
        by=None, to_station=world.station("明星镇社工站"), name=person.name, id_number=NUMBER, reason="迁来本镇"
    )
    assert "服务对象档案 0 份" in anonymise()


def test_files_merged_into_it_go_with_it_and_cannot_be_taken_apart(world, person):
    other = make_client(world.station(), "演示林大山", phone="13800000000", opened_on=date(2019, 1, 1))
    close_file(by=None, client=other, on=CLOSED, ending=Ending.LEFT)
    merge = merge_clients(by=None, client=other, kept=person, reason="演示林大山重复")
    anonymise()
    assert Client.objects.exclude(anonymised_at=None).count() == 2
    assert ClientMerge.objects.get().reason == ""
    with pytest.raises(ValidationError, match="匿名化"):
        unmerge_clients(by=None, merge=merge, reason="实为两人")


def test_a_file_that_was_opened_again_meanwhile_is_left(world, person):
    with pytest.raises(ValidationError, match="状态已经改变"):
        anonymise_file(person.pk, ended_on=date(2019, 1, 1))


def test_rooms_above_are_told_and_may_empty_their_own(person):
    told = []

    def hear(sender, client, by, **kwargs):
        told.append(client.pk)

    signals.anonymised.connect(hear)
    try:
        anonymise()
    finally:
        signals.anonymised.disconnect(hear)
    assert told == [person.pk]


def test_each_file_leaves_its_event_with_the_rule(person):
    AuditEvent.objects.count()
    anonymise()
    event = AuditEvent.objects.get(verb="匿名化档案")
    assert event.target_label == f"档案 {person.pk}"
    assert event.actor_name == "系统"
    assert "缺省（无文件）" in event.changes["依据"][1]


def test_a_day_to_come_is_refused(rules):
    with pytest.raises(CommandError, match="不能晚于今天"):
        anonymise(on=timezone.localdate().replace(year=timezone.localdate().year + 1))
    with pytest.raises(CommandError, match="不是日期"):
        call_command("anonymise", on="昨天")


def test_the_number_of_queries_of_the_dry_run_does_not_grow(world, person, django_assert_max_num_queries):
    for number in range(5):
        more = make_client(world.station(), f"演示{number}", opened_on=date(2019, 1, 1))
        close_file(by=None, client=more, on=CLOSED, ending=Ending.LEFT)
    with django_assert_max_num_queries(5):
        anonymise(dry_run=True)


def test_every_text_of_a_file_is_emptied_or_named_here():
    """A text that is added to the file must be emptied too."""
    texts = {field.name for field in Client._meta.concrete_fields if isinstance(field, CharField | TextField)}
    assert texts - NOTHING.keys() == {"sex", "living", "self_care"}
