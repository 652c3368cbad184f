"""The options of `sunco sandbox`: what they make, and what a wrong one says."""

import socket

import pytest

from sunco_async.cli._errors import UsageError
from sunco_async.cli._sandbox import SandboxOptions, _open, _own_address, _warn_of_strangers
from sunco_async.sandbox import Sandbox, SandboxServer

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound


def options(**settings):
    defaults = {
        "host": "127.0.0.1",
        "port": 0,
        "rate_limit": None,
        "retry_after": True,
        "message_limit": None,
        "latency": 0.0,
        "app_id": None,
        "key_id": None,
        "secret": None,
    }
    return SandboxOptions(**defaults | settings)


def test_the_demo_data_are_the_same_with_a_seed():
    first, again = (_open(options(seed="demo", random_seed=1, frozen_at="0")) for _ in range(2))
    assert (first.statistics().users, first.statistics().conversations) == (5, 6)
    assert first.statistics().messages == 21
    assert [event.to_dict() for event in first.events] == [
        event.to_dict() for event in again.events
    ]
    with pytest.raises(ValueError, match="'ada' already"):
        first.add_demo_data()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1750000000.5", 1_750_000_000.5),
        ("2025-06-15T15:06:40Z", 1_750_000_000),
        ("2025-06-15T15:06:40", 1_750_000_000),
        ("2025-06-15T17:06:40+02:00", 1_750_000_000),
    ],
)
def test_a_frozen_clock(text, seconds):
    clock = _open(options(frozen_at=text)).clock
    assert clock.is_frozen
    assert clock() == seconds


def test_faults_are_in_the_order_of_the_options():
    sandbox = _open(options(faults=("messages.post:drop:0.01", "*:latency=0.1")))
    assert [rule.text for rule in sandbox.faults.rules] == [
        "messages.post:drop:0.01",
        "*:latency=0.1",
    ]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"faults": ("message.post:drop",)}, "--fault message.post:drop: no operation is called"),
        ({"faults": ("*:dorp",)}, "--fault '*:dorp': unknown fault 'dorp'; did you mean 'drop'?"),
        ({"faults": ("drop",)}, "--fault drop: a fault is ROUTE:FAULT"),
        ({"frozen_at": "soon"}, "--frozen-at takes a time such as"),
        ({"frozen_at": "nan"}, "--frozen-at takes a time such as"),
        ({"frozen_at": "1e300"}, "--frozen-at takes a time such as"),
        ({"frozen_at": "-1"}, "--frozen-at takes a time such as"),
        ({"hosts": ("a:1",)}, "hosts takes names"),
    ],
    ids=str,
)
def test_a_wrong_option_is_named(settings, problem):
    with pytest.raises(UsageError) as caught:
        _open(options(**settings))
    assert problem in str(caught.value)


def test_a_state_is_created_loaded_and_keeps_its_settings(tmp_path):
    path = tmp_path / "state.json"
    first = _open(options(state=path, app_id="one", secret="not-a-secret", message_limit=7))
    assert path.exists()
    again = _open(options(state=path, app_id="one", secret="not-a-secret", rate_limit=5.0))
    assert (again.app_id, again.secret, again.message_limit) == ("one", first.secret, 7)
    assert again.rate_limit is not None
    assert again.rate_limit.rate == 5


@pytest.mark.parametrize(
    "settings",
    [{"app_id": "two"}, {"key_id": "app_two"}, {"secret": "other"}, {"message_limit": 8}],
    ids=str,
)
def test_a_loaded_state_takes_no_other_identity(settings, tmp_path):
    path = tmp_path / "state.json"
    Sandbox(app_id="one").save(path)
    with pytest.raises(UsageError) as caught:
        _open(options(state=path, **settings))
    [name] = settings
    assert str(caught.value).startswith(f"--{name.replace('_', '-')} is for a new sandbox")
    assert "other" not in str(caught.value).replace("another", "")


def test_a_state_file_that_cannot_be_used_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("buy milk")
    with pytest.raises(UsageError, match="not a saved sandbox"):
        _open(options(state=path))
    assert path.read_text() == "buy milk"
    for impossible in (tmp_path / "missing" / "state.json", tmp_path):
        with pytest.raises(UsageError, match="--state"):
            _open(options(state=impossible))


@pytest.mark.parametrize(
    ("bound", "warned"),
    [("127.0.0.1", False), ("::1", False), ("192.0.2.7", True), ("::", True), (EVERYWHERE, True)],
)
def test_a_warning_when_other_machines_can_reach_it(bound, warned, capsys):
    _warn_of_strangers(SandboxServer("127.0.0.1", 8080, bound))
    text = capsys.readouterr().err
    assert (f"warning: the sandbox listens on {bound}, port 8080" in text) is warned
    if bound == EVERYWHERE:
        address = _own_address(socket.AF_INET)
        assert address is None or f"http://{address}:8080\n" in text
