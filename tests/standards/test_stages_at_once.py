"""Two at once at the same step of a stage, on a database that lets them: PostgreSQL."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from policies.queries import RuleBook
from standards.actions import confirm_stage, decide_stage, propose_due, propose_stage
from standards.models import ProposalState, StageProposal, StageSpell
from tests.standards.stages import ready
from tests.standards.test_concurrency import refused
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]
TODAY = date(2026, 10, 20)
S = ProposalState


@pytest.mark.parametrize("attempt", range(5))
def test_two_who_look_at_once_make_one_proposal(world, rules: RuleBook, attempt):
    station = ready(world.station())
    refused(together(propose_due, lambda: propose_stage(by=world.county, station=station), propose_due))
    assert StageProposal.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_of_a_county_that_agrees_and_sends_back_at_once_one_is_told(world, rules: RuleBook, attempt):
    proposal = propose_stage(by=None, station=ready(world.station()))

    def decide(agree: bool) -> StageProposal:
        return decide_stage(
            by=world.county, proposal=proposal, agree=agree, on=TODAY, comment="说明", expected=S.WAITING_COUNTY
        )

    (error,) = refused(together(lambda: decide(True), lambda: decide(False)))
    assert "他人刚刚办理过" in error.messages[0]
    assert StageProposal.objects.get().state in (S.WAITING_CITY, S.COUNTY_RETURNED)


@pytest.mark.parametrize("attempt", range(5))
def test_two_who_confirm_at_once_begin_one_stage(world, rules: RuleBook, attempt):
    proposal = propose_stage(by=None, station=ready(world.station()))
    decide_stage(by=world.county, proposal=proposal, agree=True, on=TODAY, comment="", expected=S.WAITING_COUNTY)

    def confirm() -> StageProposal:
        return confirm_stage(
            by=world.city, proposal=proposal, agree=True, on=TODAY, comment="", expected=S.WAITING_CITY
        )

    (error,) = refused(together(confirm, confirm))
    assert "他人刚刚办理过：评定现为“已确认”" in error.messages[0]
    assert StageSpell.objects.count() == 1
