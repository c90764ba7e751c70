"""What looks odd about an entry: pure rules over the record and the ones beside it. Warnings, never walls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import SequenceMatcher

from services.vocabulary import Doubt, Method

VISITS_A_DAY = 40
HOURS_A_DAY = 16
WEEKS_LATE = timedelta(days=14)  # after the due date
TEXT_LENGTH = 20  # shorter results repeat by nature: “已完成”
ALIKE = 0.95


@dataclass(frozen=True)
class Beside:
    """Another valid record of one of the same workers, on some of the same days."""

    pk: int
    worker: str
    title: str
    starts_on: date
    ends_on: date
    starts_at: time | None
    hours: Decimal
    method: str


@dataclass(frozen=True)
class Found:
    """A doubt in words that name no person served; `other` is the record that it points to."""

    kind: Doubt
    detail: str
    other: int | None = None


def span(day: date, starts_at: time, hours: Decimal) -> tuple[datetime, datetime]:
    """From when to when a service of one day lasted."""
    begun = datetime.combine(day, starts_at)
    return begun, begun + timedelta(minutes=int(hours * 60))


def overlap(
    starts_on: date, ends_on: date, starts_at: time | None, hours: Decimal, beside: Iterable[Beside]
) -> Iterator[Found]:
    """A worker in two places at once; or, where no times are told, more hours than a day's work holds."""
    if starts_on != ends_on:
        return
    in_a_day: dict[str, Decimal] = defaultdict(lambda: hours)
    for other in beside:
        if other.starts_on != other.ends_on:
            continue
        in_a_day[other.worker] += other.hours
        if starts_at is None or other.starts_at is None:
            continue
        begun, ended = span(starts_on, starts_at, hours)
        other_begun, other_ended = span(other.starts_on, other.starts_at, other.hours)
        if begun < other_ended and other_begun < ended:
            words = f"{other.worker}同时在“{other.title}”（{other.starts_at:%H:%M} 起 {other.hours} 小时）"
            yield Found(Doubt.OVERLAP, words, other.pk)
            return
    for worker, total in in_a_day.items():
        if total > HOURS_A_DAY:
            yield Found(Doubt.OVERLAP, f"{worker}当天的服务共 {total} 小时，超过 {HOURS_A_DAY} 小时")
            return


def many_visits(method: str, starts_on: date, beside: Iterable[Beside]) -> Iterator[Found]:
    """A worker with more visits on the day than anyone can make."""
    if method != Method.VISIT:
        return
    visits: dict[str, int] = defaultdict(lambda: 1)
    for other in beside:
        if other.method == Method.VISIT and other.starts_on == starts_on:
            visits[other.worker] += 1
    for worker, number in visits.items():
        if number >= VISITS_A_DAY:
            yield Found(Doubt.MANY_VISITS, f"{worker}当天已登记 {number} 次探访")
            return


def copied_text(result: str, others: Iterable[tuple[int, date, str]]) -> Iterator[Found]:
    """A result that says the same as another one: (record, day, its result) for each of `others`."""
    text = _bare(result)
    if len(text) < TEXT_LENGTH:
        return
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(text)
    for pk, day, other in others:
        bare = _bare(other)
        if len(bare) < TEXT_LENGTH:
            continue
        matcher.set_seq1(bare)
        if bare == text or (
            matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
        ):
            yield Found(Doubt.COPIED_TEXT, f"服务结果与 {day:%Y-%m-%d} 的一条记录雷同", pk)
            return


def weeks_late(due_on: date | None, entered_on: date) -> Iterator[Found]:
    """Entered weeks after it was due (R6)."""
    if due_on is not None and entered_on - due_on > WEEKS_LATE:
        yield Found(Doubt.WEEKS_LATE, f"应于 {due_on:%Y-%m-%d} 前录入，迟 {(entered_on - due_on).days} 天")


def _bare(text: str) -> str:
    """Without spaces and punctuation."""
    return "".join(character for character in text if character.isalnum())
