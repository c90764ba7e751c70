"""What stations answer to the questions that criteria of stages ask (R9; the questions: policies.kinds.stages).

The room that offers a question answers it, for many stations at once:

    @answers("figure")  # “figure:certified”, “figure:services”, …
    def figures(stations: Sequence[Station], questions: Sequence[Question], on: date) -> Answers:
        …  # a fixed number of queries, however many stations
        return {(station.pk, question): Found(Decimal(75), "近3个月持证率 75.0%（9/12）", url), …}

in a module that its AppConfig.ready imports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.months import Month
from stations.models import Station


@dataclass(frozen=True)
class Question:
    """What is asked (policies.kinds.stages.Asked.key), and over how many months; 0: as of the day."""

    key: str
    months: int = 0

    @property
    def topic(self) -> str:
        """By which it finds who answers."""
        return self.key.partition(":")[0]

    @property
    def subject(self) -> str:
        """What follows the colon, or ""."""
        return self.key.partition(":")[2]


@dataclass(frozen=True)
class Found:
    """An answer. `value`: yes or no, or a number in the unit of what is asked (shares in percent); None: no data.

    `words` say it with its fraction, `url` opens the records behind it.
    """

    value: Decimal | bool | None
    words: str
    url: str = ""


Answers = Mapping[tuple[int, Question], Found]
Answerer = Callable[[Sequence[Station], Sequence[Question], date], Answers]
ANSWERERS: dict[str, Answerer] = {}


def answers(*topics: str) -> Callable[[Answerer], Answerer]:
    """Declare who answers the questions of these topics."""

    def declare(answerer: Answerer) -> Answerer:
        for topic in topics:
            if topic in ANSWERERS:
                raise ValueError(f"{topic} is answered twice")
            ANSWERERS[topic] = answerer
        return answerer

    return declare


def ask(stations: Sequence[Station], questions: Iterable[Question], on: date) -> dict[tuple[int, Question], Found]:
    """Every answer as of `on`; a question that nobody answers any more is left out."""
    asked: dict[Answerer, list[Question]] = defaultdict(list)
    for question in sorted(set(questions), key=lambda question: (question.key, question.months)):
        if question.topic in ANSWERERS:
            asked[ANSWERERS[question.topic]].append(question)
    found: dict[tuple[int, Question], Found] = {}
    for answerer, here in asked.items():
        found.update(answerer(stations, here, on))
    return found


def full_months(on: date, count: int) -> list[Month]:
    """The last `count` months that were over before the month of `on`, the latest last."""
    last = Month.of(on) - 1
    return [last - back for back in reversed(range(count))]


def span(months: int) -> str:
    """“近3个月”"""
    return f"近{months}个月"
