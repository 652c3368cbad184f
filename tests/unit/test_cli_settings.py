"""The options of the connection."""

import pytest

from sunco_async.cli._errors import UsageError
from sunco_async.cli._settings import Connection, in_options, open_client

COMPLETE = {"app_id": "app0", "key_id": "app_test", "base_url": "https://acme.example/sc"}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("APP_ID", "KEY_ID", "KEY_SECRET", "SUBDOMAIN", "REGION", "BASE_URL"):
        monkeypatch.delenv(f"SUNCO_{name}", raising=False)


def problem_of(**settings):
    with pytest.raises(UsageError) as caught:
        open_client(Connection(**settings), concurrency=1, rate_limit=None)
    return str(caught.value)


def test_the_error_of_a_missing_setting_names_option_and_variable(tmp_path):
    secret_file = tmp_path / "secret"
    secret_file.write_text("not-a-secret\n")
    complete = COMPLETE | {"secret_file": secret_file}

    def without(name):
        return problem_of(**{key: value for key, value in complete.items() if key != name})

    assert without("app_id") == "app_id is missing: pass --app-id or set SUNCO_APP_ID"
    assert without("key_id") == "key_id is missing: pass --key-id or set SUNCO_KEY_ID"
    assert without("secret_file") == (
        "secret is missing: pass --secret-file or set SUNCO_KEY_SECRET"
    )
    assert without("base_url") == (
        "the host is missing: pass --subdomain, --region or --base-url, "
        "or set SUNCO_SUBDOMAIN, SUNCO_REGION or SUNCO_BASE_URL"
    )
    assert problem_of(**complete, subdomain="acme") == (
        "--base-url and --subdomain contradict each other: "
        "give one of subdomain, region and base_url"
    )
    assert problem_of(**(complete | {"base_url": "http://acme.example"})).startswith(
        "--base-url must be https"
    )
    assert problem_of(**(complete | {"base_url": "https://a:b@acme.example"})) == (
        "--base-url must not hold credentials: pass --key-id and --secret-file"
    )


def test_the_error_of_a_secret_file_without_a_secret_names_it(tmp_path):
    path = tmp_path / "secret"
    assert problem_of(**COMPLETE, secret_file=path) == f"{path}: No such file or directory"
    path.write_text(" \n")
    assert problem_of(**COMPLETE, secret_file=path) == f"{path}: the file holds no secret"
    path.write_bytes(b"\xff")
    assert problem_of(**COMPLETE, secret_file=path) == f"{path}: the secret is not UTF-8 text"


async def test_a_client_is_created_from_options_and_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SUNCO_KEY_SECRET", "not-a-secret")
    monkeypatch.setenv("SUNCO_SUBDOMAIN", "other")
    client = open_client(Connection(**COMPLETE), concurrency=3, rate_limit=7)
    async with client as sunco:
        assert sunco.base_url == "https://acme.example/sc"
        assert sunco.app_id == "app0"
        assert sunco.rate_limit is not None
        assert sunco.rate_limit.statistics().rate == 7


def test_other_texts_are_not_changed():
    assert in_options("a=b stays, x == y too") == "a=b stays, x == y too"
    assert in_options("key_id= and auth=x") == "--key-id and auth=x"
