"""Nobody reaches a row outside their scope: every address of the URLconf, by every role, inside and outside.

All tests here share one world with a row of every kind (`place`): to build it for each of a thousand tests took longer
than the tests.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.viewsets import ViewSetMixin

from accounts.middleware import PUBLIC
from accounts.roles import Permission
from policies.actions import load_documents, seed_calendar
from tests.gate_cases import ANY, CASES, EXEMPT, PLACES, ROWS, TIED, Case, Rows
from tests.world import CAST, World, build_world

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "accounts", "files", "jobs", "policies", "stations", "standards", "clients", "services", "casework", "visits",
    "linkage", "agencies", "funds", "reporting",
)  # fmt: skip
ROLES = [key for key, *_ in CAST]
FINE = {200, 201, 302, 400, 405, 409}  # 400 and 409: the page was reached and refused what was sent
TODAY = "2026-10-20T10:00:00+08:00"


@dataclass(frozen=True)
class Page:
    name: str
    arguments: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def gate(self) -> tuple[Any, Any] | None:
        return getattr(self.view, "gate", None)

    @property
    def is_api(self) -> bool:
        return isinstance(getattr(self.view, "cls", None), type) and issubclass(self.view.cls, ViewSetMixin)

    @property
    def case(self) -> Case | None:
        if self.name in CASES:
            return CASES[self.name]
        model = self.gate[0] if self.gate else None
        return Case(ROWS[model]) if model in ROWS and self.arguments == ("pk",) else None

    @property
    def somewhere(self) -> Permission | None:
        """What a user must hold somewhere, before the page looks for a row (`@permitted`)."""
        found = self.gate[1] if self.gate and self.gate[0] is None else None
        return found if isinstance(found, Permission) else None

    @property
    def here(self) -> Permission | None:
        """What a user must hold at the row, beyond seeing it."""
        scoped = self.gate[1] if self.gate and self.gate[0] is not None else None
        return (self.case.permission if self.case else None) or scoped


def walk(patterns: list[Any], namespace: str = "", arguments: tuple[str, ...] = ()) -> Iterator[Page]:
    for pattern in patterns:
        taken = arguments + tuple(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, inner, taken)
        elif isinstance(pattern, URLPattern) and "format" not in taken:
            yield Page(namespace + (pattern.name or "?"), taken, pattern.callback)


# The admin is one gate of its own: tests/accounts/test_admin.py.
PAGES = [page for page in walk(get_resolver().url_patterns) if not page.name.startswith("admin:")]
GATED = [page for page in PAGES if page.name not in EXEMPT]


def about_rows(page: Page) -> bool:
    return page.case is not None and page.case.rows is not None


def ids(page: Page) -> str:
    return page.name


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_address_carries_a_gate(page):
    assert page.name != "?", f"{page.view} has no URL name"
    assert page.gate or page.is_api or page.name in EXEMPT, (
        f"{page.name}: decorate its view with @scoped, @permitted or @open_to_all (accounts.gate)"
    )


@pytest.mark.parametrize("page", GATED, ids=ids)
def test_every_address_with_arguments_has_a_case(page):
    if page.arguments or (page.gate and isinstance(page.gate[0], type)):
        assert page.case is not None, (
            f"{page.name}{page.arguments}: add its model to ROWS or an entry to CASES in tests/gate_cases.py"
        )


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in PUBLIC], ids=ids)
def test_nothing_answers_before_sign_in(page, place, client):
    missing = [name for name in page.arguments if name not in ANY]
    assert not missing, f"{page.name}: give a value for {missing} in ANY of tests/gate_cases.py"
    url = reverse(page.name, kwargs={name: ANY[name] for name in page.arguments})
    for method in (client.get, client.post):
        response = method(url)
        if url.startswith("/api/"):
            assert response.status_code == 401
        else:
            assert response.status_code == 302
            assert response.url.startswith(reverse("sign_in"))


@dataclass
class Place:
    """The shared world: `rows` of every kind at every place, and the session of every role."""

    world: World
    rows: dict[tuple[Rows, str], Any]
    sessions: dict[str, str]

    def browser(self, role: str) -> Client:
        """A browser of its own for each request: one that is signed out must not sign out the next."""
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client

    def of(self, rows: Rows, place: str) -> Any:
        return next(row for (kind, where), row in self.rows.items() if kind.make is rows.make and where == place)

    def ask(self, page: Page, role: str, row: Any = None) -> set[int]:
        """The status codes of GET and POST."""
        case = page.case or Case(kwargs=lambda row: {})
        url = reverse(page.name, kwargs=case.kwargs(row))
        answers = set()
        for method in ("get", "post"):
            with untouched():
                answers.add(getattr(self.browser(role), method)(url, case.query(row)).status_code)
        return answers


@contextmanager
def untouched() -> Iterator[None]:
    """Takes back what is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def shared_place(django_db_setup, django_db_blocker) -> Iterator[Place]:
    with django_db_blocker.unblock(), time_machine.travel(TODAY, tick=False), untouched():
        world = build_world()
        seed_calendar()
        load_documents()
        rows = {(kind, name): kind.make(world, name) for kind in every_kind() for name in PLACES}
        sessions = {}
        for role in ROLES:
            client = Client()
            client.force_login(getattr(world, role), backend="django.contrib.auth.backends.ModelBackend")
            sessions[role] = client.session.session_key
        yield Place(world, rows, sessions)


