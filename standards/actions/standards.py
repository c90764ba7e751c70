"""Standards: issued in versions, tightened, ended. Nothing is changed or deleted; a new version ends the old one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import Level, OrgUnit, User
from common import checks
from common.nudge import wake
from common.paths import STEP
from common.text import plain_name
from policies.models import PolicyDocument
from standards.actions.items import ItemDraft, as_draft, clean_rows
from standards.effective import Demand, Item, loosenings, requirement
from standards.models import Standard, StandardItem
from standards.queries.in_force import StandardBook

JUDGE = "standards.judge"  # the task of standards.tasks
FIRST_YEAR, LAST_YEAR = 2000, 2099
ISSUING_LEVELS = (Level.PROVINCE, Level.CITY, Level.COUNTY)
MOST_ITEMS = 200


def _open(issuer: OrgUnit, expected: int | None) -> Standard | None:
    """The issuer's open version. Raises ValidationError when it is not the one that the user looked at (0: none)."""
    current = Standard.objects.current().filter(issuer=issuer).select_related("document").first()
    if expected is not None and expected != (current.pk if current else 0):
        raise ValidationError("他人刚刚发布或终止了本单位的标准，请刷新后核对，再重新提交")
    return current


def _start(value: date | None, current: Standard | None) -> date:
    if value is None:
        raise ValidationError({"starts_on": "请填写施行日期"})
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError({"starts_on": f"施行日期应在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间"})
    if current and value < current.starts_on:
        raise ValidationError({"starts_on": f"施行日期不能早于本单位现行版本的施行日期（{current.starts_on}）"})
    return value


def _year(value: int) -> int:
    if not FIRST_YEAR <= value <= LAST_YEAR:
        raise ValidationError({"year": f"年度应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间"})
    return value


def _issuable(issuer: OrgUnit, document: PolicyDocument, *, is_default: bool) -> None:
    if is_default:
        return
    if issuer.level not in ISSUING_LEVELS or issuer.is_virtual:
        raise ValidationError("建设标准由省、市、县三级制定")
    if document.is_default or document.issuer_id != issuer.pk:
        raise ValidationError({"document": f"依据文件应是{issuer.name}发布的文件"})


def _refuse_loosening(demands: Iterable[Demand], above: dict[str, Item]) -> None:
    """Raises ValidationError: every loosening, with whose item it is, under the field; items are named before it."""
    errors: dict[str, list[str]] = {}
    for demand in demands:
        stands = above.get(demand.code)
        if stands is None or stands.set_by.is_default:
            continue  # a default has no authority: its item gives way
        for name, words in loosenings(demand, stands).items():
            errors.setdefault(name, []).append(f"“{stands.demand.name}”：{words}")
    if errors:
        raise ValidationError(errors)


def _keeps_its_kind(demands: Iterable[Demand], earlier: dict[str, Demand]) -> None:
    """An item of the same code is answered in the same way for ever: what was found before is judged by it again."""
    for demand in demands:
        before = earlier.get(demand.code)
        if before is not None and _asked(before) != _asked(demand):
            raise ValidationError({"kind": f"“{before.name}”的维度、填报方式和计量单位不能改变；请取消该项，另加一项"})


def _asked(demand: Demand) -> tuple[str, str, str]:
    return demand.kind, demand.dimension, demand.unit_word


@transaction.atomic
def issue_standard(
    *,
    by: User | None,
    issuer: OrgUnit,
    document: PolicyDocument,
    title: str,
    year: int,
    starts_on: date | None,
    items: Sequence[ItemDraft],
    expected: int | None = None,
    is_default: bool = False,
) -> Standard:
    """A new version of what `issuer` demands from `starts_on` on; the version before it ends that day.

    `items` are all that the unit itself demands: a province's whole standard; of a city or county what it adds or
    tightens. `expected` is the key of the open version that the user saw, 0 for none. The stations below are judged
    again once it is in force. Raises ValidationError: an item looser than what stands above (names whose it is), a
    start before that of the open version, a document of another unit.
    """
    issuer = OrgUnit.objects.select_for_update().get(pk=issuer.pk)  # one version after the other
    _issuable(issuer, document, is_default=is_default)
    current = _open(issuer, expected)
    clean = checks.all_of(
        title=lambda: plain_name(title, field="title", label="名称", max_length=120),
        year=lambda: _year(year),
        starts_on=lambda: _start(starts_on, current),
    )
    version = Standard.objects.filter(issuer=issuer, year=clean["year"]).count() + 1
    standard = Standard(
        issuer=issuer,
        document=document,
        version=version,
        is_default=is_default,
        judge_from=clean["starts_on"],
        **clean,
    )
    rows = _clean_items(standard, items)
    if current:
        current.ends_on = clean["starts_on"]
        current.end_reason = f"由“{standard}”取代"[:200]
        current.save(update_fields=["ends_on", "end_reason"])
    standard.save()
    StandardItem.objects.bulk_create(rows)
    audit.record(
        by=by,
        verb="发布建设标准",
        target=standard,
        unit=issuer,
        changes=_difference(current, [row.demand() for row in rows]) | {"施行日期": [None, str(standard.starts_on)]},
    )
    if not is_default:
        transaction.on_commit(lambda: wake(JUDGE))
    return standard


