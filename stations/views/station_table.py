"""The rows of the station list as markup. In the loop of a template they would cost more than all their queries."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from stations.models import Dimension
from stations.queries.station_list import StationRow, dimension_mark

MISSING = SafeString('<span class="missing">—</span>')


ROW = (
    '<tr>\n<td><span><a href="{}">{}</a>{}</span></td>\n'
    '<td data-label="状态"><span>{}</span></td>\n'
    '<td data-label="建成"><span>{}</span></td>\n'
    '<td data-label="基础信息" class="wide"><span>{}</span></td>\n'
    '<td data-label="建设标准" class="wide"><span class="text-nowrap">{}</span></td>\n'
    '<td class="num" data-label="持证 / 社工"><span>{}</span></td>\n</tr>'
)


def station_table(rows: Iterable[StationRow]) -> SafeString:
    """The body of the table, for the columns that stations/station_list.html heads."""
    return format_html_join("\n", ROW, map(_cells, rows))


def _cells(row: StationRow) -> tuple[str, ...]:
    return (
        row.url,
        row.name,
        _below(row.under) if row.under else "",
        _status(row.status_tone, row.status, row.since) if row.status else MISSING,
        row.completed_on or MISSING,
        _basics(row) if row.due_on else MISSING,
        _dimensions(row.dimensions),
        f"{row.certified} / {row.workers}" if row.workers else "0",
    )


@lru_cache(maxsize=1024)
def _below(words: str) -> SafeString:
    return format_html('<span class="cap d-block fw-normal">{}</span>', words)


@lru_cache(maxsize=1024)
def _status(tone: str, words: str, since: str) -> SafeString:
    badge = '<span class="status-badge tone-{}">{}</span><span class="cap d-block">{} 起</span>'
    return format_html(badge, tone, words, since)


def _basics(row: StationRow) -> SafeString:
    return format_html(
        '<span class="status-badge tone-{}">{}</span><span class="cap d-block" title="{}">应于 {} 前{}</span>',
        row.basics_tone,
        row.basics,
        row.due_reason,
        row.due_on,
        f" · {row.source}" if row.source else "",
    )


@lru_cache(maxsize=81)  # 3⁴ ways in which a station can stand
def _dimensions(met: tuple[bool | None, ...]) -> SafeString:
    """The four badges, in the order of Dimension."""
    marks = [dimension_mark(dimension, state) for dimension, state in zip(Dimension, met, strict=True)]
    return format_html_join(
        " ",
        '<span class="status-badge tone-{}" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        [(mark.tone, mark.words, mark.short, mark.words) for mark in marks],
    )
