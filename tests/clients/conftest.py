from __future__ import annotations

from datetime import date

import pytest

from common.citizen_numbers import check_digit
from tests.clients.make import make_client


# Region 990000 is no place: the numbers belong to nobody.
def number_of(born: date, order: int = 101) -> str:
    """A right identity number that belongs to nobody; an odd `order` is a man's."""
    first17 = f"990000{born:%Y%m%d}{order:03d}"
    return first17 + check_digit(first17)


NUMBER = number_of(date(1950, 3, 1))


@pytest.fixture
def station(world):
    return world.station()


@pytest.fixture
def person(station):
    """A file at the station of the world, open since 2024."""
    return make_client(station, "演示林大山", born_on=date(1950, 3, 1))
