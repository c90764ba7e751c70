"""The checker's side: reviewed, accepted, asked back; and the worker's answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, User
from common.checks import required_text, without_names
from common.text import long_text
from services.models import ReviewState, ServiceRecord, ServiceReview
from stations import stale

MOST = 2000  # in one bulk review
OPEN = frozenset({ReviewState.PENDING, ReviewState.ANSWERED})
VERBS = {ReviewState.REVIEWED: "审阅服务", ReviewState.ACCEPTED: "认可服务", ReviewState.ASKED: "退回询问服务"}
LENGTH = 200


@transaction.atomic
def review_service(
    *, by: User, record: ServiceRecord, state: ReviewState, comment: str = "", expected: str | None = None
) -> ServiceRecord:
    """Mark a record REVIEWED or ACCEPTED, or ask back with words (ASKED).

    `expected` is the state that the checker saw. Raises ValidationError: one's own entry, a voided one, a state that
    moved meanwhile, a question without words.
    """
    if state not in VERBS:
        raise ValidationError({"state": "请选择已阅、认可或退回询问"})
    if state == ReviewState.ASKED:
        comment = required_text(comment, field="comment", label="要问的内容", max_length=LENGTH)
    else:
        comment = long_text(comment, field="comment", label="意见", max_length=LENGTH)
    record = _held(record)
    if expected is not None and record.review_state != expected:
        raise ValidationError("这条记录的审阅状态刚刚变了，请刷新后再处理")
    if record.voided_at:
        raise ValidationError("已作废的记录不用审阅")
    if record.entered_by_id == by.pk:
        raise ValidationError("不能审阅自己登记的记录")
    _step(record, state, comment, by)
    return record


@transaction.atomic
def answer_review(*, by: User, record: ServiceRecord, comment: str) -> ServiceRecord:
    """Answer what the checker asked; the record waits for review again. Raises ValidationError."""
    comment = required_text(comment, field="comment", label="答复", max_length=LENGTH)
    record = _held(record)
    if record.review_state != ReviewState.ASKED:
        raise ValidationError("这条记录没有待答复的询问")
    _step(record, ReviewState.ANSWERED, comment, by)
    return record


@transaction.atomic
def review_many(*, by: User, records: QuerySet[ServiceRecord], state: ReviewState) -> int:
    """Mark all open ones among `records` REVIEWED or ACCEPTED; returns how many. One's own entries and voided ones are
    left out. A fixed number of statements. Raises ValidationError for more than MOST."""
    if state not in (ReviewState.REVIEWED, ReviewState.ACCEPTED):
        raise ValidationError("成批审阅只能标为已阅或认可")
    keys = list(reviewable(records, by).order_by().values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        raise ValidationError(f"一次最多成批审阅 {MOST:,} 条，请加上条件分几次进行")
    held = list(
        ServiceRecord.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=keys, review_state__in=OPEN)
        .select_related("station__unit")
        .order_by("pk")
    )
    now = timezone.now()
    ServiceReview.objects.bulk_create(ServiceReview(service=row, state=state, by=by, at=now) for row in held)
    ServiceRecord.objects.filter(pk__in=[row.pk for row in held]).update(review_state=state)
    AuditEvent.objects.bulk_create(
        audit.event(by=by, verb=VERBS[state], target=row, unit=row.station.unit, reason="成批审阅") for row in held
    )
    stale.mark_all(_months(held))
    return len(held)


def reviewable(records: QuerySet[ServiceRecord], by: User) -> QuerySet[ServiceRecord]:
    """Those that wait for a checker and that `by` may review."""
    return records.filter(review_state__in=OPEN, voided_at=None).exclude(entered_by=by)


def reopen(record: ServiceRecord, by: User | None, now: datetime | None = None) -> None:
    """A corrected record waits for review again. For correct_service, which saves it."""
    if record.review_state in (ReviewState.PENDING, ReviewState.ANSWERED):
        return
    ServiceReview.objects.create(
        service=record, state=ReviewState.ANSWERED, comment="已更正", by=by, at=now or timezone.now()
    )
    record.review_state = ReviewState.ANSWERED


def _held(record: ServiceRecord) -> ServiceRecord:
    rows = ServiceRecord.objects.select_for_update(of=("self",), no_key=True).select_related("station__unit")
    return rows.get(pk=record.pk)


def _step(record: ServiceRecord, state: ReviewState, comment: str, by: User) -> None:
    if comment:
        names = record.service_clients.values_list("client__name", flat=True)
        without_names(comment, names, field="comment", label="审阅的意见和答复")
    before = record.get_review_state_display()
    record.review_state = state
    record.save(update_fields=["review_state"])
    ServiceReview.objects.create(service=record, state=state, comment=comment, by=by, at=timezone.now())
    changes = {"review_state": [before, str(state.label)]}
    verb = VERBS.get(state, "答复询问")
    audit.record(by=by, verb=verb, target=record, unit=record.station.unit, changes=changes, reason=comment)
    stale.mark(record.station.unit_id, [record.month])


def _months(records: Collection[ServiceRecord]) -> dict[int, set]:
    found: dict[int, set] = {}
    for record in records:
        found.setdefault(record.station_id, set()).add(record.month)
    return found
