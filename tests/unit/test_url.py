import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunco_async._base.url import fill_path, free_path, query_string

TEMPLATE = "/v2/apps/{appId}/users/{userIdOrExternalId}"


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("jane", "jane"),
        ("a/b?c..", "a%2Fb%3Fc.."),
        ("jane@example.org", "jane%40example.org"),
        ("😀", "%F0%9F%98%80"),
        ("%2e%2e", "%252e%252e"),
        ("a b+c", "a%20b%2Bc"),
        ("...", "..."),
        ("~-_.", "~-_."),
    ],
)
def test_a_path_value_is_quoted_whole(value, quoted):
    path = fill_path(TEMPLATE, {"appId": "a1", "userIdOrExternalId": value})
    assert path == f"/v2/apps/a1/users/{quoted}"
    assert httpx.URL("https://h" + path).raw_path.decode() == path


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_that_names_another_resource_is_refused(value):
    with pytest.raises(ValueError, match="user_id_or_external_id"):
        fill_path(TEMPLATE, {"appId": "a1", "userIdOrExternalId": value})


def test_a_path_value_that_is_no_str_is_refused():
    with pytest.raises(TypeError, match="user_id_or_external_id must be a str, not int"):
        fill_path(TEMPLATE, {"appId": "a1", "userIdOrExternalId": 7})


@given(st.text(min_size=1).filter(lambda text: text not in {".", ".."}))
@pytest.mark.slow
def test_whatever_the_value_the_path_keeps_its_shape(value):
    encodable = value.encode("utf-8", "ignore").decode()
    if encodable in {"", ".", ".."}:
        return
    path = fill_path(TEMPLATE, {"appId": "a1", "userIdOrExternalId": encodable})
    assert path.count("/") == TEMPLATE.count("/")
    url = httpx.URL("https://h" + path)
    assert url.raw_path.decode() == path
    assert not url.query
    assert not url.fragment


def test_brackets_in_a_query_stay_literal_and_values_are_quoted():
    query = query_string([("page[after]", "a&b=c"), ("filter[identities.email]", "j+x@e.org")])
    assert query == "page[after]=a%26b%3Dc&filter[identities.email]=j%2Bx%40e.org"
    assert httpx.URL(f"https://h/p?{query}").query.decode() == query


@pytest.mark.parametrize(
    "path", ["v2/x", "//evil.example/x", "https://evil.example/x", "/a/../b", "/a?b", "/a#b", ""]
)
def test_a_free_path_cannot_lead_elsewhere(path):
    with pytest.raises(ValueError, match="path"):
        free_path(path)


def test_a_free_path_is_taken_as_it_is():
    assert free_path("/v1.1/apps/a1/notifications") == "/v1.1/apps/a1/notifications"
