"""What has to be there after every `migrate`: the triggers of SQLite, and the default frame of evaluation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from agencies.models import ContractStation, EvaluationFrame, FrameItem, FrameThreshold
from common.overlaps import install_triggers

DEFAULT_FRAME = Path(__file__).parent / "data" / "default_frame.json"


def after_migrate(using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate; repeatable."""
    connection = connections[using]
    with connection.cursor() as cursor:
        there = connection.introspection.table_names(cursor)
    if EvaluationFrame._meta.db_table not in there:
        return  # migrated back to before this room
    install_triggers(connection, [ContractStation])
    ship_default_frame()


@transaction.atomic
def ship_default_frame() -> None:
    """The frame of agencies/data/default_frame.json, once."""
    if EvaluationFrame.objects.filter(is_default=True).exists():
        return
    data = json.loads(DEFAULT_FRAME.read_text())
    frame = EvaluationFrame.objects.create(title=data["title"], is_default=True)
    FrameItem.objects.bulk_create(
        FrameItem(frame=frame, number=number, dimension=dimension, text=text, max_score=score, weight=weight)
        for number, (dimension, text, score, weight) in enumerate(data["items"], 1)
    )
    FrameThreshold.objects.bulk_create(
        FrameThreshold(frame=frame, conclusion=conclusion, at_least=line, advice=advice, reduce_percent=percent)
        for conclusion, line, advice, percent in data["thresholds"]
    )
