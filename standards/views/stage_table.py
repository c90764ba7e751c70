"""The rows of the list of stages as markup. In the loop of a template they would cost more than their queries."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from standards.queries.stage_pages import ProposalMark, StageRow
from standards.views.check_table import MISSING

ROW = (
    '<tr>\n<td><span><a href="{}">{}</a>{}</span></td>\n'
    '<td data-label="阶段"><span><span class="status-badge tone-{}">{}</span>'
    '<span class="cap d-block">{} 起</span></span></td>\n'
    '<td data-label="完成任务" class="num"><span>{}/4</span></td>\n'
    '<td data-label="还差" class="wide"><span>{}</span></td>\n'
    '<td data-label="评定" class="wide"><span>{}</span></td>\n</tr>'
)


def stage_table(rows: Iterable[StageRow]) -> SafeString:
    """The body of the table of standards/stage_list.html."""
    return format_html_join("\n", ROW, map(_cells, rows))


def _cells(row: StageRow) -> tuple[object, ...]:
    return (
        row.url,
        row.name,
        format_html('<span class="cap d-block fw-normal">{}</span>', row.place) if row.place else "",
        row.tone,
        row.stage,
        row.since,
        row.met,
        "、".join(row.missing) or SafeString('<span class="cap">四项任务均已完成</span>'),
        _proposal(row.proposal),
    )


def _proposal(mark: ProposalMark | None) -> SafeString:
    if mark is None:
        return MISSING
    words = format_html(
        '<span class="status-badge tone-{}">{}</span><span class="cap d-block">进入{}，{}</span>',
        mark.tone, mark.state, mark.stage, mark.on,
    )  # fmt: skip
    if mark.step:
        return format_html('{} <a class="btn btn-sm btn-primary" href="{}">{}</a>', words, mark.url, mark.step)
    return format_html('{} <a href="{}">查看</a>', words, mark.url)
