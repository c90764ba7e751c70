"""Files of people served at demo stations, and whom about half of the services name.

Some twenty-five files at each station of the two counties where sign-ins stand, a dozen elsewhere: some 3,000. One in
six bears a number, of region 999998, which does not exist: it belongs to nobody.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from accounts.initials import initials_of
from clients.models import (
    Category,
    Client,
    ClientCategory,
    ClientContact,
    Consent,
    ConsentKind,
    ContactKind,
    FileSpell,
    LevelSpell,
    Living,
    SelfCare,
)
from clients.vocabulary import ADULT_FROM, FocusGroup, age_on, focus_groups
from common.citizen_numbers import check_digit, is_male
from common.encrypted import blind_index
from reporting.demo import MARK
from reporting.demo.people import GIVEN, SURNAMES
from reporting.demo.places import Place
from services.models import ServiceClient, ServiceRecord
from stations.models import Sex

C = Category
HOME = frozenset({"140702000000", "140781000000"})  # 榆次区 and 介休市, where most sign-ins stand
FILES_AT_HOME, FILES = (22, 28), (9, 14)
NAMED = 0.5  # share of services that name people
MOST_NAMED = 6
ELDERLY_KINDS = [C.LIVING_ALONE, C.EMPTY_NEST, C.LEFT_BEHIND_ELDERLY, C.WIDOWED_ELDERLY, C.DIBAO, C.DISABLED_CARE]
CHILD_KINDS = [C.LEFT_BEHIND_CHILD, C.LEFT_BEHIND_CHILD, C.CHILD_IN_NEED, C.DE_FACTO_ORPHAN, C.ORPHAN]
ADULT_KINDS = [C.DIBAO, C.DIBAO_EDGE, C.EXTREME_POVERTY, C.SEVERE_DISABILITY, C.DISABILITY, C.HIGH_EXPENSE]
SITUATIONS = ("子女在外地务工，平时一人在家。", "患慢性病，按时服药，行动尚可。", "家庭收入主要靠政策性补助。", "", "")


def build_clients(rng: Random, places: list[Place], today: date) -> int:
    """Insert the files and the names of services; returns how many files."""
    clients: list[Client] = []
    for place in places:
        if place.operating_from is None or place.station.closed_on:
            continue
        count = rng.randint(*(FILES_AT_HOME if place.county.code in HOME else FILES))
        clients += [_client(rng, place, len(clients) + number, today) for number in range(count)]
    Client.objects.bulk_create(clients, batch_size=500)
    categories = {client.pk: _categories(rng, client, today) for client in clients}
    rows = [row for some in categories.values() for row in some]
    ClientCategory.objects.bulk_create(rows, batch_size=1000)
    FileSpell.objects.bulk_create(
        [FileSpell(client=one, station=one.station, starts_on=one.opened_on) for one in clients], batch_size=1000
    )
    LevelSpell.objects.bulk_create(
        [LevelSpell(client=one, level=one.level, starts_on=one.opened_on) for one in clients if one.level],
        batch_size=1000,
    )
    ClientContact.objects.bulk_create([row for one in clients for row in _contacts(rng, one, today)], batch_size=1000)
    consents = [row for one in clients for row in _consents(rng, one, today)]
    Consent.objects.bulk_create(consents, batch_size=1000)
    refused = {row.client_id for row in consents if row.withdrawn_on}
    _name_people(rng, [one for one in clients if one.pk not in refused], categories)
    return len(clients)


def _client(rng: Random, place: Place, serial: int, today: date) -> Client:
    kind = rng.choices(["elderly", "child", "adult"], [60, 15, 25])[0]
    years = {"elderly": (60, 92), "child": (3, 16), "adult": (20, 58)}[kind]
    born = today - timedelta(days=rng.randint(years[0] * 366, years[1] * 365))
    sex = rng.choice([Sex.MALE, Sex.FEMALE])
    number = ""
    if serial % 6 == 0:
        first = f"999998{born:%Y%m%d}{serial % 1000:03d}"
        number = first + check_digit(first)
        sex = Sex.MALE if is_male(number) else Sex.FEMALE
    name = rng.choice(SURNAMES) + rng.choice(GIVEN) + MARK
    since = max(place.operating_from or place.completed_on, today - timedelta(days=420))
    living = {
        "elderly": rng.choices([Living.ALONE, Living.SPOUSE, Living.CHILDREN, Living.INSTITUTION], [5, 3, 2, 1])[0],
        "child": rng.choices([Living.GRANDPARENTS, Living.PARENTS, Living.RELATIVES], [5, 3, 1])[0],
        "adult": rng.choices([Living.SPOUSE, Living.ALONE, Living.PARENTS], [5, 2, 2])[0],
    }[kind]
    return Client(
        station=place.station,
        name=name,
        initials=initials_of(name),
        sex=sex,
        born_on=born,
        id_number=number,
        id_number_index=blind_index(number) if number else None,
        phone=f"000{rng.randint(10000000, 99999999)}" if rng.random() < 0.7 else "",
        residence=f"{place.township.name}演示路 {rng.randint(1, 99)} 号",
        living=living,
        self_care=rng.choices([SelfCare.FULL, SelfCare.PARTIAL, SelfCare.NONE, ""], [7, 3, 1, 2])[0],
        situation=rng.choice(SITUATIONS),
        level=rng.choices([1, 2, 3, 4, 5, 6, None], [1, 2, 4, 4, 2, 1, 2])[0],
        opened_on=since + timedelta(days=rng.randint(0, max((today - since).days - 20, 0))),
        is_demo=True,
    )


def _categories(rng: Random, client: Client, today: date) -> list[ClientCategory]:
    age = age_on(client.born_on, today) or 0
    kinds = CHILD_KINDS if age < ADULT_FROM else ELDERLY_KINDS if age >= 60 else ADULT_KINDS
    chosen = dict.fromkeys(rng.choices(kinds, k=rng.choices([1, 2], [7, 3])[0]))
    return [ClientCategory(client=client, category=kind, starts_on=client.opened_on) for kind in chosen]


def _contacts(rng: Random, client: Client, today: date) -> list[ClientContact]:
    """Nearly every minor has a guardian, two of three others somebody for an emergency."""
    minor = client.minor(today)
    if rng.random() > (0.94 if minor else 0.66):
        return []
    kind, kin = (
        (ContactKind.GUARDIAN, ["祖父", "祖母", "父亲", "母亲"])
        if minor
        else (ContactKind.EMERGENCY, ["儿子", "女儿", "邻居"])
    )
    name = rng.choice(SURNAMES) + rng.choice(GIVEN) + MARK
    phone = f"000{rng.randint(10000000, 99999999)}"
    return [ClientContact(client=client, kind=kind, name=name, relation=rng.choice(kin), phone=phone)]


def _consents(rng: Random, client: Client, today: date) -> list[Consent]:
    """Most signed when the file was opened; some not yet, a few withdrew."""
    draw = rng.random()
    if draw > 0.9:
        return []
    withdrawn = today - timedelta(days=rng.randint(0, 10)) if draw < 0.02 else None
    signed = "监护人" + MARK if client.minor(today) else ""
    return [
        Consent(
            client=client,
            kind=ConsentKind.SERVICE,
            given_on=client.opened_on,
            given_by=signed,
            withdrawn_on=withdrawn,
            withdrawal_reason="本人不愿继续" if withdrawn else "",
        )
    ]


def _name_people(rng: Random, clients: list[Client], categories: dict[int, list[ClientCategory]]) -> None:
    """Half of the services name people who were on file by then, no more of a group than the record counts."""
    kinds = {pk: [row.category for row in rows] for pk, rows in categories.items()}
    files: dict[int, list[Client]] = defaultdict(list)
    for client in clients:
        files[client.station_id].append(client)
    groups = tuple(FocusGroup.values)
    records = ServiceRecord.objects.filter(is_demo=True, voided_at=None, station__in=files).order_by("pk")
    rows: list[ServiceClient] = []
    for record in records.only("pk", "station_id", "month", "ends_on", "contacts", *groups).iterator(2000):
        if rng.random() > NAMED:
            continue
        left = {group: getattr(record, group) for group in groups}
        free = min(record.contacts, MOST_NAMED)
        here = files[record.station_id]
        for client in rng.sample(here, min(len(here), 2 * MOST_NAMED)):
            if not free:
                break
            if client.opened_on > record.ends_on:
                continue
            counted = focus_groups(kinds[client.pk], client.born_on, record.ends_on)
            if any(not left[group] for group in counted):
                continue
            for group in counted:
                left[group] -= 1
            free -= 1
            rows.append(
                ServiceClient(
                    service_id=record.pk, client_id=client.pk, person_id=client.pk, station_id=record.station_id,
                    month=record.month, **dict.fromkeys((group.value for group in counted), True),
                )
            )  # fmt: skip
    ServiceClient.objects.bulk_create(rows, batch_size=2000)
