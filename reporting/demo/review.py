"""What checkers said of the demo's services, and a few warnings about their entry."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from accounts.models import User
from reporting.demo.places import Place
from services.models import Doubt, EntryWarning, ReviewState, ServiceRecord, ServiceReview

REVIEWED = 0.7  # share of the records older than two weeks
WARNED = 0.012
DETAILS = {
    Doubt.OVERLAP: "社工当天的服务共 18.5 小时，超过 16 小时",
    Doubt.COPIED_TEXT: "服务结果与前几天的一条记录雷同",
    Doubt.WEEKS_LATE: "应于服务结束次日前录入，迟 16 天",
}
QUESTION = "请核对服务人次和地点"


def build_review(rng: Random, places: list[Place], today: date, sign_ins: dict[str, User]) -> int:
    """Warnings on one record in eighty, reviews by the county where it has a sign-in; returns how many warnings."""
    now = timezone.now()
    officials = {
        user.current_postings()[0].unit_id: user for key, user in sign_ins.items() if key in ("county", "yuci")
    }
    checkers = {place.station.pk: officials.get(place.county.pk) for place in places}
    warnings: list[EntryWarning] = []
    reviews: list[ServiceReview] = []
    states: dict[ReviewState, list[int]] = {}
    records = ServiceRecord.objects.valid().order_by("pk").values_list("pk", "station_id", "starts_on", "entered_at")
    for pk, station_id, starts_on, entered_at in records.iterator(chunk_size=5000):
        old = today - starts_on > timedelta(days=14)
        if rng.random() < WARNED:
            warnings.append(_warning(rng, pk, entered_at))
        checker = checkers.get(station_id)
        if checker is None or not old or rng.random() > REVIEWED:
            continue
        state = rng.choices([ReviewState.REVIEWED, ReviewState.ACCEPTED, ReviewState.ASKED], [70, 29, 1])[0]
        states.setdefault(state, []).append(pk)
        comment = QUESTION if state == ReviewState.ASKED else ""
        at = min(entered_at + timedelta(days=rng.randint(1, 9)), now)
        reviews.append(ServiceReview(service_id=pk, state=state, comment=comment, by=checker, at=at))
    EntryWarning.objects.bulk_create(warnings, batch_size=2000)
    ServiceReview.objects.bulk_create(reviews, batch_size=2000)
    for state, keys in states.items():
        for start in range(0, len(keys), 5000):
            ServiceRecord.objects.filter(pk__in=keys[start : start + 5000]).update(review_state=state)
    return len(warnings)


def _warning(rng: Random, pk: int, raised_at: datetime) -> EntryWarning:
    kind, detail = rng.choice(list(DETAILS.items()))
    return EntryWarning(service_id=pk, kind=kind, detail=detail, raised_at=raised_at)
