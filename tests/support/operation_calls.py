"""Making the calls of `operation_table` with what the OpenAPI file says of each operation."""

import operator
import re
from urllib.parse import unquote

import httpx
from fakes import APP, client, ok, server
from openapi_file import examples, operations, success
from operation_table import TABLE

# Path values that need quoting, and how they must look then.
PATH = {
    "appId": (APP, APP),
    "clientId": ("cl;1", "cl%3B1"),
    "conversationId": ("c 1/2", "c%201%2F2"),
    "deviceId": ("d:1", "d%3A1"),
    "integrationId": ("i%1", "i%251"),
    "keyId": ("app_1#a", "app_1%23a"),
    "messageId": ("m?1", "m%3F1"),
    "switchboardId": ("s&1", "s%261"),
    "switchboardIntegrationId": ("si=1", "si%3D1"),
    "userIdOrExternalId": ("jané/../@example.org", "jan%C3%A9%2F..%2F%40example.org"),
    "webhookId": ("w+1", "w%2B1"),
    "zendeskId": ("7,8", "7%2C8"),
}
# Query parameters whose argument is not their own name in snake_case.
QUERY = {
    "filter[identities.email]": "email",
    "for": "for_",
    "page[after]": "after",
    "page[before]": "before",
    "page[size]": "page_size",
}
# The file has no example of this response, and another operation has the same schema.
SAME_RESPONSE = {"GetTokenInfo": "GetApp"}


def snake(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def argument(query_name):
    return QUERY.get(query_name) or snake(query_name.rstrip("]").rsplit("[", 1)[-1])


def body_schema(operation):
    """Return the schema of a JSON body, or None."""
    content = operation.said.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema")


def example_responses(spec, name):
    """Return the documented examples of an operation's response."""
    _, said = success(operations(spec)[SAME_RESPONSE.get(name, name)])
    return examples(spec, said)


async def send(spec, name, call, response=None):
    """Make a call, and return the one request that it is and what came back."""
    operation = operations(spec)[name]
    if response is None:
        response = (*example_responses(spec, name), {})[0]
    scripted = server(ok(response, success(operation)[0]))
    names = re.findall(r"\{(\w+)\}", operation.path)
    values = [PATH[each][0] for each in names if each != "appId"]
    async with client(scripted, retry=None) as sunco:
        made = operator.attrgetter(TABLE[name].attribute)(sunco)(*values, *call.args, **call.kwargs)
        if isinstance(made, str):  # a URL to send a browser to
            return httpx.Request("GET", made, headers={}), made
        result = await made
    assert scripted.count == 1
    return scripted.last, result


def query_of(request):
    """Read a query without decoding its names: their brackets must be literal."""
    _, _, query = request.url.raw_path.decode().partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return {name: unquote(value) for name, _, value in pairs}