@pytest.fixture
def place(shared_place, db) -> Iterator[Place]:
    """What a test writes is taken back before the next."""
    with time_machine.travel(TODAY, tick=False):
        yield shared_place


@pytest.mark.parametrize("page", [page for page in GATED if about_rows(page)], ids=ids)
def test_a_row_outside_is_404_without_the_right_403_else_served(page, place):
    world, wrong = place.world, []
    for name in PLACES:
        row = place.of(page.case.rows, name)
        for role in ROLES:
            answers = place.ask(page, role, row)
            if not fits(answers, expected(page, world, role, name)):
                wrong.append(f"{role} at {name}: {sorted(answers)}, not {expected(page, world, role, name)}")
    assert wrong == []


def expected(page: Page, world: Any, role: str, place: str) -> set[int]:
    user, case = getattr(world, role), page.case
    if page.somewhere and not user.paths(page.somewhere):
        return {403}
    if not case.rows.seen_by(world, user, place):
        return {404}
    if role in case.refuses or (page.here and not case.rows.held_by(world, user, place, page.here)):
        return {403}
    return FINE | case.also


def fits(answers: set[int], right: set[int]) -> bool:
    """All as expected; a method that the page does not know is refused (405) before it looks at anything."""
    return answers <= right | {405} and bool(answers & right)


@pytest.mark.parametrize("page", [page for page in GATED if not about_rows(page) and page.gate], ids=ids)
def test_a_page_about_no_row_opens_to_who_holds_the_right_somewhere(page, place):
    refuses = page.case.refuses if page.case else frozenset()
    wrong = []
    for role in ROLES:
        answers = place.ask(page, role)
        may = page.somewhere is None or getattr(place.world, role).paths(page.somewhere)
        if not fits(answers, FINE if may and role not in refuses else {403}):
            wrong.append(f"{role}: {sorted(answers)}")
    assert wrong == []


# A file moves to a station that its own does not reach: the page offers them by name, as the public register does.
OFFERS_OUTSIDE = ("client_transfer",)


def every_kind() -> list[Rows]:
    kinds = list(ROWS.values())
    for case in CASES.values():
        if case.rows is not None and not any(case.rows.make is kind.make for kind in kinds):
            kinds.append(case.rows)
    # One report and one station for each place is all there can be.
    return kinds


@pytest.mark.parametrize(
    ("role", "secrets"),
    [("county", ["明星镇", "太谷区", "酒泉路"]), ("outsider", ["锦纶街道", "榆次区", "酒泉路"]),
     ("worker", ["明星镇", "锦纶街道", "酒泉路"]), ("city", ["酒泉路"]), ("administrator", ["酒泉路"]),
     ("auditor", ["酒泉路"])],
)  # fmt: skip
def test_no_page_names_a_unit_outside(role, secrets, place):
    user = getattr(place.world, role)
    leaks = []
    for page in PAGES:
        if page.name in ("sign_out", *OFFERS_OUTSIDE):
            continue
        for url, query in addresses(page, place, user):
            response = place.browser(role).get(url, query)
            if response.status_code != 200 or response.streaming:
                continue
            text = response.content.decode()
            leaks += [f"{url} names {secret}" for secret in secrets if secret in text]
    assert leaks == []


