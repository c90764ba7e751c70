"""Demo data on real places: the documents' own building dates, generated people marked 演示, six months of activity.

Everything is drawn from one seeded generator, so that the same day gives the same data. Rows are inserted in bulk and
judged by the same rule book as real ones.
"""

from __future__ import annotations

from datetime import date

from common.months import Month

MARK = "（演示）"
SEED = 20230515
MONTHS = 6  # full months of services before the current one


def demo_months(today: date) -> list[Month]:
    """The last MONTHS full months and the running one."""
    now = Month.of(today)
    return list((now - MONTHS).until(now))