def _clean_items(standard: Standard, items: Sequence[ItemDraft]) -> list[StandardItem]:
    """The rows of the new version, unsaved. Raises ValidationError: none or too many, looser than what stands above,
    of another kind than before."""
    if not items:
        raise ValidationError("标准至少要有一项；不再要求的，请终止标准")
    if len(items) > MOST_ITEMS:
        raise ValidationError(f"一个标准最多 {MOST_ITEMS} 项")
    rows = clean_rows(standard, items)
    demands = [row.demand() for row in rows]
    issuer = standard.issuer
    above = _standing_above(StandardBook.load([issuer.path]), issuer, standard.starts_on)
    _refuse_loosening(demands, above)
    _keeps_its_kind(demands, _asked_before(issuer, above))
    return rows


def _standing_above(book: StandardBook, issuer: OrgUnit, on: date) -> dict[str, Item]:
    """What the units above the issuer demand on that day. Code → item."""
    parent = issuer.path[:-STEP]
    return {item.code: item for item in book.items(parent, on)} if parent else {}


def _asked_before(issuer: OrgUnit, above: dict[str, Item]) -> dict[str, Demand]:
    """How each code is or was asked, by the issuer in any version or by a default. Code → demand."""
    rows = StandardItem.objects.filter(standard__issuer=issuer).select_related("standard__issuer", "document")
    own = {row.code: row.demand() for row in rows.order_by("pk")}
    return {code: item.demand for code, item in above.items()} | own


def _difference(current: Standard | None, demands: Iterable[Demand]) -> dict[str, list[Any]]:
    """Name of an item → what was asked and what is asked, for those that differ."""
    before = {}
    if current:
        rows = current.items.select_related("standard__issuer", "document")
        before = {row.code: _words(row.demand()) for row in rows}
    after = {demand.code: _words(demand) for demand in demands}
    changed = [code for code in before | after if before.get(code) != after.get(code)]
    return {(after.get(code) or before[code])[0]: [_told(before.get(code)), _told(after.get(code))] for code in changed}


def _words(demand: Demand) -> tuple[str, str]:
    necessary = "必备" if demand.necessary else "非必备"
    return demand.name, f"{requirement(demand)}，{necessary}，权重 {demand.weight.normalize():f}"


def _told(words: tuple[str, str] | None) -> str | None:
    return words[1] if words else None


@transaction.atomic
def set_item(
    *,
    by: User | None,
    issuer: OrgUnit,
    document: PolicyDocument,
    starts_on: date | None,
    item: ItemDraft,
    expected: int | None = None,
) -> Standard:
    """A new version with one item added or tightened, the unit's others as they were."""
    current = _open(issuer, expected)
    kept = _own_drafts(current)
    return _reissue(by, issuer, document, starts_on, {**kept, item.code: item}, current)


@transaction.atomic
def drop_item(
    *,
    by: User | None,
    issuer: OrgUnit,
    document: PolicyDocument,
    starts_on: date | None,
    code: str,
    expected: int | None = None,
) -> Standard:
    """A new version without one of the unit's own items; a higher unit's demand on it goes on.

    Raises ValidationError for an item that is not the unit's own, with whose it is.
    """
    current = _open(issuer, expected)
    kept = _own_drafts(current)
    if code not in kept:
        _refuse_drop(issuer, code, starts_on)
    del kept[code]
    return _reissue(by, issuer, document, starts_on, kept, current)


def _refuse_drop(issuer: OrgUnit, code: str, on: date | None) -> None:
    above = _standing_above(StandardBook.load([issuer.path]), issuer, on) if on else {}
    if code in above:
        item = above[code]
        raise ValidationError(f"“{item.demand.name}”由{item.set_by}规定，下级不能取消")
    raise ValidationError("本单位的现行标准没有这一项")


def _own_drafts(current: Standard | None) -> dict[str, ItemDraft]:
    rows = current.items.select_related("document") if current else []
    return {row.code: as_draft(row) for row in rows}


def _reissue(
    by: User | None,
    issuer: OrgUnit,
    document: PolicyDocument,
    starts_on: date | None,
    items: dict[str, ItemDraft],
    current: Standard | None,
) -> Standard:
    year = starts_on.year if starts_on else 0
    title = current.title if current else f"{issuer.name}社工站建设标准"
    if not items:
        raise ValidationError("这是本单位标准的最后一项；不再要求的，请终止标准")
    return issue_standard(
        by=by,
        issuer=issuer,
        document=document,
        title=title,
        year=year,
        starts_on=starts_on,
        items=list(items.values()),
        expected=current.pk if current else 0,
    )


@transaction.atomic
def end_standard(*, by: User | None, standard: Standard, on: date | None, reason: str) -> Standard:
    """The version ends without a successor: `on` is the first day without it. It stays for the days before.

    Raises ValidationError: ended already, before it began, a default, no reason.
    """
    OrgUnit.objects.select_for_update().get(pk=standard.issuer_id)
    standard = Standard.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=standard.pk)
    if standard.is_default:
        raise ValidationError("缺省标准不能终止：没有文件规定的日期都依据它；请发布标准取代")
    if standard.ends_on:
        raise ValidationError(f"该版标准已定于 {standard.ends_on} 失效，不能再改")
    reason = checks.required_text(reason, field="reason", label="理由")
    if on is None or not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise ValidationError({"on": "请填写有效的失效日期"})
    if on < standard.starts_on:
        raise ValidationError({"on": f"失效日期不能早于施行日期（{standard.starts_on}）"})
    standard.ends_on, standard.end_reason = on, reason
    standard.judge_from = min(standard.judge_from or on, on)
    standard.save(update_fields=["ends_on", "end_reason", "judge_from"])
    audit.record(
        by=by,
        verb="终止建设标准",
        target=standard,
        unit=standard.issuer,
        changes={"失效日期": [None, str(on)]},
        reason=reason,
    )
    transaction.on_commit(lambda: wake(JUDGE))
    return standard
