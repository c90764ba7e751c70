"""People of one name told apart where they stand in one list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from clients.models import Client

APART = ("name", "sex", "born_on")  # what is read of a file


def told_apart(clients: Iterable[Client], on: date) -> dict[int, str]:
    """Key of a file → its name; where others of `clients` bear the same one, with sex and age behind it (王秀英 女76岁)
    and the number of the file where these are alike too. For who may read the names. No query."""
    files = {client.pk: client for client in clients}
    apart = {key: f"{client.get_sex_display()}{_age(client, on)}" for key, client in files.items()}
    named = Counter(client.name for client in files.values())
    alike = Counter((client.name, apart[key]) for key, client in files.items())
    told = {}
    for key, client in files.items():
        words = [str(client)]
        if client.name and named[client.name] > 1:
            words.append(apart[key])
            if alike[client.name, apart[key]] > 1:
                words.append(f"档案{key}")
        told[key] = " ".join(word for word in words if word)
    return told


def _age(client: Client, on: date) -> str:
    age = client.age(on)
    return "" if age is None else f"{age}岁"
