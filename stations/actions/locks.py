"""Row locks. Order everywhere: station first, then worker, so that two writers never wait for each other."""

from __future__ import annotations

from stations.models import Station, Worker


def locked_station(station: Station) -> Station:
    """The station read again with its row locked until the end of the transaction."""
    return Station.objects.select_for_update(of=("self",)).select_related("unit").get(pk=station.pk)


def locked_worker(worker: Worker) -> Worker:
    """The worker read again with the row locked until the end of the transaction."""
    return Worker.objects.select_for_update(of=("self",)).select_related("unit").get(pk=worker.pk)
