"""`kill -9` of a bulk sender at random moments, against a sandbox with faults in another process."""

import os

import pytest
from kill_campaign import Campaign, run_campaign

KILLS = int(os.environ.get("SUNCO_KILLS", "0"))


def check(outcome):
    print(outcome)  # noqa: T201 - pytest shows it with -s, and if the test fails
    assert (outcome.lost, outcome.doubled, outcome.disordered, outcome.crowded) == (0, 0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_each_message_arrives_once_and_in_order_although_the_sender_is_killed(seed, tmp_path):
    campaign = Campaign(messages=200, conversations=20, kills=4, seed=seed)
    outcome = run_campaign(campaign, tmp_path)
    check(outcome)
    assert outcome.kills == 4
    assert outcome.faults > 0
    assert outcome.states == {"sent": 200}


@pytest.mark.skipif(not KILLS, reason="SUNCO_KILLS is not set; `nox -s kills` sets it")
def test_a_campaign_of_2000_messages_is_killed_100_times(tmp_path):
    outcome = run_campaign(Campaign(kills=KILLS), tmp_path)
    check(outcome)
    assert outcome.kills == KILLS


@pytest.mark.skipif(not KILLS, reason="SUNCO_KILLS is not set; `nox -s kills` sets it")
def test_20000_messages_survive_the_faults_without_kills(tmp_path):
    check(run_campaign(Campaign(messages=20_000, conversations=2_000, kills=0), tmp_path))
