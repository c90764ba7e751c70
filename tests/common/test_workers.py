"""Names of workers: a gone one of this host is known at once, one of another host never."""

import subprocess
import sys

from common.workers import is_gone, worker_name


def test_this_process_runs_whatever_part_of_it_is_named():
    assert not is_gone(worker_name())
    assert not is_gone(worker_name(12345))


def test_a_process_that_ended_is_gone_with_all_its_parts():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host = worker_name().partition(":")[0]
    assert is_gone(f"{host}:{ended.pid}")
    assert is_gone(f"{host}:{ended.pid}:12345")


def test_nothing_is_said_of_another_host_or_of_a_name_that_is_none():
    assert not is_gone("elsewhere:1")
    assert not is_gone("")
