"""Stages (R9): the system proposes the next one, the county decides, the city confirms (R14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.roles import Permission
from common import checks
from common.text import long_text
from policies.queries import RuleBook
from policies.stages import Stage
from standards.models import ProposalState, StageProposal, StageSpell
from standards.models.stages import has_stage
from standards.queries.stages import stages_of, standing_of, standings
from standards.stages import Standing, missing_words, snapshot
from stations import stale
from stations.actions.locks import locked_station
from stations.actions.spells import require_step
from stations.models import Station
from stations.models.stations import StationQuerySet

P = Permission
COMMENT_LENGTH = 500
AGAIN_AFTER = timedelta(days=90)  # so long the system does not repeat what was sent back
CHUNK = 200


@dataclass(frozen=True)
class Proposed:
    """Of how many stations that can be promoted, how many were proposed now."""

    looked_at: int
    proposed: int


# ---- the system proposes --------------------------------------------------------------------------------------------


def propose_due(stations: StationQuerySet | None = None, *, by: User | None = None) -> Proposed:
    """Propose every station that has done all four tasks of its stage; one transaction for each.

    Operating ones without an open proposal and not in the last stage. What was sent back or taken back is repeated
    after 90 days, at once where somebody asks for it (`by`).
    """
    today = timezone.localdate()
    candidates = _promotable(Station.objects.all() if stations is None else stations, today)
    if by is None:
        since = today - AGAIN_AFTER
        lately = StageProposal.objects.filter(
            Q(state=ProposalState.COUNTY_RETURNED, decided_on__gt=since)
            | Q(state=ProposalState.CITY_RETURNED, confirmed_on__gt=since)
            | Q(withdrawn_on__gt=since),
            station=OuterRef("pk"),
        )
        candidates = candidates.filter(~Exists(lately))
    keys = list(candidates.order_by("pk").values_list("pk", flat=True))
    if not keys:
        return Proposed(0, 0)
    book = RuleBook.load()
    proposed = sum(_propose_ready(station, standing, by) for station, standing in _looked_at(keys, today, book))
    return Proposed(len(keys), proposed)


def _promotable(stations: StationQuerySet, today: date) -> StationQuerySet:
    """Which have a stage, operate today, and wait for nobody."""
    waiting = StageProposal.objects.open().filter(station=OuterRef("pk"))
    last = StageSpell.objects.current().filter(station=OuterRef("pk"), stage=Stage.PROFESSIONAL)
    return stations.filter(has_stage(today)).operating(today).filter(~Exists(waiting), ~Exists(last))


def _looked_at(keys: list[int], today: date, book: RuleBook) -> Iterator[tuple[Station, Standing]]:
    for start in range(0, len(keys), CHUNK):
        stations = list(Station.objects.filter(pk__in=keys[start : start + CHUNK]).select_related("unit"))
        found = standings(stations, today, book=book)
        for station in stations:
            yield station, found[station.pk]


def _propose_ready(station: Station, standing: Standing, by: User | None) -> bool:
    """Was it proposed? What came between since the look is left for the next time."""
    if standing.due is None:
        return False
    try:
        _propose(station, standing, by)
    except ValidationError:
        return False
    return True


@transaction.atomic
def _propose(station: Station, standing: Standing, by: User | None) -> StageProposal:
    station = locked_station(station)
    today = timezone.localdate()
    stage = standing.due
    if stage is None or stages_of([station], today)[station.pk][0] != standing.stage:
        raise ValidationError("站点的阶段刚刚变动，请刷新页面核对")
    _refuse_open(station)
    try:
        with transaction.atomic():
            proposal = StageProposal.objects.create(
                station=station, stage=stage, proposed_on=today, evidence=snapshot(standing.current)
            )
    except IntegrityError:  # by somebody else since the look
        _refuse_open(station)
        raise
    changes = {"拟进入阶段": [standing.stage.label if standing.stage else None, stage.label]}
    _record(by, "提出阶段评定", proposal, changes)
    return proposal


def _refuse_open(station: Station) -> None:
    waiting = StageProposal.objects.open().filter(station=station).first()
    if waiting:
        raise ValidationError(f"本站进入{waiting.get_stage_display()}的评定已经提出，{waiting.get_state_display()}")


@transaction.atomic
def propose_stage(*, by: User | None, station: Station) -> StageProposal:
    """Look at one station now. Raises ValidationError that says what is missing, or why it cannot be promoted."""
    station = locked_station(station)
    require_step(by, station.unit.path, P.DECIDE_STAGE, step="阶段评定", field="__all__")
    standing = standing_of(station, timezone.localdate())
    if standing.stage is None:
        raise ValidationError("站点还没有开始运营（或已撤销、不是社工站），不评定发展阶段")
    if not Station.objects.filter(pk=station.pk).operating(timezone.localdate()).exists():
        raise ValidationError("站点停运中，恢复运营后再评定")
    _refuse_open(station)
    if standing.stage.following is None:
        raise ValidationError("本站已在专业阶段，没有下一阶段")
    if standing.missing:
        tasks = f"{standing.stage.label}四项任务已完成 {standing.current_met} 项，还差："
        raise ValidationError(tasks + missing_words(standing.missing))
    return _propose(station, standing, by)


# ---- county and city ------------------------------------------------------------------------------------------------


@transaction.atomic
def decide_stage(
    *, by: User | None, proposal: StageProposal, agree: bool, on: date | None, comment: str, expected: str
) -> StageProposal:
    """The county agrees, and the city is asked; or it sends the proposal back, with a comment.

    `expected`: the state that the user saw. Raises ValidationError: decided by somebody else meanwhile, a wrong day.
    """
    proposal = _locked(proposal)
    require_step(by, proposal.station.unit.path, P.DECIDE_STAGE, step="认定发展阶段", field="on")
    _seen(proposal, expected, ProposalState.WAITING_COUNTY)
    clean = _clean(agree, on, comment, proposal.proposed_on, "提出日期")
    if agree:
        _standing_still(proposal.station)
    proposal.state = ProposalState.WAITING_CITY if agree else ProposalState.COUNTY_RETURNED
    proposal.decided_by, proposal.decided_on, proposal.decision = by, clean["on"], clean["comment"]
    proposal.save()
    _step(by, "认定发展阶段" if agree else "退回阶段评定", proposal, clean["on"], clean["comment"])
    return proposal


@transaction.atomic
def confirm_stage(
    *, by: User | None, proposal: StageProposal, agree: bool, on: date | None, comment: str, expected: str
) -> StageProposal:
    """The city agrees, and the station is in its new stage from `on`; or it sends the proposal back, with a comment.

    Raises ValidationError: confirmed by somebody else meanwhile, by who decided, a day before the county's decision
    or in the future.
    """
    proposal = _locked(proposal)
    station = proposal.station
    require_step(by, station.unit.path, P.CONFIRM_STAGE, step="确认发展阶段", field="on")
    _seen(proposal, expected, ProposalState.WAITING_CITY)
    if by is not None and by == proposal.decided_by:
        raise ValidationError("县级认定是您作出的，不能再由您确认，请由市级其他人员办理")
    clean = _clean(agree, on, comment, proposal.decided_on, "县级认定日期")
    proposal.state = ProposalState.CONFIRMED if agree else ProposalState.CITY_RETURNED
    proposal.confirmed_by, proposal.confirmed_on, proposal.confirmation = by, clean["on"], clean["comment"]
    if agree:
        _standing_still(station)
        _begin(proposal, clean["on"])
    proposal.save()
    _step(by, "确认发展阶段" if agree else "退回阶段评定", proposal, clean["on"], clean["comment"])
    return proposal


def _begin(proposal: StageProposal, on: date) -> None:
    """The stage begins, the one before ends on the same day."""
    station = proposal.station
    before = StageSpell.objects.current().filter(station=station).first()
    since = before.starts_on + timedelta(days=1) if before else stages_of([station], on)[station.pk][1]
    if since is None or on < since:
        raise ValidationError({"on": "确认日期应在本站进入当前阶段之后"})
    if before:
        before.ends_on = on
        before.save(update_fields=["ends_on"])
    StageSpell.objects.create(station=station, stage=proposal.stage, starts_on=on, proposal=proposal)
    stale.mark(station.pk, stale.months_since(on))


@transaction.atomic
def withdraw_stage(*, by: User | None, station: Station, reason: str, expected: int | None = None) -> Station:
    """The city takes back the last stage, as if it had never begun; the one before goes on. A reason is needed.

    `expected`: the key of the spell that the user saw. Raises ValidationError while a proposal is open.
    """
    station = locked_station(station)
    require_step(by, station.unit.path, P.CONFIRM_STAGE, step="撤回发展阶段", field="reason")
    spell = StageSpell.objects.current().filter(station=station).select_related("proposal").first()
    if spell is None or (expected is not None and spell.pk != expected):
        raise ValidationError("没有可以撤回的阶段，或他人刚刚作了新的确认，请刷新页面核对")
    _refuse_open(station)
    reason = checks.withdrawal_reason(reason)
    proposal, since, stage = spell.proposal, spell.starts_on, Stage(spell.stage)
    spell.delete()
    before = StageSpell.objects.filter(station=station, ends_on=since).first()
    if before:
        before.ends_on = None
        before.save(update_fields=["ends_on"])
    if proposal:
        proposal.state, proposal.withdrawn_on, proposal.reason = ProposalState.WITHDRAWN, timezone.localdate(), reason
        proposal.save()
    audit.record(
        by=by,
        verb="撤回发展阶段",
        target=station,
        unit=station.unit,
        changes={"阶段": [stage.label, Stage(before.stage).label if before else Stage.STARTING.label]},
        reason=reason,
    )
    stale.mark(station.pk, stale.months_since(since))
    return station


# ---- shared ---------------------------------------------------------------------------------------------------------


def _locked(proposal: StageProposal) -> StageProposal:
    """Station first, then the proposal (stations.actions.locks)."""
    locked_station(proposal.station)
    rows = StageProposal.objects.select_for_update(of=("self",)).select_related("station__unit")
    return rows.get(pk=proposal.pk)


def _seen(proposal: StageProposal, expected: str, state: ProposalState) -> None:
    """Raises ValidationError unless the proposal waits for this step, as the user saw it."""
    if proposal.state != state or expected != state:
        raise ValidationError(f"他人刚刚办理过：评定现为“{proposal.get_state_display()}”，请刷新页面核对")


def _standing_still(station: Station) -> None:
    if not Station.objects.filter(pk=station.pk).operating(timezone.localdate()).exists():
        raise ValidationError("站点已不在运营，不能进入下一阶段；可以退回")


def _clean(agree: bool, on: date | None, comment: str, since: date | None, since_label: str) -> dict[str, Any]:
    def remark() -> str:
        text = long_text(comment, field="comment", label="意见", max_length=COMMENT_LENGTH)
        if not agree and not text:
            raise ValidationError({"comment": "退回须写明意见"})
        return text

    return checks.all_of(
        on=lambda: checks.past_day(on, field="on", label="日期", since=since, since_label=since_label), comment=remark
    )


def _step(by: User | None, verb: str, proposal: StageProposal, on: date, comment: str) -> None:
    changes = {"状态": [None, ProposalState(proposal.state).label], "日期": [None, str(on)]}
    _record(by, verb, proposal, changes, comment)


def _record(by: User | None, verb: str, proposal: StageProposal, changes: dict[str, Any], reason: str = "") -> None:
    stale.mark(proposal.station_id, stale.months_since(proposal.proposed_on))
    audit.record(by=by, verb=verb, target=proposal, unit=proposal.station.unit, changes=changes, reason=reason)
