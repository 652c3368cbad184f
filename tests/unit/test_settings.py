import pytest

from sunco_async import AsyncSunco, BasicAuth, ConfigurationError
from sunco_async._base.settings import check_base_url, resolve_settings

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


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://acme.example:99999", "port between"),
        ("https://acme.example:0", "port between"),
        ("https://acme.example:65536/sc", "port between"),
        ("https://acme.example/sc\n", "line break"),
        (" https://acme.example", "blank"),
        ("https://acme.example/a b", "without blanks"),
        ("https://acme.example/\x00", "control"),
        ("https://acme.example/\x1b[0m", "control"),
        ("https://b\xfccher.example", "xn--"),
        ("https://\u212aacme.example", "xn--"),
        ("https://acme.example/\xe9", "xn--"),
        ("https://acme.example./sc", "must be like"),
        ("https://.example", "must be like"),
        ("https://acme..example", "must be like"),
        ("https://-acme.example", "must be like"),
        ("https://" + "a" * 64 + ".example", "must be like"),
        ("https://" + "a." * 127 + "example", "must be like"),
        ("https://@acme.example", "must not hold credentials"),
        ("https://:@acme.example", "must not hold credentials"),
        ("app:not-a-secret@acme.example", "must not hold credentials"),
        ("https://[::1", "not a URL|must be like"),
        ("https://[::1%25eth0]", "not a URL|must be like"),
        ("https://acme.example\\@evil.example", "."),
        ("https://acme.example/sc?", "query"),
        ("https://acme.example/sc#", "fragment"),
        (b"https://acme.example", "not bytes"),
        (5, "not int"),
        (None, "not NoneType"),
    ],
)
def test_more_base_urls_that_cannot_be_used(url, words):
    with pytest.raises(ConfigurationError, match=words) as caught:
        check_base_url(url)
    assert "not-a-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://[::1]:65535/sc",
        "https://api_1.example:1",
        "https://xn--bcher-kva.example",
        "https://1.2.3.4",
    ],
)
def test_base_urls_that_can_be_used(url):
    assert check_base_url(url) == url


@pytest.mark.parametrize(
    "subdomain",
    ["\u212aacme", "\u017facme", "acme_1", "acme.eu", "a" * 64, "acme\n", " acme", "acme-", "-acme",
     "acm\xe9", "https://acme", "", b"acme", 5, "acme\u200b"],
)  # fmt: skip
def test_a_subdomain_that_is_none(subdomain):
    with pytest.raises(ConfigurationError, match="subdomain="):
        resolve(ENVIRONMENT, subdomain=subdomain)


@pytest.mark.parametrize("subdomain", ["a" * 63, "acme-1", "1", "ACME"])
def test_a_subdomain_that_is_one(subdomain):
    assert resolve(ENVIRONMENT, subdomain=subdomain).base_url == (
        f"https://{subdomain.lower()}.zendesk.com/sc"
    )


@pytest.mark.parametrize("region", ["US", "", "us ", "eu\n", ["us"], 1, b"us"], ids=repr)
def test_a_region_that_is_none(region):
    with pytest.raises(ConfigurationError, match="region="):
        resolve(ENVIRONMENT, region=region)


@pytest.mark.parametrize("app_id", ["", " a", "a\n", "a b", 5, b"a", ["a"]], ids=repr)
def test_an_app_id_that_is_none(app_id):
    with pytest.raises(ConfigurationError, match="app_id="):
        resolve(ENVIRONMENT, app_id=app_id)


@pytest.mark.parametrize("variable", ["APP_ID", "SUBDOMAIN", "REGION", "BASE_URL"])
@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\t"])
def test_a_variable_that_ends_with_a_blank_is_named(variable, end):
    values = {"APP_ID": "a1", "SUBDOMAIN": "acme", "REGION": "us", "BASE_URL": "https://a.example"}
    environ = {name: value for name, value in ENVIRONMENT.items() if name != "SUNCO_SUBDOMAIN"}
    if variable == "APP_ID":
        environ["SUNCO_SUBDOMAIN"] = "acme"
    environ[f"SUNCO_{variable}"] = values[variable] + end
    with pytest.raises(ConfigurationError, match=rf"SUNCO_{variable}.*strip"):
        resolve(environ)


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


async def test_a_copy_checks_its_app_and_credentials():
    async with AsyncSunco(subdomain="a", app_id="a1", key_id="app_x", secret="no") as sunco:
        for wrong in (5, "", "a\n"):
            with pytest.raises(ConfigurationError, match="app_id="):
                sunco.with_options(app_id=wrong)
        for wrong in (("app_x", "no"), None, BasicAuth):
            with pytest.raises(ConfigurationError, match="auth="):
                sunco.with_options(auth=wrong)