def addresses(page: Page, place: Place, user: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    case = page.case
    if case is None:
        if not page.arguments:
            yield reverse(page.name), {}
        return
    if case.rows is None:
        yield reverse(page.name, kwargs=case.kwargs(None)), case.query(None)
        return
    for (kind, name), row in place.rows.items():
        if kind.make is case.rows.make and case.rows.seen_by(place.world, user, name):
            yield reverse(page.name, kwargs=case.kwargs(row)), case.query(row)


@pytest.mark.parametrize("page", [p for p in PAGES if p.is_api and p.name.endswith("-list")], ids=ids)
@pytest.mark.parametrize("role", ROLES)
def test_an_api_list_holds_only_rows_of_the_scope(page, role, place):
    detail = CASES.get(page.name.replace("-list", "-detail"))
    if detail is None:
        return
    user = getattr(place.world, role)
    response = place.browser(role).get(reverse(page.name))
    if response.status_code == 403:
        assert detail.permission
        assert not user.paths(detail.permission)
        return
    listed = {str(row["id"]) for row in response.json()["results"]}
    for (kind, name), row in place.rows.items():
        if kind.make is detail.rows.make:
            assert (str(row.pk) in listed) == detail.rows.seen_by(place.world, user, name)


# ---- in the code: views, API and forms reach rows through `visible_to` only

LETS_THROUGH = {"visible_to", "none", "ancestors_of"}
GATED_MODELS = {
    model.__name__ for room in ROOMS for model in apps.get_app_config(room).get_models()
    if hasattr(model._default_manager.all(), "visible_to")
}  # fmt: skip


def outer_files() -> list[Path]:
    return sorted(
        path
        for room in ROOMS
        for kind in ("views*", "api*", "forms*", "admin*", "filters*", "*tables", "pack", "*timeline", "*panels")
        for path in [*(ROOT / room).glob(f"{kind}.py"), *(ROOT / room).glob(f"{kind}/**/*.py")]
    )


def passes_by(source: str) -> dict[str, int]:
    """Functions (or classes) that take a gated model's rows without the gate → the line."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = {}
    for node in ast.walk(tree):
        if _takes_rows(node) and not _chain(node, parents) & LETS_THROUGH:
            found[_owner(node, parents)] = node.lineno
    return found


def _takes_rows(node: ast.AST) -> bool:
    """`Model.objects` or `get_object_or_404(Model, …)` of a gated model."""
    if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
        return isinstance(node.value, ast.Name) and node.value.id in GATED_MODELS
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("get_object_or_404", "get_list_or_404"):
        return bool(node.args) and isinstance(node.args[0], ast.Name) and node.args[0].id in GATED_MODELS
    return False


def _chain(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> set[str]:
    """The methods called one after another on the manager."""
    names = set()
    step = parents.get(node)
    while isinstance(step, ast.Attribute | ast.Call):
        if isinstance(step, ast.Attribute):
            names.add(step.attr)
        elif step.func is not node:  # an argument of another call: the chain has ended
            break
        node, step = step, parents.get(step)
    return names


def _owner(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    step: ast.AST | None = node
    while step is not None and not isinstance(step, ast.FunctionDef | ast.ClassDef):
        step = parents.get(step)
    return step.name if step is not None else ""


@pytest.mark.parametrize("path", outer_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_rows_only_through_the_gate(path):
    allowed = TIED.get(str(path.relative_to(ROOT)), {})
    found = passes_by(path.read_text())
    assert {name: line for name, line in found.items() if name not in allowed} == {}, (
        "take rows by .visible_to(request.user, …), from a row that passed the gate (station.spells), "
        "or say in TIED of tests/gate_cases.py why this is right"
    )
    assert allowed.keys() - found.keys() == set(), "no longer needed in TIED"


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ("Station.objects.filter(pk=1)", True),
        ("Station.objects.all()", True),
        ("get_object_or_404(Station, pk=1)", True),
        ("f(Station.objects, x.visible_to(u))", True),
        ("x.visible_to(f(Station.objects.all()))", True),
        ("Station.objects.visible_to(u).get(pk=1)", False),
        ("Station.objects.select_related('unit').visible_to(u)", False),
        ("Station.objects.none()", False),
        ("get_object_or_404(Station.objects.visible_to(u), pk=1)", False),
    ],
)
def test_the_check_of_the_code_catches_what_it_should(source, caught):
    assert bool(passes_by(source)) is caught


def form_classes() -> Iterator[type[forms.BaseForm]]:
    for path in outer_files():
        if "forms" not in str(path.relative_to(ROOT)) and "filters" not in path.name:
            continue
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
        for _, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, forms.BaseForm) and found.__module__ == module.__name__:
                yield found


@pytest.mark.parametrize("form", sorted(set(form_classes()), key=str), ids=lambda form: form.__name__)
def test_a_form_offers_no_gated_row_before_it_knows_its_user(form, place):
    for name, field in getattr(form, "base_fields", {}).items():
        if isinstance(field, forms.ModelChoiceField):
            rows: models.QuerySet[Any] = field.queryset
            assert rows.model.__name__ not in GATED_MODELS or rows.query.is_empty(), (
                f"{form.__name__}.{name}: start from .none() and set the rows in __init__ through visible_to"
            )
