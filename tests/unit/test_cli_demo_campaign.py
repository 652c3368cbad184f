"""The campaign that ships with the examples."""

import csv
import runpy

import pytest

from sunco_async.cli._demo_campaign import campaign_folder, read_messages
from sunco_async.cli._errors import UsageError


def test_the_file_is_the_output_of_its_script():
    folder = campaign_folder()
    made = runpy.run_path(str(folder / "make_recipients.py"))["make_csv"]()
    assert (folder / "recipients.csv").read_bytes() == made.encode()


def test_the_file_has_quotes_commas_and_scripts():
    with (campaign_folder() / "recipients.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["external_id"] for row in rows}) == 2000
    assert set(rows[0]) == {"external_id", "name", "language", "order_id"}
    assert {row["language"] for row in rows} == {"en", "de", "fr", "es", "pt", "ja"}
    names = "".join(row["name"] for row in rows)
    assert set(",\"'üßéñç様".replace("様", "髙")) <= set(names)


def test_every_recipient_gets_a_text_with_name_and_order():
    messages = read_messages(campaign_folder(), recipients=2000, seed=1, run="r1")
    assert len({each.message.key for each in messages}) == 2000
    for each in messages:
        assert each.name in each.message.content
        assert each.message.key == f"r1-{each.message.user_external_id}"
        assert each.message.metadata == {"campaignKey": each.message.key}


@pytest.mark.slow
def test_a_seed_draws_the_same_recipients():
    def drawn(seed):
        return read_messages(campaign_folder(), recipients=50, seed=seed, run="r")

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    with pytest.raises(UsageError, match=r"--recipients must be at most 2,000, not 2,001"):
        read_messages(campaign_folder(), recipients=2001, seed=1, run="r")
