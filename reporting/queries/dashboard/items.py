"""A row of “需要处理”, as components/todo_row.html shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One row of “需要处理”."""

    title: str
    count: int
    noun: str
    reason: str
    source: str
    href: str
    late: bool

    @property
    def action(self) -> str:
        return f"查看 {self.count} {self.noun}"
