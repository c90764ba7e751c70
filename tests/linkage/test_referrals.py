"""A referral step by step: no hole, consent, follow-up, begun anew, taken back."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from clients.actions.merging import merge_clients
from clients.models import Consent
from clients.queries import files_of
from clients.signals import anonymised
from common.months import Month
from files.actions import attach
from files.models import Attachment
from linkage.actions import edit_referral, hand_out, take_back_step, withdraw_referral
from linkage.actions.referrals import last_step
from linkage.models import Referral, ReferralService, ReferralState, ReferralStep
from linkage.queries.consent import Sharing, sharing
from linkage.queries.referrals import referrals_of
from services.links import find
from tests.clients.make import make_client
from tests.files.samples import photo
from tests.services.conftest import facts
from tests.stations.conftest import errors_of

S = ReferralState
OCTOBER = Month(2026, 10)


@pytest.fixture
def through(referral, step):
    """A referral that has gone so far."""

    def go(*ways):
        row = referral()
        for number, to in enumerate(ways):
            row = step(row, to, 2 + number)
        return row

    return go


def test_the_whole_way(through):
    row = through("CONTACTED", "REFERRED", "SUCCEEDED", "FOLLOWED_UP")
    assert (row.state, row.outcome, row.ended_on, row.followed_up_on) == (
        S.FOLLOWED_UP, S.SUCCEEDED, date(2026, 10, 4), date(2026, 10, 5),
    )  # fmt: skip
    assert [one.state for one in row.steps.all()] == [
        S.TO_VERIFY, S.CONTACTED, S.REFERRED, S.SUCCEEDED, S.FOLLOWED_UP,
    ]  # fmt: skip


def test_a_success_is_followed_up_within_the_days_of_the_document(through):
    row = through("CONTACTED", "REFERRED", "SUCCEEDED")
    assert row.due_on == date(2026, 11, 3)
    assert "30日内回访" in row.due_reason
    assert not row.is_late(date(2026, 11, 3))
    assert row.is_late(date(2026, 11, 4))
    assert list(Referral.objects.overdue(date(2026, 11, 4))) == [row]
    assert not Referral.objects.overdue(date(2026, 11, 3)).exists()


@pytest.mark.parametrize(
    ("ways", "to", "why"),
    [
        ((), "REFERRED", "还没有登记“已联系”"),
        ((), "SUCCEEDED", "还没有登记“已转介”"),
        ((), "FAILED", "还没有登记“已联系”"),
        (("CONTACTED",), "SUCCEEDED", "还没有登记“已转介”"),
        (("CONTACTED", "REFERRED"), "FOLLOWED_UP", "还没有登记“成功或失败”"),
        (("CONTACTED", "REFERRED", "SUCCEEDED"), "TO_VERIFY", "已经成功"),
        (("CONTACTED",), "TO_VERIFY", "只有失败的"),
    ],
)
def test_a_step_that_leaves_a_hole_is_refused_with_the_reason(through, step, ways, to, why):
    row = through(*ways)
    with pytest.raises(ValidationError, match=why):
        step(row, to, 9)
    assert ReferralStep.objects.filter(referral=row).count() == len(ways) + 1


def test_what_failed_is_begun_anew_and_opened_once(through, step):
    row = step(through("CONTACTED", "FAILED"), "TO_VERIFY", 8)
    assert (row.state, row.attempt, row.outcome, row.ended_on) == (S.TO_VERIFY, 2, "", None)
    assert Referral.objects.opened_in(OCTOBER).count() == 1
    assert list(Referral.objects.open_at(date(2026, 10, 8))) == [row]
    assert not Referral.objects.open_at(date(2026, 10, 5)).exists()  # failed on October 3
    assert ReferralStep.objects.reached_in([S.FAILED], OCTOBER).count() == 1


def test_contact_needs_to_whom_and_failure_its_reason(referral, step, through):
    with pytest.raises(ValidationError) as caught:
        step(referral(), "CONTACTED", 2, to_name="")
    assert "to_name" in errors_of(caught)
    with pytest.raises(ValidationError) as caught:
        step(through("CONTACTED"), "FAILED", 9, note="")
    assert errors_of(caught)["note"] == ["请填写失败原因"]


def test_no_step_lies_before_the_last_or_after_today(through, step):
    row = through("CONTACTED")
    for day in (1, 21):
        with pytest.raises(ValidationError) as caught:
            step(row, "REFERRED", day)
        assert "on" in errors_of(caught)


def test_somebody_elses_step_is_told(through, step):
    row = through("CONTACTED")
    seen = last_step(row)
    step(row, "REFERRED", 9)
    with pytest.raises(ValidationError, match="他人刚刚登记了“已转介”"):
        step(row, "REFERRED", 9, expected=seen)


def consent(client, withdrawn_on=None, kind="SHARING"):
    return Consent.objects.create(client=client, kind=kind, given_on=date(2026, 1, 1), withdrawn_on=withdrawn_on)


@pytest.mark.parametrize("kind", ["SHARING", "SERVICE"])
def test_withdrawn_consent_stops_opening_and_sharing(referral, step, client_file, kind):
    row = referral()
    consent(client_file, date(2026, 9, 1), kind)
    with pytest.raises(ValidationError) as caught:
        step(row, "CONTACTED", 2)
    assert "撤回" in errors_of(caught)["to"][0]
    with pytest.raises(ValidationError) as caught:
        referral()
    assert "撤回" in errors_of(caught)["client"][0]


@pytest.mark.parametrize(("kind", "words"), [("SHARING", "不能再向外提供其信息"), ("SERVICE", "不能再登记新的事项")])
def test_the_card_on_the_file_offers_nothing_after_withdrawal_and_says_why(world, sign_in, client_file, kind, words):
    def page():
        return sign_in(world.worker).get(reverse("client_detail", args=[client_file.pk])).content.decode()

    offer = f"{reverse('referral_create')}?client={client_file.pk}"
    assert offer in page()
    consent(client_file, date(2026, 9, 1), kind)
    assert offer not in page()
    assert words in page()


def led_back(client, url: str, to: str) -> str:
    answer = client.get(url, follow=True)
    assert answer.redirect_chain[-1][0] == to
    return answer.content.decode()


@pytest.mark.parametrize(
    ("ways", "name", "reason"),
    [
        ((), "referral_take_back", "还没有登记任何步骤"),
        (("CONTACTED",), "referral_withdraw", "已有办理步骤，不能撤回登记"),
        (("CONTACTED", "FAILED"), "referral_edit", "已有结果，不能再修改"),
        (("WITHDRAWN",), "referral_step", "这条登记已经撤回"),
        (("WITHDRAWN",), "referral_edit", "这条登记已经撤回"),
        (("WITHDRAWN",), "referral_withdraw", "这条登记已经撤回"),
    ],
)
def test_a_form_out_of_turn_leads_back_with_the_reason(world, sign_in, through, ways, name, reason):
    row = through(*(way for way in ways if way != "WITHDRAWN"))
    if "WITHDRAWN" in ways:
        withdraw_referral(by=world.worker, referral=row, reason="登记错")
    client, url = sign_in(world.worker), reverse(name, args=[row.pk])
    assert reason in led_back(client, url, reverse("referral_detail", args=[row.pk]))
    assert client.post(url, {"expected": last_step(row)}).status_code == 200


def test_forms_that_would_use_a_withdrawn_consent_lead_back(world, sign_in, referral, through, client_file):
    first, contacted, client = referral(), through("CONTACTED"), sign_in(world.worker)
    consent(client_file, date(2026, 9, 1))
    words, page = "不能再向外提供其信息", reverse("referral_detail", args=[first.pk])
    assert words in led_back(client, reverse("referral_step", args=[first.pk]), page)
    assert client.get(reverse("referral_step", args=[contacted.pk])).status_code == 200  # it may fail
    new = reverse("referral_create", query={"client": client_file.pk})
    assert words in led_back(client, new, reverse("client_detail", args=[client_file.pk]))


def test_missing_consent_is_told_not_refused(referral, step, client_file):
    assert sharing(client_file) == Sharing.MISSING
    step(referral(), "CONTACTED", 2)
    consent(client_file)
    assert sharing(client_file) == Sharing.GIVEN


def test_a_referral_is_of_a_person_a_link_may_be_without(referral):
    with pytest.raises(ValidationError) as caught:
        referral(client=None)
    assert "client" in errors_of(caught)
    assert referral(client=None, kind="RESOURCE_LINK").client is None


def test_the_database_refuses_a_referral_of_nobody_and_a_state_without_its_day(referral):
    row = referral()
    for wrong in ({"client": None}, {"state": "SUCCEEDED"}, {"outcome": "FAILED"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.filter(pk=row.pk).update(**wrong)


def test_a_file_of_another_station_is_refused(world, referral):
    with pytest.raises(ValidationError) as caught:
        referral(client=make_client(world.station("锦纶街道社工站")))
    assert "在档" in errors_of(caught)["client"][0]


def test_the_last_step_is_taken_back_with_what_followed_from_it(world, through):
    row = through("CONTACTED", "REFERRED", "SUCCEEDED")
    row = take_back_step(by=world.worker, referral=row, reason="点错了", expected=last_step(row))
    assert (row.state, row.outcome, row.due_on) == (S.REFERRED, "", None)
    assert not ReferralStep.objects.reached_in([S.SUCCEEDED], OCTOBER).exists()


def test_a_reason_for_the_trail_names_nobody(world, through, client_file):
    row = through("CONTACTED")
    with pytest.raises(ValidationError) as caught:
        take_back_step(by=world.worker, referral=row, reason=f"{client_file.name}不去", expected=last_step(row))
    assert "审计日志" in errors_of(caught)["reason"][0]


def test_only_one_without_steps_is_withdrawn(world, through, referral):
    with pytest.raises(ValidationError, match="已有办理步骤"):
        withdraw_referral(by=world.worker, referral=through("CONTACTED"), reason="登记错")
    withdraw_referral(by=world.worker, referral=referral(), reason="登记错")
    assert Referral.objects.standing().count() == 1


def test_a_submit_sent_twice_opens_one(referral):
    token = uuid.uuid4()
    assert referral(token=token) == referral(token=token)
    assert (Referral.objects.count(), ReferralStep.objects.count()) == (1, 1)


def test_a_service_belongs_to_it_with_method_and_person(world, referral, log, client_file):
    linked = find(world.worker, f"referral:{referral().pk}")
    assert linked.presets["clients"] == [client_file.pk]
    assert "白内障" not in linked.presets["title"]
    log(link=linked, method="RESOURCE_LINK", clients=[client_file])
    assert ReferralService.objects.count() == 1


def test_a_service_of_before_or_of_another_station_is_refused(world, referral, log, team):
    linked = find(world.worker, f"referral:{referral().pk}")
    day = date(2026, 9, 30)
    with pytest.raises(ValidationError) as caught:
        log(link=linked, **facts(starts_on=day, ends_on=day))
    assert "不能早于" in errors_of(caught)["starts_on"][0]
    with pytest.raises(ValidationError) as caught:
        log(link=linked, station=world.station("锦纶街道社工站"), workers=[team.chen], by=None)
    assert "不是本站" in errors_of(caught)["link"][0]


def test_a_county_cannot_serve_under_it(world, referral):
    with pytest.raises(ValidationError):
        find(world.county, f"referral:{referral().pk}")


def test_the_trail_tells_neither_need_nor_names(world, referral, through, client_file):
    facts = {"need": "白内障手术费用", "urgency": "URGENT", "to_kind": "MEDICAL"}
    edit_referral(by=world.worker, referral=referral(to_name="精神卫生中心"), **facts, to_name="精神卫生中心二院")
    through("CONTACTED", "FAILED")
    trail = str(list(AuditEvent.objects.values()))
    assert "白内障" not in trail
    assert client_file.name not in trail
    assert "按流程办理" not in trail
    assert "精神卫生" not in trail


def test_a_person_is_read_over_all_files(world, referral, client_file):
    referral()
    other = make_client(world.station(), "演示王奶奶")
    merge_clients(by=world.worker, client=client_file, kept=other, reason="同一人")
    assert [row.client for row in referrals_of(files_of(other))] == [client_file]


def test_anonymised_texts_are_empty(through, client_file):
    row = through("CONTACTED")
    anonymised.send(sender=type(client_file), client=client_file, by=None)
    row.refresh_from_db()
    assert "白内障" not in row.need
    assert set(row.steps.values_list("note", flat=True)) == {""}


def test_papers_of_an_anonymised_person_are_destroyed(world, through, donation, client_file):
    row, rice, other = through("CONTACTED"), donation(), make_client(world.station(), "演示李爷爷")
    mine, theirs = (
        hand_out(
            by=world.worker, donation=rice, token=uuid.uuid4(), given_on=date(2026, 10, 5), amount="2",
            to_kind="CLIENT", client=client,
        )
        for client in (client_file, other)
    )  # fmt: skip
    for target, slot in ((row, "evidence"), (mine, "receipt"), (theirs, "receipt")):
        attach(by=world.worker, target=target, unit=world.station().unit, files=[photo()], slot=slot)
    anonymised.send(sender=type(client_file), client=client_file, by=None)
    assert [one.target for one in Attachment.objects.all()] == [theirs]
    assert (rice.handouts.count(), mine.value) == (2, theirs.value)


def test_what_has_an_outcome_is_not_edited(world, through):
    row = through("CONTACTED", "FAILED")
    with pytest.raises(ValidationError, match="已有结果"):
        edit_referral(by=world.worker, referral=row, need="x", urgency="NORMAL", to_kind="OTHER")
