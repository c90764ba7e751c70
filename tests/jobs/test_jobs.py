"""A job: one lease, one result, for who asked."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from jobs import actions, registry
from jobs.models import Job, JobState


@pytest.fixture
def kind(monkeypatch):
    """A kind of job that writes a file, or does what the test sets as `kind["run"]`."""
    behaviour = {}

    def write(run):
        run.progress(1, 2)
        run.file("结果.txt").write_text("好")

    behaviour["run"] = write

    def probe(run):
        behaviour["run"](run)

    monkeypatch.setitem(registry.KINDS, "probe", probe)
    return behaviour


@pytest.fixture
def ask(world, kind):
    def request(by=None, **parameters):
        unit = world.units["晋中市"]
        return actions.request_job(by=by or world.city, kind="probe", title="测试", unit=unit, parameters=parameters)

    return request


def run(job: Job) -> Job:
    actions.run_job(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_that_ran_has_a_file_for_its_owner_only(world, ask, sign_in):
    job = run(ask())
    assert job.state == JobState.DONE
    url = reverse("job_download", args=[job.pk])
    answer = sign_in(world.city).get(url)
    assert b"".join(answer.streaming_content).decode() == "好"
    assert sign_in(world.county).get(url).status_code == 404
    assert sign_in(world.root).get(url).status_code == 404


def test_a_message_delivered_twice_runs_the_job_once(ask, kind):
    runs = []
    kind["run"] = runs.append
    job = ask()
    actions.run_job(job.pk)
    actions.run_job(job.pk)
    assert len(runs) == 1


def test_the_same_request_twice_is_one_job(ask):
    assert ask(month="2023-09") == ask(month="2023-09")
    assert ask(month="2023-10") != ask(month="2023-09")


def test_a_sixth_open_job_is_refused(ask):
    for number in range(actions.OPEN_JOBS_PER_USER):
        ask(number=number)
    with pytest.raises(ValidationError):
        ask(number=99)


def test_a_failing_job_says_so_without_a_traceback(ask, kind):
    def fail(run):
        raise RuntimeError("secret detail")

    kind["run"] = fail
    job = run(ask())
    assert job.state == JobState.FAILED
    assert "secret" not in job.message
    assert job.file_path == ""


def test_a_waiting_job_is_cancelled_at_once(world, ask, sign_in):
    job = ask()
    sign_in(world.city).post(reverse("job_cancel", args=[job.pk]))
    assert run(job).state == JobState.CANCELLED


def test_a_running_job_stops_at_its_next_progress(world, ask, kind):
    def cancel_midway(run):
        actions.cancel_job(by=world.city, job=Job.objects.get())
        run.progress(2, 2)
        raise AssertionError("went on after being cancelled")

    kind["run"] = cancel_midway
    assert run(ask()).state == JobState.CANCELLED


def test_a_job_of_a_lost_worker_is_given_back_then_given_up(ask):
    job = ask()
    long_ago = timezone.now() - timedelta(minutes=5)
    for attempts, state in [(1, JobState.WAITING), (actions.ATTEMPTS, JobState.FAILED)]:
        Job.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING, claimed_by="gone", heartbeat_at=long_ago, attempts=attempts
        )
        actions.sweep_jobs()
        job.refresh_from_db()
        assert job.state == state


def test_a_job_whose_worker_still_beats_is_left_alone(ask):
    job = ask()
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, claimed_by="here", heartbeat_at=timezone.now())
    actions.sweep_jobs()
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_old_files_are_dropped(ask):
    job = run(ask())
    path = actions.file_of(job)
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=31))
    actions.sweep_jobs()
    assert not path.exists()


def test_the_list_shows_only_own_jobs(world, ask, sign_in, django_assert_max_num_queries):
    for number in range(5):
        ask(number=number)
    ask(by=world.county)
    client = sign_in(world.city)
    with django_assert_max_num_queries(6):
        page = client.get(reverse("job_list"))
    assert page.content.decode().count("测试") == 5
