"""Paging fields that are not of the documented type: understood, or a `ResponseDecodeError`."""

import itertools

import pytest
from fakes import MESSAGE, client, ok, server
from hypothesis import given
from hypothesis import strategies as st

from sunco_async import ResponseDecodeError
from sunco_async.models import UnknownIntegration

JUNK = [True, False, 0, 1, 12345, 1.5, "", " ", "x", [], ["x"], {}, {"a": 1}, None]
LAST = ok({"conversations": [{"id": "c2"}], "meta": {"hasMore": False}})


def page(meta=None, links=None, items=({"id": "c1"},)):
    body = {"conversations": items if not isinstance(items, tuple) else list(items)}
    if meta is not None:
        body["meta"] = meta
    if links is not None:
        body["links"] = links
    return ok(body)


async def walk(*steps):
    """Walk conversations forward; return the ids and the query of the second request."""
    scripted = server(*steps)
    async with client(scripted) as sunco:
        found = [one.id async for one in sunco.conversations.list(user_id="u1")]
    raw = scripted.requests[1].url.raw_path.decode() if scripted.count > 1 else None
    return found, raw


@pytest.mark.parametrize(
    ("cursor", "sent"),
    [
        (12345, "12345"),
        (0, "0"),
        (-7, "-7"),
        (10**30, "1" + "0" * 30),
        (25.0, "25"),
        ("12345", "12345"),
        ("a b", "a%20b"),
        ("a+b&c=d", "a%2Bb%26c%3Dd"),
        ("100%", "100%25"),
        ("%2F", "%252F"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("é\U0001f600", "%C3%A9%F0%9F%98%80"),
        ("page[after]", "page%5Bafter%5D"),
        ("line\nbreak\r\n", "line%0Abreak%0D%0A"),
        (" padded ", "%20padded%20"),
        ("==", "%3D%3D"),
        ("x" * 20_000, "x" * 20_000),
    ],
)
async def test_a_cursor_is_sent_as_text_and_quoted_once(cursor, sent):
    found, path = await walk(page({"hasMore": True, "afterCursor": cursor}), LAST)
    assert found == ["c1", "c2"]
    assert path.partition("page[after]=")[2] == sent


async def test_half_an_emoji_in_a_cursor_can_be_sent():
    body = b'{"conversations": [], "meta": {"hasMore": true, "afterCursor": "a\\ud83d"}}'
    first = ok({})
    first._content = body
    scripted = server(first, LAST)
    async with client(scripted) as sunco:
        assert len([one async for one in sunco.conversations.list(user_id="u1")]) == 1
    assert scripted.last.url.params["page[after]"] == "a\ufffd"


async def test_a_backward_cursor_that_is_a_number_is_sent_as_text():
    first = ok({"messages": [MESSAGE], "meta": {"hasMore": 1, "beforeCursor": 12345}})
    scripted = server(first, ok({"messages": [], "meta": {"hasMore": 0}}))
    async with client(scripted) as sunco:
        walked = sunco.messages.list("c1")
        assert (await walked).before == "12345"
        scripted.steps.insert(0, first)
        assert len([one async for one in walked]) == 1
    assert dict(scripted.last.url.params) == {"page[before]": "12345"}


@pytest.mark.parametrize("cursor", [True, False, 1.5, [], ["c1"], {}, {"id": "c1"}])
@pytest.mark.parametrize("name", ["afterCursor", "beforeCursor"])
async def test_an_invalid_cursor_is_an_error(cursor, name):
    with pytest.raises(ResponseDecodeError, match=name) as caught:
        await walk(page({"hasMore": True, name: cursor}), LAST)
    error = caught.value
    assert (error.operation, error.status_code, error.attempts) == ("conversations.list", 200, 1)


@pytest.mark.parametrize("cursor", [None, "", " ", "\t\n"])
async def test_a_blank_cursor_is_none(cursor):
    assert (await walk(page({"hasMore": False, "afterCursor": cursor})))[0] == ["c1"]
    with pytest.raises(ResponseDecodeError, match="gives no afterCursor"):
        await walk(page({"hasMore": True, "afterCursor": cursor}))


@pytest.mark.parametrize(
    ("flag", "more"),
    [
        (True, True),
        ("true", True),
        ("True", True),
        (1, True),
        (1.0, True),
        (None, True),  # then the cursor says it
        (False, False),
        ("false", False),
        (0, False),
    ],
)
async def test_has_more_may_be_a_string_or_a_number(flag, more):
    found, _ = await walk(page({"hasMore": flag, "afterCursor": "c1"}), LAST)
    assert found == (["c1", "c2"] if more else ["c1"])


@pytest.mark.parametrize("flag", ["", "yes", "1", 2, -1, 0.5, [], [True], {}])
async def test_has_more_that_cannot_be_read_is_an_error(flag):
    with pytest.raises(ResponseDecodeError, match="hasMore"):
        await walk(page({"hasMore": flag, "afterCursor": "c1"}), LAST)


@pytest.mark.parametrize("field", ["meta", "links"])
@pytest.mark.parametrize("value", [[], [1], "", "next", 7, True, False])
async def test_a_paging_object_of_another_type_is_an_error(field, value):
    with pytest.raises(ResponseDecodeError, match=f"'{field}' is not an object"):
        await walk(page(**{field: value}))


@pytest.mark.parametrize("items", [{}, {"id": "c1"}, "c1", 7, True, ["c1"], [[]], [{}, 5]])
async def test_items_that_are_not_a_list_of_objects_are_an_error(items):
    with pytest.raises(ResponseDecodeError, match="'conversations' is not a list of objects"):
        await walk(page({"hasMore": False}, items=items))


async def test_an_item_of_a_type_that_this_version_does_not_know_is_an_item():
    body = {"integrations": [{"id": "i1", "type": "new"}, {"id": "i2", "type": "web"}]}
    async with client(server(ok(body))) as sunco:
        new, web = (await sunco.integrations.list()).items
    assert isinstance(new, UnknownIntegration)
    assert (new.type, new.raw["id"], web.id) == ("new", "i1", "i2")


@pytest.mark.parametrize("items", [None, [], [None]])
async def test_no_items_are_an_empty_page(items):
    assert (await walk(page({"hasMore": False}, items=items)))[0] == []


@pytest.mark.parametrize("body", [{}, {"meta": None, "links": None}, {"meta": {}, "links": {}}])
async def test_a_page_without_any_paging_is_the_last_one(body):
    assert (await walk(ok(body)))[0] == []


@pytest.mark.parametrize(
    "link",
    [
        "https://h/v2/x?page%5Bafter%5D=c%2B1&page[size]=1",
        "https://h/v2/x?page[after]=c%2B1",
        "/sc/v2/apps/a/conversations?page[after]=c%2B1",
        "?page[after]=c%2B1",
        "//h/x?page[size]=1&page[after]=c%2B1#fragment",
        "  https://h/x?page[after]=c%2B1\n",
        "https://h/x?page[after]=c%2B1&page[after]=c%2B1",
    ],
)
async def test_a_cursor_is_read_from_any_form_of_a_link(link):
    found, path = await walk(page(links={"next": link}), LAST)
    assert found == ["c1", "c2"]
    assert path.endswith("page[after]=c%2B1")


@pytest.mark.parametrize(
    "link", ["", "https://h/x", "?page[size]=1", "?page[after]=", "?=&&", None]
)
async def test_a_link_without_a_cursor_ends_the_walk(link):
    assert (await walk(page(links={"next": link})))[0] == ["c1"]


@pytest.mark.parametrize(
    "link",
    [7, True, [], {"href": "/x"}, "https://[::1/x?page[after]=c", "?page[after]=%FF",
     "?page[after]=a&page[after]=b"],
)  # fmt: skip
async def test_a_link_that_cannot_be_read_is_an_error(link):
    with pytest.raises(ResponseDecodeError, match=r"links\.next"):
        await walk(page(links={"next": link}))


async def test_links_that_are_not_needed_are_not_read():
    meta = {"hasMore": False, "afterCursor": "a", "beforeCursor": "b"}
    assert (await walk(page(meta, links={"next": 7, "prev": {}})))[0] == ["c1"]


@pytest.mark.slow
async def test_any_combination_of_invalid_values_is_read_or_our_error():
    for after, more, link in itertools.product(JUNK, JUNK, JUNK):
        steps = page({"hasMore": more, "afterCursor": after}, {"next": link}), LAST
        try:
            found, _ = await walk(*steps)
        except ResponseDecodeError:
            continue
        assert found in (["c1"], ["c1", "c2"])


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@given(meta=anything, links=anything, items=anything)
async def test_no_page_raises_anything_but_our_error(meta, links, items):
    try:
        await walk(ok({"conversations": items, "meta": meta, "links": links}), LAST)
    except ResponseDecodeError:
        return


@pytest.mark.parametrize(
    ("paging", "failure", "words"),
    [
        ({"after": 12345}, TypeError, "after must be a str, not int"),
        ({"before": b"m1"}, TypeError, "before must be a str, not bytes"),
        ({"after": " "}, ValueError, "after must not be empty"),
        ({"after": "\ud83d"}, ValueError, "after cannot be encoded"),
        ({"page_size": "25"}, TypeError, "page_size must be an int, not str"),
        ({"page_size": True}, TypeError, "page_size must be an int, not bool"),
        ({"page_size": 2.5}, TypeError, "page_size must be an int, not float"),
    ],
)
async def test_paging_arguments_of_another_type_are_refused_before_sending(paging, failure, words):
    scripted = server(LAST)
    async with client(scripted) as sunco:
        with pytest.raises(failure, match=words):
            sunco.conversations.list(user_id="u1", **paging)
    assert scripted.count == 0
