"""Certificates of the demo: registered for three years and again, a few expired, some about to run out."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random

from stations.models import Certificate, CertificateLevel, Renewal, Worker

EXPIRED = 10
EXPIRING = 30  # within 90 days
YEARS = 3  # of one registration
LEVELS = [CertificateLevel.ASSISTANT, CertificateLevel.SOCIAL_WORKER, CertificateLevel.SENIOR]


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _chain(rng: Random, issued: date, end: date) -> list[tuple[date, date]]:
    """Registrations up to `end`, the first soon after the issue: (registered on, valid until)."""
    ends = [end]
    while _years_before(ends[0], YEARS) > issued:
        ends.insert(0, _years_before(ends[0], YEARS))
    chain = [(issued + timedelta(days=rng.randint(0, 20)), ends[0])]
    for before, until in pairwise(ends):
        late = rng.random() < 0.02
        chain.append((before + timedelta(days=rng.randint(5, 40) if late else -rng.randint(1, 30)), until))
    return chain


def build_certificates(rng: Random, holders: list[tuple[Worker, date]], today: date) -> None:
    """One for each holder, issued before or soon after the day on which they began. Numbers are plainly fictitious."""
    odd = rng.sample(range(len(holders)), EXPIRED + EXPIRING)
    expired, expiring = set(odd[:EXPIRED]), set(odd[EXPIRED:])
    certificates, renewals = [], []
    for serial, (worker, start) in enumerate(holders):
        issued = start - timedelta(days=rng.randint(-120, 900))
        if serial in expired:
            end = today - timedelta(days=rng.randint(5, 200))
        else:
            ahead = rng.randint(3, 88) if serial in expiring else rng.randint(95, YEARS * 365)
            end = today + timedelta(days=ahead)
        (registered, until), *again = _chain(rng, issued, end)
        certificate = Certificate(
            worker=worker,
            level=rng.choices(LEVELS, [6, 4, 0.3])[0],
            number=f"DEMO-{serial:08d}",
            issued_on=issued,
            registered_on=min(registered, until),
            valid_until=until,
        )
        certificates.append(certificate)
        renewals += [Renewal(certificate=certificate, registered_on=on, valid_until=end) for on, end in again]
    Certificate.objects.bulk_create(certificates, batch_size=500)
    Renewal.objects.bulk_create(renewals, batch_size=500)
