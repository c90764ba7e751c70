"""An identity number is unreadable wherever the database keeps something."""

from django.db import connection

from stations.actions import create_worker, edit_worker, reveal_id_number, take_over_worker
from tests.stations.conftest import ID_NUMBER, OTHER_ID_NUMBER


def everything() -> str:
    """Each value of each row of each table, as text."""
    values = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            values += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(values)


def test_no_table_holds_a_number_in_clear(world):
    worker = create_worker(by=world.county, unit=world.units["榆次区"], name="张伟（演示）", id_number=ID_NUMBER)
    edit_worker(by=world.county, worker=worker, id_number=OTHER_ID_NUMBER)
    reveal_id_number(by=world.county, worker=worker, reason="核对社保缴费")
    take_over_worker(by=world.outsider, unit=world.units["太谷区"], name="张伟（演示）", id_number=OTHER_ID_NUMBER)
    kept = everything()
    assert "张伟（演示）" in kept
    for number in (ID_NUMBER, OTHER_ID_NUMBER):
        assert number not in kept
        assert number[6:] not in kept


def test_the_same_number_never_looks_the_same(world):
    stored = set()
    worker = create_worker(by=None, unit=world.units["榆次区"], name="张伟（演示）", id_number=ID_NUMBER)
    for phone in ("0354-0000001", "0354-0000002"):
        edit_worker(by=None, worker=worker, phone=phone)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id_number FROM stations_worker WHERE id = %s", [worker.pk])
            stored.add(cursor.fetchone()[0])
    assert len(stored) == 2
