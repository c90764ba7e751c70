"""Everything dated about a worker, as one list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stations.models import Employment


@dataclass(frozen=True)
class Step:
    """One entry of the worker's timeline."""

    on: date
    what: str
    detail: str


def _certificates(rows: Sequence[Any], today: date) -> Iterator[Step]:
    for row in rows:
        yield Step(row.certificate.issued_on, "取得证书", f"{row.level} {row.certificate.number}")
        for renewal in row.renewals:
            yield Step(renewal.registered_on, "证书再登记", f"有效期至 {renewal.valid_until}")
        if row.runs_to and row.runs_to < today:
            yield Step(row.runs_to + timedelta(days=1), "证书到期", row.level)


def _employments(rows: Sequence[Employment]) -> Iterator[Step]:
    for job in rows:
        yield Step(job.starts_on, "聘用", str(job))
        if job.ends_on and not any(other.starts_on == job.ends_on for other in rows):
            yield Step(job.ends_on, "聘用结束", _with_reason(job.employer_name, job))


def _postings(rows: Sequence[Any]) -> Iterator[Step]:
    for posting in rows:
        before = next((other for other in rows if other.ends_on == posting.starts_on), None)
        yield Step(posting.starts_on, "调动" if before else "驻站", posting.station)
        if posting.ends_on and not any(other.starts_on == posting.ends_on for other in rows):
            yield Step(posting.ends_on, "离站", _with_reason(posting.station, posting.row))


def _with_reason(words: str, row: Any) -> str:
    """“北关街道社工站（辞职：另谋职业）”"""
    why = "：".join(word for word in (row.get_end_reason_display(), row.end_note) if word)
    return f"{words}（{why}）" if why else words


def timeline(page: dict[str, Any], today: date) -> list[Step]:
    """The latest first, from what queries.worker_page has read."""
    steps = [
        *_certificates(page["certificates"], today),
        *_employments(page["employments"]),
        *_postings(page["postings"]),
        *(Step(row.held_to, "培训", f"{row.topic}，{row.hours} 学时") for row in page["trainings"]),
        *(Step(row.evaluated_on, "年度考核", str(row)) for row in page["evaluations"]),
        *(Step(row.granted_on, "奖励", f"{row.title}（{row.granted_by}）") for row in page["rewards"]),
        *(Step(row.starts_on, "任督导", row.station) for row in page["supervising"]),
    ]
    return sorted(steps, key=lambda step: step.on, reverse=True)
