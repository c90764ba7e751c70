"""What officials and auditors read beside a record names nobody whom the record names."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from services.actions import answer_review, correct_service, review_service, void_service
from services.models import ReviewState, ServiceRecord
from tests.clients.make import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(world):
    return make_client(world.station(), "演示林大山")


@pytest.fixture
def record(log, person) -> ServiceRecord:
    return log(clients=[person])


@pytest.fixture
def refused(record):
    """`refused(field, act)`: refused at that field, and no name in the trail."""

    def check(field: str, act) -> None:
        with pytest.raises(ValidationError) as error:
            act()
        assert "请勿填写服务对象姓名" in error.value.message_dict[field][0]
        assert "林大山" not in str(list(AuditEvent.objects.values_list("target_label", "changes", "reason")))

    return check


@pytest.mark.parametrize("title", ["探访演示林大山", "探访演示 林大山老人"])
def test_a_title_names_nobody_whom_the_record_names(world, log, person, refused, record, title):
    refused("title", lambda: log(title=title, clients=[person]))
    refused("title", lambda: correct_service(by=world.worker, record=record, reason="改标题", title=title))
    assert log(title="演示林大山慰问", clients=[]).pk  # of a record without names nobody knows whom it is about


def test_naming_somebody_asks_for_a_title_without_the_name(world, log, person):
    record = log(title="探访演示林大山", clients=[])
    with pytest.raises(ValidationError, match="服务内容"):
        correct_service(by=world.worker, record=record, reason="补选服务对象", clients=[person])
    correct_service(by=world.worker, record=record, reason="补选服务对象", clients=[person], title="探访")


def test_reasons_of_corrections_and_voidings_name_nobody(world, record, refused):
    other = make_client(world.station(), "演示王小海")
    refused("reason", lambda: void_service(by=world.worker, record=record, reason="演示林大山并未在家"))
    refused("reason", lambda: correct_service(by=world.worker, record=record, reason="不是演示林大山", clients=[other]))
    refused("reason", lambda: correct_service(by=world.worker, record=record, reason="是演示王小海", clients=[other]))
    void_service(by=world.worker, record=record, reason="该服务对象并未在家")


def test_words_of_a_review_name_nobody(world, record, refused):
    ask = {"by": world.township, "record": record, "state": ReviewState.ASKED}
    refused("comment", lambda: review_service(**ask, comment="演示林大山去了吗"))
    review_service(**ask, comment="该服务对象去了吗")
    refused("comment", lambda: answer_review(by=world.worker, record=record, comment="演示林大山去了"))
