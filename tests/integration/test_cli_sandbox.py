"""`sunco sandbox`: a client can use the printed settings, and Ctrl-C stops it."""

import os
import re
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from sunco_async import AsyncSunco, RateLimited, RetryPolicy
from sunco_async.sandbox import Sandbox


@contextmanager
def started(*options):
    """Start the command; yields the process and the variables that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sunco_async.cli", "sandbox", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        variables = {}
        while len(variables) < 4:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            if line.startswith("export "):
                name, _, value = shlex.split(line)[1].partition("=")
                variables[name] = value
        yield process, variables
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_printed_variables_are_enough_for_a_client(number, monkeypatch):
    options = ("--rate-limit", "1", "--no-retry-after", "--app-id", "app'x'")
    with started(*options) as (process, variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert variables["SUNCO_APP_ID"] == "app'x'"
        async with AsyncSunco(retry=RetryPolicy(max_attempts=1), rate_limit=None) as sunco:
            user = await sunco.users.create(external_id="jane")
            assert user.external_id == "jane"
            with pytest.raises(RateLimited) as caught:
                await sunco.users.get("jane")
            assert caught.value.retry_after is None
        os.kill(process.pid, number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert re.fullmatch(
        r"press Ctrl-C to stop it\nstopped after 2 requests, 1 of which got a 429\n", err
    )


async def test_state_seed_faults_and_request_lines(tmp_path, monkeypatch):
    path = tmp_path / "sandbox.json"
    options = ("--state", str(path), "--seed", "demo", "--verbose", "--frozen-at", "1750000000")
    with started(*options, "--fault", "users.get:drop:x1") as (process, variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        async with AsyncSunco(retry=RetryPolicy(base=0), rate_limit=None) as sunco:
            assert (await sunco.users.get("ada")).external_id == "ada"
            await sunco.users.create(external_id="new")
        os.kill(process.pid, signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    users = f"/v2/apps/{variables['SUNCO_APP_ID']}/users"
    assert [line.partition(" ")[2] for line in err.splitlines()[1:4]] == [
        f"GET {users}/ada 200 users.get app_sandbox fault=drop",
        f"GET {users}/ada 200 users.get app_sandbox",
        f"POST {users} 201 users.create app_sandbox",
    ]
    assert err.splitlines()[4:] == [
        "stopped after 3 requests, 0 of which got a 429",
        "faults: drop 1",
    ]
    assert Sandbox.load(path).statistics().users == 6
    with started("--state", str(path), "--seed", "demo") as (process, variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        async with AsyncSunco(rate_limit=None) as sunco:
            created = await sunco.users.get("new")
            assert created.signed_up_at.timestamp() == 1_750_000_000
        process.terminate()
        _, err = process.communicate(timeout=30)
    assert err.startswith(f"{path} exists, so --seed demo adds nothing\n")
