"""What is counted, topic by topic: sources of facts, measures and indicators declared close together.

A new source is a `Source` with one grouped query, `.values("station_id")`, written with the names of
reporting.measures.parameters (DAY, MONTH, TODAY, …) and conditions that the lists use too; `above=True` where facts lie
at units of any level, `distinct` where people are told apart (its measures are declared with `people`), a `judge` where
a rule that differs from place to place decides. A new measure is a line in its `counts(…)`: key, label, aggregate
(reporting.measures.aggregates; `decimals=1` for hours, `decimals=2` for money, stored in fen), or a `Measure` with a
function of what the unit has so far (DERIVED). A new indicator is an `Indicator`: "%" divides to a share, another unit
with a denominator to a mean. All three go into the file's `TOPIC`; a new file is named in `TOPICS` here. Months that
were counted before have the new measure once they are counted again
(`manage.py compute`). Where a figure stands on a page is said in reporting/layout alone.
"""

from __future__ import annotations

from reporting.indicators import Topic
from reporting.topics import (
    agency,
    building,
    casework,
    feature,
    fund,
    linkage,
    people,
    report,
    service,
    stage,
    standard,
    team,
    visit,
)

# In the order in which tables and the API show them.
TOPICS: tuple[Topic, ...] = (
    building.TOPIC, standard.TOPIC, stage.TOPIC, team.TOPIC, agency.TOPIC, fund.TOPIC, feature.TOPIC,
    service.TOPIC, people.TOPIC, casework.TOPIC, visit.TOPIC, linkage.TOPIC, report.TOPIC,
)  # fmt: skip
