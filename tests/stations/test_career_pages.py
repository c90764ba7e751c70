"""Pages of a worker's career: certificates, transfer, leaving, evaluation, rewards."""

from datetime import date

from django.urls import reverse

from stations.actions import add_certificate, post_worker
from stations.models import Certificate, CertificateLevel, StationPosting, Worker
from tests.stations.test_pages import page, post

# ---- certificates ---------------------------------------------------------------------------------------------------


def expired(worker, until=date(2023, 8, 31)):
    return add_certificate(
        by=None, worker=worker, level=CertificateLevel.ASSISTANT, number="SW2020000001", issued_on=date(2020, 9, 1),
        valid_until=until,
    )  # fmt: skip


def test_an_expired_certificate_is_shown_as_such(world, rules, worker, sign_in):
    expired(worker)
    html = page(sign_in(world.county), "worker_detail", worker.pk)
    assert "证书已于 2023-08-31 到期" in html
    assert "已到期" in html


def test_one_about_to_run_out_is_shown_with_the_rule(world, rules, worker, sign_in):
    expired(worker, until=date(2024, 1, 31))
    html = page(sign_in(world.county), "worker_detail", worker.pk)
    assert "即将到期" in html
    assert "缺省（无文件） 证书到期提醒" in html


def test_entering_an_expired_certificate_asks_once_more(world, worker, sign_in):
    client = sign_in(world.county)
    data = {"level": "ASSISTANT", "number": "SW2020000001", "issued_on": "2020-09-01", "valid_until": "2023-08-31"}
    assert "accept_expired" not in client.get(reverse("worker_certificate", args=[worker.pk])).context["form"].fields
    response = post(client, "worker_certificate", worker.pk, **data)
    assert "已于 2023-08-31 届满" in response.context["form"].errors["valid_until"][0]
    assert not Certificate.objects.exists()
    post(client, "worker_certificate", worker.pk, accept_expired="on", **data)
    assert Certificate.objects.get().valid_until == date(2023, 8, 31)


def test_posting_with_an_expired_certificate_asks_once_more(world, rules, worker, sign_in):
    expired(worker)
    client, station = sign_in(world.county), world.station()
    response = post(client, "worker_post", worker.pk, station=station.pk, on="2023-11-01", expected="0")
    (message,) = response.context["form"].errors["accept_uncertified"]
    assert "市民函〔2023〕28号 二(二)" in message
    assert not StationPosting.objects.exists()
    post(client, "worker_post", worker.pk, station=station.pk, on="2023-11-01", expected="0", accept_uncertified="on")
    assert StationPosting.objects.count() == 1


def test_a_certificate_is_registered_again_on_its_page(world, worker, sign_in):
    certificate = expired(worker)
    client = sign_in(world.county)
    form = client.get(reverse("worker_renew", args=[worker.pk])).context["form"]
    data = {"certificate": certificate.pk, "registered_on": "2023-11-01", "valid_until": "2026-10-31"}
    post(client, "worker_renew", worker.pk, expected=form.initial["expected"], **data)
    assert Worker.objects.certified(date(2023, 11, 1)).exists()
    response = post(client, "worker_renew", worker.pk, expected=form.initial["expected"], **data)
    assert "他人刚刚" in str(response.context["form"].errors)


def test_a_senseless_memory_of_the_form_is_refused(world, worker, sign_in):
    certificate = expired(worker)
    data = {"certificate": certificate.pk, "registered_on": "2023-11-01", "valid_until": "2026-10-31"}
    response = post(sign_in(world.county), "worker_renew", worker.pk, expected=f"{certificate.pk}:<b>", **data)
    assert response.status_code == 200
    assert not certificate.renewals.exists()


def test_without_a_certificate_there_is_nothing_to_register_again(world, worker, sign_in):
    response = sign_in(world.county).get(reverse("worker_renew", args=[worker.pk]))
    assert response.url == reverse("worker_certificate", args=[worker.pk])


# ---- transfer, leaving, evaluation, rewards -------------------------------------------------------------------------


def test_the_second_of_two_transfers_on_pages_is_told(world, worker, sign_in):
    seen = post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    client = sign_in(world.county)
    target = world.station("锦纶街道社工站").pk
    data = {"station": target, "on": "2023-11-01", "expected": seen.pk, "accept_uncertified": "on"}
    assert post(client, "worker_post", worker.pk, **data).status_code == 302
    other = {**data, "station": world.station().pk}
    response = post(client, "worker_post", worker.pk, **other)
    assert "他人刚刚把该社工派驻到锦纶街道社工站" in str(response.context["form"].errors)


def test_leaving_is_one_step_on_its_page(world, worker, sign_in):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    client = sign_in(world.county)
    response = post(client, "worker_leave", worker.pk, on="2023-11-01", reason="OTHER")
    assert "请说明" in response.context["form"].errors["note"][0]
    post(client, "worker_leave", worker.pk, on="2023-11-01", reason="OTHER", note="随家属外迁")
    assert "其他：随家属外迁" in page(client, "worker_detail", worker.pk)
    assert client.get(reverse("worker_leave", args=[worker.pk])).status_code == 302


def test_an_evaluation_and_a_reward_are_entered_and_taken_back(world, worker, sign_in):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    client = sign_in(world.county)
    post(
        client, "worker_evaluation", worker.pk, year="2023", grade="EXCELLENT", score="95.5", evaluator="区民政局",
        on="2023-12-01",
    )  # fmt: skip
    post(client, "worker_reward", worker.pk, title="优秀社工", level="CITY", granted_by="市民政局", on="2023-11-01")
    html = page(client, "worker_detail", worker.pk)
    assert "95.50" in html
    assert "优秀社工" in html
    for name, rows in (("worker_evaluation", worker.evaluations), ("worker_reward", worker.rewards)):
        post(client, f"{name}_withdraw", worker.pk, reason="登记有误", expected=rows.get().pk)
        assert not rows.exists()
