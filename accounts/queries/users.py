"""Lists of users as administrators see them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import OrgUnit, Posting, User
from accounts.queries.units import places
from accounts.roles import Permission, Role

SORTS = {"name": "name", "username": "username", "last_login": "last_login", "created_at": "created_at"}


@dataclass(frozen=True)
class PostingLine:
    """A posting as the page shows it; `where` is the place of its unit in the tree."""

    posting: Posting
    where: str
    state: str  # 在任, 未到任, 已结束
    tone: str


def user_list(
    viewer: User,
    *,
    unit: OrgUnit | None = None,
    role: Role | None = None,
    active: bool | None = None,
    q: str = "",
    sort: str = "name",
) -> QuerySet[User]:
    """Users within the viewer's scope, with their postings there that are not over as `shown` (two queries)."""
    postings = Posting.objects.visible_to(viewer, Permission.MANAGE_USERS)
    matching = postings.filter(user=OuterRef("pk"))
    if unit is not None:
        matching = matching.under(unit)
    if role is not None:
        matching = matching.open().filter(role=role)
    users = User.objects.filter(Exists(matching))
    if active is not None:
        users = users.filter(is_active=active)
    if q:
        users = users.filter(Q(name__contains=q) | Q(username__icontains=q))
    shown = postings.open().select_related("unit").order_by("unit__level", "unit__path", "role")
    key = sort.removeprefix("-")
    order = ("-" if sort.startswith("-") else "") + SORTS.get(key, "name")
    return users.prefetch_related(Prefetch("postings", shown, to_attr="shown")).order_by(order, "id")


def posting_lines(viewer: User, user: User) -> tuple[list[PostingLine], int]:
    """The user's postings within the viewer's scope, current first; and how many lie outside it. Three queries."""
    visible = list(
        Posting.objects.visible_to(viewer, Permission.MANAGE_USERS)
        .filter(user=user)
        .select_related("unit", "user")
        .order_by("-starts_on", "-id")
    )
    current = {posting.pk for posting in user.postings.current()}
    open_ones = {posting.pk for posting in user.postings.open()}
    where = places(posting.unit for posting in visible)
    lines = []
    for posting in visible:
        state, tone = ("已结束", "muted")
        if posting.pk in current:
            state, tone = "在任", "ok"
        elif posting.pk in open_ones:
            state, tone = "未到任", "info"
        lines.append(PostingLine(posting, where[posting.unit_id], state, tone))
    lines.sort(key=lambda line: line.state == "已结束")
    return lines, len(open_ones - {posting.pk for posting in visible})
