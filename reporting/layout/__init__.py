"""Which figures stand where on a page: the one place outside the registries that names indicators and measures."""

from reporting.layout.dashboards import (
    BUILDING,
    COUNTIES,
    LAYOUTS,
    STANDARDS,
    TOWNSHIPS,
    TREND,
    Card,
    Column,
    Layout,
    Style,
)
from reporting.layout.reports import REPORT_SECTIONS, TODAY_FIGURES, parts
from reporting.layout.todos import CHILD_FAULTS, TODOS, ChildFault, Todo
from reporting.registry import INDICATORS, MEASURES

__all__ = [
    "BUILDING",
    "CHILD_FAULTS",
    "COUNTIES",
    "LAYOUTS",
    "REPORT_SECTIONS",
    "STANDARDS",
    "TODAY_FIGURES",
    "TODOS",
    "TOWNSHIPS",
    "TREND",
    "Card",
    "ChildFault",
    "Column",
    "Layout",
    "Style",
    "Todo",
    "parts",
]

_named = {
    *(key for _, keys in REPORT_SECTIONS for key in keys),
    *(key for key, _ in TODAY_FIGURES),
    *(fault.key for fault in CHILD_FAULTS),
    *(todo.line for todo in TODOS if todo.line),
    *(key for layout in LAYOUTS.values() for _, keys in layout.blocks for key in keys),
    *(key for layout in LAYOUTS.values() for card in layout.cards for key in (card.key, card.beside) if key),
    *(column.key for layout in LAYOUTS.values() for column in layout.columns),
    *(key for layout in LAYOUTS.values() for key in (*layout.strip, *layout.charts)),
    *TREND,
    TOWNSHIPS,
    COUNTIES,
}
_counted = {key for todo in TODOS for key in (todo.plus, todo.minus) if key} | set(BUILDING)
if unknown := (_named - INDICATORS.keys()) | (_counted - MEASURES.keys()):
    raise RuntimeError(f"the layout names what no registry has: {sorted(unknown)}")
