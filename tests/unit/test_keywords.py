"""A keyword argument that an operation does not know raises `TypeError` before anything is sent."""

import asyncio
import inspect
import operator
import re

import pytest
from fakes import POSTED, USER, client, ok, server
from operation_table import TABLE

from sunco_async import RequestOptions

OPTIONS = tuple(RequestOptions.__annotations__)
OPERATIONS = {row.attribute: row.calls[0] for row in TABLE.values()}


def arguments_of(operation):
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(operation).parameters.values()
    return [each.name for each in parameters if each.kind in kinds]


def camel(name):
    return re.sub(r"_+(\w)", lambda match: match[1].upper(), name)


def misspellings(name):
    """Return the name in camelCase where that differs, and with a letter missing."""
    return {camel(name.rstrip("_")), name[:2] + name[3:]} - {name}


@pytest.mark.parametrize("attribute", OPERATIONS)
async def test_every_misspelt_argument_of_every_operation(attribute):
    scripted = server(ok({}))
    async with client(scripted) as sunco:
        operation = operator.attrgetter(attribute)(sunco)
        names = arguments_of(operation)
        takes_options = attribute != "oauth.authorize_url"  # it sends nothing
        for name in (*names, *(OPTIONS if takes_options else ())):
            for wrong in misspellings(name):
                kwargs = dict(OPERATIONS[attribute].kwargs)
                kwargs.pop(name, None)
                expected = (
                    rf"^{re.escape(attribute)}\(\) got an unexpected keyword argument {wrong!r}; "
                    rf"did you mean {name!r}\?$"
                )
                with pytest.raises(TypeError, match=expected):
                    # Not awaited: a list operation raises when it is called, as the others do.
                    operation(*OPERATIONS[attribute].args, **kwargs, **{wrong: "x"})
    assert scripted.count == 0


@pytest.mark.parametrize(
    ("attribute", "args", "wrong", "nearest"),
    [
        ("users.upsert", ("jane",), "brandId", "brand_id"),
        ("messages.find_by_key", ("c1",), "maxPages", "max_pages"),
        ("messages.post", ("c1", "Hello"), "onUnknown", "on_unknown"),
        ("notifications.post", (), "messageSchema", "message_schema"),
        ("request", ("GET", "/v2/x"), "responseType", "response_type"),
        ("request", ("GET", "/v2/x"), "headers", "extra_headers"),
        ("participants.join", ("c1",), "subscribeSDKClient", "subscribe_sdk_client"),
        ("attachments.upload", ("/no/such/file",), "contentType", "content_type"),
        ("attachments.upload", ("/no/such/file",), "for", "for_"),
    ],
)
async def test_the_error_names_operations_that_are_not_in_the_table(
    attribute, args, wrong, nearest
):
    scripted = server(POSTED)
    async with client(scripted) as sunco:
        expected = rf"^{re.escape(attribute)}\(\) got .*{wrong!r}; did you mean {nearest!r}\?$"
        with pytest.raises(TypeError, match=expected):
            operator.attrgetter(attribute)(sunco)(*args, **{wrong: "x"})
    assert scripted.count == 0


async def test_a_raw_call_checks_the_arguments_of_its_operation():
    scripted = server(USER)
    async with client(scripted) as sunco:
        with pytest.raises(TypeError, match=r"users\.get\(\) .* did you mean 'brand_id'"):
            await sunco.raw(sunco.users.get, "jane", brandId="7")
    assert scripted.count == 0


async def test_the_error_for_an_unsimilar_name_lists_the_arguments():
    async with client(server(USER)) as sunco:
        with pytest.raises(TypeError) as caught:
            sunco.messages.list("c1", limit=5)
    assert str(caught.value) == (
        "messages.list() got an unexpected keyword argument 'limit'; its arguments are "
        f"conversation_id, after, before, {', '.join(OPTIONS)}"
    )


async def test_the_error_shows_no_secret_among_the_arguments():
    async with client(server(USER)) as sunco:
        with pytest.raises(TypeError) as caught:
            sunco.oauth.get_token(code="c0de", client_id="c", client_secrt="not-a-secret")
    traceback = caught.value.__traceback__.tb_next  # the first frame is this test's
    while traceback is not None:
        assert "not-a-secret" not in repr(traceback.tb_frame.f_locals)
        traceback = traceback.tb_next


async def test_the_check_hides_nothing_of_an_operation():
    async with client(server(USER)) as sunco:
        assert asyncio.iscoroutinefunction(sunco.users.get)
        assert not asyncio.iscoroutinefunction(sunco.messages.list)
        assert "user_id_or_external_id" in inspect.signature(sunco.users.get).parameters
        assert sunco.users.get.__doc__.startswith("Fetch a user")
        assert (await sunco.users.get("jane", brand_id="7")).id == "u1"
