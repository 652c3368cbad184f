"""The operations of OAuth, and the consent page that a browser ends at."""

import hmac
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from sunco_async.sandbox._errors import bad_request, integration_not_found, unauthorized
from sunco_async.sandbox._operations.call import Call, Handler, Reply
from sunco_async.sandbox._operations.oauth_page import consent_page
from sunco_async.sandbox._state.integration_changes import remove_integration
from sunco_async.sandbox._state.oauth_changes import exchange, grant
from sunco_async.sandbox._state.records import OAuthClient
from sunco_async.sandbox._views import app_view

_PAGE_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class TokenBody(Struct):
    """The body of GetToken."""

    code: str
    grant_type: str
    client_id: str
    client_secret: str


def authorize(call: Call) -> object:
    """Authorize: on to the page, as the platform redirects to its login and consent pages."""
    _request(call)
    base = call.url.removesuffix("/oauth/authorize")
    return _redirect(f"{base}/oauth_bridge/start?{urlencode(call.query)}")


def show_page(call: Call) -> object:
    """Serve the page on which a user allows or denies access to an app."""
    client, _ = _request(call)
    apps = [(app.id, app.data.display_name) for app in call.state.apps.values()]
    action = f"{call.url}?{urlencode(call.query)}"
    return Reply(200, consent_page(client.id, apps, action).encode(), _PAGE_HEADERS)


def decide(call: Call) -> object:
    """Take the user's decision, and send the browser back to the integration."""
    client, redirect_uri = _request(call)
    try:
        form = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
    except ValueError as error:
        raise bad_request("The decision is not a valid form") from error
    decision = form.get("decision")
    if decision not in ("approve", "deny"):
        raise bad_request("decision must be approve or deny")
    result = {"error": "access_denied"}
    if decision == "approve":
        app_id = form.get("app_id") or next(iter(call.state.apps))
        result = {"code": grant(call.state, call.state.app(app_id), client)}
    if "state" in call.query:
        result["state"] = call.query["state"]
    return _redirect(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(result)}")


def get_token(call: Call) -> object:
    """GetToken. The statuses of its refusals are not documented."""
    body = call.read(TokenBody)
    if body.grant_type != "authorization_code":
        raise bad_request("grant_type must be authorization_code")
    client = call.state.oauth_clients.get(body.client_id)
    secret = client.secret if client is not None else "\0"
    if not hmac.compare_digest(secret.encode(), body.client_secret.encode()) or client is None:
        raise unauthorized()
    token = exchange(call.state, client, body.code)
    return {"access_token": token.secret, "token_type": "Bearer"}


def get_token_info(call: Call) -> object:
    """GetTokenInfo; keys that belong to one app get that app."""
    app_id = call.caller.app_id
    if app_id is None:
        raise bad_request("These credentials are not linked to one app")
    return {"app": app_view(call.state.app(app_id).data, with_subdomain=True)}


def revoke(call: Call) -> object:
    """RevokeAccess: the integration goes, with its webhooks, keys and tokens.

    The sandbox does not call the `removeUrl` of an integration.
    """
    caller = call.caller
    app = call.state.app(caller.app_id or "")
    integration = app.data.integrations.get(caller.integration_id or "")
    if integration is None:
        raise integration_not_found()
    remove_integration(call.state, app, integration)
    return {}


def _request(call: Call) -> tuple[OAuthClient, str]:
    """Return the client that asks for access and where the browser goes then, or raise a 400."""
    query = call.query
    client = call.state.oauth_clients.get(query.get("client_id", ""))
    if client is None:
        raise bad_request("Unknown client_id")
    if query.get("response_type") != "code":
        raise bad_request("response_type must be code")
    redirect_uri = query.get("redirect_uri", client.redirect_uris[0])
    if redirect_uri not in client.redirect_uris:
        raise bad_request("redirect_uri is not one of those of the integration")
    return client, redirect_uri


def _redirect(location: str) -> Reply:
    headers = {"location": location, "content-type": "text/plain; charset=utf-8"}
    return Reply(302, f"Found. Redirecting to {location}".encode(), headers)


HANDLERS: dict[str, Handler] = {
    "oauth.authorize_url": authorize,
    "oauth.show_page": show_page,
    "oauth.decide": decide,
    "oauth.get_token": get_token,
    "oauth.get_token_info": get_token_info,
    "oauth.revoke_access": revoke,
}
