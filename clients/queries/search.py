"""Finding a person: by name, by pinyin initials, by the whole identity number."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from clients.models import Client
from common.encrypted import blind_index

_NUMBER = re.compile(r"\d{17}[\dX]")
_LETTERS = re.compile(r"[a-z]{1,20}")
MOST = 40  # characters that are looked at


def number_in(text: str) -> str:
    """The identity number that was typed, without blanks and in upper case; "" when it is none."""
    number = "".join(text[:MOST].split()).upper()
    return number if _NUMBER.fullmatch(number) else ""


def matching(rows: QuerySet[Client], text: str) -> QuerySet[Client]:
    """Files that answer to the text. A number is found whole or not at all: only its keyed digest is stored."""
    return rows.filter(condition(text))


def condition(text: str) -> Q:
    """`matching` as a condition, for several texts in one query."""
    word = "".join(text[:MOST].split())
    if number := number_in(word):
        return Q(id_number_index=blind_index(number))
    found = Q(name__contains=word)
    if _LETTERS.fullmatch(word.lower()):
        found |= Q(initials__startswith=word.lower())
    return found


def answers(client: Client, text: str) -> bool:
    """Is the file among those `matching` the text? Reads name, initials and the digest of the number."""
    word = "".join(text[:MOST].split())
    if number := number_in(word):
        return client.id_number_index == blind_index(number)
    if word in client.name:
        return True
    return bool(_LETTERS.fullmatch(word.lower())) and client.initials.startswith(word.lower())
