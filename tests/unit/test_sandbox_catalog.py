"""The operations that the sandbox has, and what it says of those that it lacks."""

import httpx

from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._operations.catalog import CATALOG, OTHERS
from sunco_async.sandbox._operations.registry import HANDLERS, missing_operations


def test_the_catalog_has_every_operation_once():
    assert len(CATALOG) == 68
    assert len({(each.method, each.path) for each in CATALOG.values()}) == 68


def test_no_operation_is_missing():
    assert missing_operations() == []
    assert Sandbox().missing_operations() == []
    assert set(HANDLERS) == {*CATALOG, *(each.name for each in OTHERS)}


async def test_a_missing_operation_answers_501_and_says_so(monkeypatch):
    name = "users.get"
    monkeypatch.delitem(HANDLERS, name)
    assert missing_operations() == [name]
    sandbox = Sandbox()
    operation = CATALOG[name]
    path = operation.path.replace("{appId}", sandbox.app_id).replace("{", "").replace("}", "")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox.test"
    ) as http:
        response = await http.request(operation.method, path)
    title = f"The sandbox does not implement {name} yet"
    assert response.status_code == 501
    assert response.json() == {"errors": [{"code": "not_implemented", "title": title}]}


async def test_a_query_parameter_that_an_operation_does_not_have_is_a_400():
    sandbox = Sandbox()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox),
        base_url=f"http://sandbox.test/v2/apps/{sandbox.app_id}/",
        auth=(sandbox.key_id, sandbox.secret),
    ) as http:
        user = (await http.post("users", json={})).json()["user"]["id"]
        url = f"conversations?filter[userId]={user}"
        assert (await http.get(url)).status_code == 200
        for query, title in [
            ('page={"before":"x"}', "Invalid page query parameters"),
            ("page[befor]=x", "Invalid page query parameters"),
            ("limit=3", "Unknown query parameter limit"),
        ]:
            response = await http.get(f"{url}&{query}")
            assert response.status_code == 400
            assert response.json()["errors"] == [{"code": "bad_request", "title": title}]
        assert (await http.post("users?brandId=1", json={})).status_code == 400
