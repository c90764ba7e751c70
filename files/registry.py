"""What files may be attached to. A room declares its models in AppConfig.ready; who sees the target sees its files.

attachable(
    Spending, view=Permission.VIEW_FUNDS, change=Permission.SPEND_FUNDS, slots={"voucher": "凭证"},
    label=lambda row: f"支出 {row}", page=lambda row: reverse("spending_detail", args=[row.pk]), related=("unit",),
)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet

from accounts.roles import Permission
from files.kinds import BOTH, FileKind


@dataclass(frozen=True)
class Slot:
    """What files of a target are for, e.g. “现场照片”; at most `most` of them at a time."""

    label: str
    kinds: frozenset[FileKind] = BOTH
    most: int = 30


@dataclass(frozen=True)
class Attachable:
    """A model that takes files. Its manager has `visible_to(user, permission)`."""

    model: type[Model]
    view: Permission
    change: Permission
    slots: Mapping[str, Slot]
    label: Callable[[Any], str] = str
    page: Callable[[Any], str] | None = None
    related: tuple[str, ...] = field(default=())
    narrow: Callable[[Any, Any], Any] | None = None

    def visible_to(self, user: Any) -> QuerySet[Any]:
        """Targets whose files the user sees."""
        manager: Any = self.model._default_manager
        rows = manager.all().visible_to(user, self.view)
        return self.narrow(rows, user) if self.narrow else rows

    def changeable_by(self, user: Any) -> QuerySet[Any]:
        """Targets to which the user adds files, and from which they remove them."""
        manager: Any = self.model._default_manager
        return manager.all().visible_to(user, self.change)

    def slot(self, name: str) -> Slot:
        try:
            return self.slots[name]
        except KeyError:
            raise ImproperlyConfigured(f"{self.model._meta.label} declares no slot {name!r}") from None


_ATTACHABLE: dict[str, Attachable] = {}


def attachable(
    model: type[Model],
    *,
    view: Permission,
    change: Permission,
    slots: Mapping[str, str | Slot],
    label: Callable[[Any], str] = str,
    page: Callable[[Any], str] | None = None,
    related: tuple[str, ...] = (),
    narrow: Callable[[Any, Any], Any] | None = None,
) -> None:
    """Declare that rows of `model` take files: who sees and who changes them, what they may be for (slot → label).

    `narrow(rows, user)` leaves out rows that the user sees, and whose files they do not.

    `label(row)` and `page(row)` name a row and its page where the same picture turns up again; `related` is what they
    read of other tables (select_related).
    """
    known = {name: slot if isinstance(slot, Slot) else Slot(slot) for name, slot in slots.items()}
    _ATTACHABLE[model._meta.label_lower] = Attachable(model, view, change, known, label, page, related, narrow)


def attachable_of(model: type[Model] | Model) -> Attachable:
    """The declaration of a model (or of a row's model). Raises ImproperlyConfigured when there is none."""
    try:
        return _ATTACHABLE[model._meta.label_lower]
    except KeyError:
        raise ImproperlyConfigured(f"{model._meta.label} takes no files: declare it with attachable()") from None


def declared() -> Iterator[Attachable]:
    yield from _ATTACHABLE.values()
