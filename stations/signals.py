"""What other rooms tell this one: a rule changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.dispatch import receiver

from policies.models import ProvisionKind
from policies.signals import rules_changed
from stations.actions.judging import judge_again


@receiver(rules_changed)
def basics_rule_changed(sender: Any, path: str, kind: ProvisionKind | None, since: date | None, **kwargs: Any) -> None:
    """R5: what was judged by the old rule is judged again. The calendar does not move these dates."""
    if kind == ProvisionKind.STATION_BASICS:
        judge_again(path=path, since=since)
