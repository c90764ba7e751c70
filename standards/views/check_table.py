"""The rows of this room's lists as markup. In the loop of a template they would cost more than their queries."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.templatetags.shezhan import bar_width, number, percent
from policies.models import Dimension
from standards.effective import number_text
from standards.queries.check_list import CheckRow
from standards.queries.holding_list import HoldingRow
from standards.scoring import Points

MISSING = SafeString('<span class="missing">—</span>')
LABELS = ["总分", *(dimension.label for dimension in Dimension)]
CHECK_ROW = (
    '<tr>\n<td><span><a href="{}">{}</a>{}</span></td>\n'
    '<td data-label="总分">{}</td>\n{}\n'
    '<td data-label="未达标必备项" class="wide"><span>{}</span></td>\n'
    '<td data-label="检查"><span>{}</span></td>\n</tr>'
)


def check_table(rows: Iterable[CheckRow]) -> SafeString:
    """The body of the table of standards/check_list.html."""
    return format_html_join("\n", CHECK_ROW, map(_check_cells, rows))


def _check_cells(row: CheckRow) -> tuple[str, ...]:
    return (
        row.url,
        row.name,
        _below(row.place) if row.place else "",
        _bar(row.total),
        format_html_join(
            "\n",
            '<td data-label="{}" class="d-none d-md-table-cell">{}</td>',
            [(label, _bar(points)) for label, points in zip(LABELS[1:], row.points, strict=True)],
        ),
        _failing(row),
        _checked(row),
    )


@lru_cache(maxsize=4096)
def _bar(points: Points | None) -> SafeString:
    """As components/bar_cell.html: percentage, bar, fraction; red when a necessary item fails."""
    if points is None or points.ratio is None:
        return MISSING
    return format_html(
        '<span class="bar-cell{}"><span class="bar-figure">{}</span>'
        '<span class="bar"><i style="width:{}%"></i></span><span class="frac">{}/{}</span></span>',
        "" if points.met else " bar-bad",
        percent(points.ratio),
        bar_width(points.ratio),
        number_text(points.earned),
        number_text(points.possible),
    )


def _failing(row: CheckRow) -> SafeString:
    if row.total is None:
        return MISSING
    if not row.failing:
        pending = format_html('<span class="cap">{} 项待检查</span>', row.pending) if row.pending else SafeString("")
        return pending or SafeString('<span class="cap">无</span>')
    return format_html_join(
        "",
        '<span class="d-block"><span class="late">{}</span> <span class="cap">{}；{}</span></span>',
        row.failing,
    )


def _checked(row: CheckRow) -> SafeString:
    if row.checked_on is None:
        own = f"自查 {row.self_checked_on}" if row.self_checked_on else "没有自查"
        return format_html('从未检查<span class="cap d-block">{}</span>', own)
    own = f"自查 {row.self_checked_on}" if row.self_checked_on else ""
    return format_html(
        '<span class="text-nowrap">{}</span><span class="cap d-block text-nowrap">{}</span>', row.checked_on, own
    )


@lru_cache(maxsize=1024)
def _below(words: str) -> SafeString:
    return format_html('<span class="cap d-block fw-normal">{}</span>', words)


# ---- the registers --------------------------------------------------------------------------------------------------

HOLDING_ROW = (
    '<tr>\n<td><span><a href="{}">{}</a>{}</span></td>\n'
    '<td data-label="站点" class="wide"><span><a href="{}">{}</a>{}</span></td>\n'
    '<td data-label="类别"><span>{}</span></td>\n{}'
    '<td data-label="状态"><span class="status-badge tone-{}">{}</span></td>\n'
    '<td data-label="日期"><span class="text-nowrap">{}</span></td>\n'
    '<td class="num" data-label="附件"><span>{}</span></td>\n</tr>'
)
ASSET_CELLS = (
    '<td class="num" data-label="数量"><span>{}</span></td>\n'
    '<td class="num" data-label="单价（元）"><span>{}</span></td>\n'
    '<td data-label="资金来源"><span>{}</span></td>\n<td data-label="位置"><span>{}</span></td>\n'
)


def holding_table(rows: Iterable[HoldingRow], name: str) -> SafeString:
    """The body of the table of standards/holding_list.html."""
    return format_html_join("\n", HOLDING_ROW, [_holding_cells(row, name) for row in rows])


def _holding_cells(shown: HoldingRow, name: str) -> tuple[str, ...]:
    row = shown.row
    extra = SafeString("")
    if name == "asset":
        extra = format_html(
            ASSET_CELLS, number(row.quantity), _money(row.price), row.get_source_display() or MISSING,
            row.location or MISSING,
        )  # fmt: skip
    ended = f" 至 {row.ends_on}" if row.ends_on else ""
    return (
        shown.detail_url,
        row.name,
        _below(row.note) if row.note else "",
        shown.station_url,
        shown.station,
        _below(shown.place) if shown.place else "",
        shown.kind,
        extra,
        shown.tone,
        shown.state,
        f"{row.starts_on}{ended}",
        str(shown.files) if shown.files else MISSING,
    )


def _money(value: Decimal | None) -> str | SafeString:
    return MISSING if value is None else number(value, 2)
