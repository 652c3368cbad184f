import pytest

from sunco_async import AsyncSunco, BasicAuth, ConfigurationError
from sunco_async._settings import check_base_url, resolve_settings

NOTHING = dict.fromkeys(
    ("app_id", "key_id", "secret", "subdomain", "region", "base_url", "auth"), None
)
ENVIRONMENT = {
    "SUNCO_APP_ID": "env-app",
    "SUNCO_KEY_ID": "app_env",
    "SUNCO_KEY_SECRET": "not-a-secret",
    "SUNCO_SUBDOMAIN": "acme",
}


def resolve(environ=None, **given):
    return resolve_settings(**{**NOTHING, **given}, environ=environ or {})


def test_everything_may_come_from_the_environment():
    settings = resolve(ENVIRONMENT)
    assert settings.base_url == "https://acme.zendesk.com/sc"
    assert settings.app_id == "env-app"
    assert repr(settings.auth) == "BasicAuth(key_id='app_env')"


def test_an_argument_beats_every_variable_of_its_kind():
    settings = resolve(ENVIRONMENT, region="eu", app_id="mine", key_id="app_mine", secret="no")
    assert settings.base_url == "https://api.eu-1.smooch.io"
    assert settings.app_id == "mine"
    assert repr(settings.auth) == "BasicAuth(key_id='app_mine')"


@pytest.mark.parametrize(
    ("given", "base_url"),
    [
        ({"subdomain": "ACME"}, "https://acme.zendesk.com/sc"),
        ({"region": "us"}, "https://api.smooch.io"),
        ({"region": "eu"}, "https://api.eu-1.smooch.io"),
        ({"base_url": "https://proxy.example/sunco/"}, "https://proxy.example/sunco"),
        ({"base_url": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ({"base_url": "http://127.9.9.9"}, "http://127.9.9.9"),
        ({"base_url": "http://localhost:1/sc"}, "http://localhost:1/sc"),
        ({"base_url": "http://[::1]:9"}, "http://[::1]:9"),
    ],
)
def test_the_host(given, base_url):
    assert resolve(ENVIRONMENT, **given).base_url == base_url


@pytest.mark.parametrize(
    ("environ", "given", "words"),
    [
        ({}, {}, ["subdomain=", "region=", "base_url=", "SUNCO_SUBDOMAIN", "SUNCO_BASE_URL"]),
        ({}, {"subdomain": "a", "region": "us"}, ["subdomain=", "region=", "contradict"]),
        (
            {"SUNCO_SUBDOMAIN": "a", "SUNCO_REGION": "us"},
            {},
            ["SUNCO_SUBDOMAIN", "SUNCO_REGION", "contradict"],
        ),
        ({}, {"subdomain": "a"}, ["key_id=", "SUNCO_KEY_ID"]),
        ({}, {"subdomain": "a", "key_id": "app_x"}, ["secret=", "SUNCO_KEY_SECRET"]),
        ({}, {"subdomain": "a", "key_id": "app_x", "secret": "no"}, ["app_id=", "SUNCO_APP_ID"]),
        (
            ENVIRONMENT,
            {"auth": BasicAuth("app_x", "no"), "key_id": "app_x"},
            ["auth=", "key_id=", "contradicts"],
        ),
        ({}, {"region": "mars"}, ["region=", "us", "eu", "mars"]),
        ({"SUNCO_REGION": "mars"}, {}, ["SUNCO_REGION", "mars"]),
        ({}, {"subdomain": "acme.zendesk.com"}, ["subdomain=", ".zendesk.com"]),
        ({}, {"subdomain": "evil.example/"}, ["subdomain="]),
    ],
)
def test_a_wrong_setting_names_the_argument_and_the_variable(environ, given, words):
    with pytest.raises(ConfigurationError) as caught:
        resolve(environ, **given)
    for word in words:
        assert word in str(caught.value)
    assert caught.value.outcome == "not_sent"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://api.smooch.io", "https"),
        ("http://127.evil.example", "https"),
        ("http://10.0.0.1", "https"),
        ("ftp://api.smooch.io", "must be like"),
        ("acme.zendesk.com", "must be like"),
        ("", "must not be empty"),
        ("https://api.smooch.io/?a=b", "query"),
        ("https://api.smooch.io/#x", "fragment"),
        ("https://[", "must be like"),
        ("https://a b", "without blanks"),
        ("https://a:port", "not a URL"),
    ],
)
def test_a_base_url_that_cannot_be_used(url, words):
    with pytest.raises(ConfigurationError, match=words):
        check_base_url(url)


def test_credentials_in_a_base_url_are_refused_and_not_shown():
    with pytest.raises(ConfigurationError) as caught:
        check_base_url("https://app_x:not-a-secret@api.smooch.io")
    assert "not-a-secret" not in str(caught.value)


@pytest.mark.parametrize("key_id", ["act_test", "svc_test"])
def test_an_account_key_needs_no_app(key_id):
    assert resolve(subdomain="a", key_id=key_id, secret="no").app_id == ""


async def test_an_operation_on_an_app_needs_one():
    async with AsyncSunco(subdomain="a", key_id="act_test", secret="no") as sunco:
        with pytest.raises(ConfigurationError, match=r"users\.get.*app_id"):
            await sunco.users.get("u1")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"max_connections": 0}, "max_connections"),
        ({"transport": "carrier-pigeon"}, "transport must be"),
    ],
)
def test_settings_of_the_connections(given, words):
    with pytest.raises(ConfigurationError, match=words):
        AsyncSunco(subdomain="a", app_id="a1", key_id="app_x", secret="no", **given)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_is_positive(timeout):
    with pytest.raises(ValueError, match="timeout"):
        AsyncSunco(subdomain="a", app_id="a1", key_id="app_x", secret="no", timeout=timeout)
