from __future__ import annotations

import pytest

from files.actions import attach
from files.models import Attachment
from tests.files.samples import photo


@pytest.fixture
def station(world):
    """The station where 张 works, in 榆次区."""
    return world.station()


@pytest.fixture
def put(world):
    """`put(station, *files)` attaches photos to it as its worker does; a sample photo when no file is given."""

    def attach_photos(station, *files, by=None) -> list[Attachment]:
        given = files or (photo(),)
        return attach(by=by or world.worker, target=station, unit=station.unit, files=given, slot="photo")

    return attach_photos
