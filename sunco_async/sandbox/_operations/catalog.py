"""The 68 operations of version 17.12.1 of the API: requests, statuses, scopes, query parameters."""

from dataclasses import dataclass

ACCOUNT = frozenset({"account"})
APP = frozenset({"account", "app"})
EVERY_SCOPE = frozenset({"account", "app", "integration"})
INTEGRATION = frozenset({"integration"})
APP_OR_INTEGRATION = frozenset({"app", "integration"})

JSON_BYTES = 100 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024

_PAGE = ("page[after]", "page[before]", "page[size]")
_BRAND = ("brandId",)
_AUTHORIZE = ("client_id", "response_type", "state", "redirect_uri")

_APP = "/v2/apps/{appId}"
_CONVERSATIONS = f"{_APP}/conversations"
_CONVERSATION = f"{_CONVERSATIONS}/{{conversationId}}"
_INTEGRATIONS = f"{_APP}/integrations"
_INTEGRATION = f"{_INTEGRATIONS}/{{integrationId}}"
_SWITCHBOARDS = f"{_APP}/switchboards"
_SWITCHBOARD = f"{_SWITCHBOARDS}/{{switchboardId}}"
_SWITCHBOARD_INTEGRATIONS = f"{_SWITCHBOARD}/switchboardIntegrations"
_USERS = f"{_APP}/users"
_USER = f"{_USERS}/{{userIdOrExternalId}}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API.

    Attributes:
        name: The group and the verb, as in `messages.post`.
        method: The HTTP method.
        path: The template of the path.
        status: The status of success.
        scopes: The scopes that may call it; None where the operation takes no credentials.
        query: The query parameters that are documented.
        max_body: The greatest request body, in bytes.
        optional: Whether credentials are looked at where none are required.
        limited: Whether it counts against the rate limit.
    """

    name: str
    method: str
    path: str
    status: int = 200
    scopes: frozenset[str] | None = EVERY_SCOPE
    query: tuple[str, ...] = ()
    max_body: int = JSON_BYTES
    optional: bool = False
    limited: bool = True


_OPERATIONS = (
    Operation("apps.create", "POST", "/v2/apps", 201, ACCOUNT),
    Operation("apps.list", "GET", "/v2/apps", 200, ACCOUNT, (*_PAGE, "filter[serviceAccountId]")),
    Operation("apps.get", "GET", _APP, 200, APP),
    Operation("apps.update", "PATCH", _APP, 200, APP),
    Operation("apps.delete", "DELETE", _APP, 200, ACCOUNT),
    Operation("app_keys.create", "POST", f"{_APP}/keys", 201, ACCOUNT),
    Operation("app_keys.list", "GET", f"{_APP}/keys", 200, ACCOUNT),
    Operation("app_keys.get", "GET", f"{_APP}/keys/{{keyId}}", 200, ACCOUNT),
    Operation("app_keys.delete", "DELETE", f"{_APP}/keys/{{keyId}}", 200, ACCOUNT),
    Operation(
        "attachments.upload",
        "POST",
        f"{_APP}/attachments",
        201,
        query=("access", "for", "conversationId"),
        max_body=UPLOAD_BYTES,
    ),
    Operation("attachments.delete", "POST", f"{_APP}/attachments/remove"),
    Operation("conversations.create", "POST", _CONVERSATIONS, 201),
    Operation(
        "conversations.list",
        "GET",
        _CONVERSATIONS,
        query=(*_PAGE, "filter[userId]", "filter[userExternalId]"),
    ),
    Operation("conversations.get", "GET", _CONVERSATION),
    Operation("conversations.update", "PATCH", _CONVERSATION),
    Operation("conversations.delete", "DELETE", _CONVERSATION),
    Operation("conversations.download_message_ref", "POST", f"{_CONVERSATION}/download"),
    Operation("conversations.post_conversion_events", "POST", f"{_CONVERSATION}/conversionEvents"),
    Operation("participants.join", "POST", f"{_CONVERSATION}/join", 201),
    Operation("participants.list", "GET", f"{_CONVERSATION}/participants", query=_PAGE),
    Operation("participants.leave", "POST", f"{_CONVERSATION}/leave"),
    Operation("messages.post", "POST", f"{_CONVERSATION}/messages", 201),
    Operation("messages.list", "GET", f"{_CONVERSATION}/messages", query=_PAGE),
    Operation("messages.delete_all", "DELETE", f"{_CONVERSATION}/messages"),
    Operation("messages.delete", "DELETE", f"{_CONVERSATION}/messages/{{messageId}}"),
    Operation("activities.post", "POST", f"{_CONVERSATION}/activity"),
    Operation("switchboard_actions.pass_control", "POST", f"{_CONVERSATION}/passControl"),
    Operation("switchboard_actions.release_control", "POST", f"{_CONVERSATION}/releaseControl"),
    Operation("switchboard_actions.offer_control", "POST", f"{_CONVERSATION}/offerControl"),
    Operation("switchboard_actions.accept_control", "POST", f"{_CONVERSATION}/acceptControl"),
    Operation("integrations.create", "POST", _INTEGRATIONS, 201, APP),
    Operation("integrations.list", "GET", _INTEGRATIONS, 200, APP, (*_PAGE, "filter[types]")),
    Operation("integrations.get", "GET", _INTEGRATION, 200, APP),
    Operation("integrations.update", "PATCH", _INTEGRATION, 200, APP),
    Operation("integrations.delete", "DELETE", _INTEGRATION, 200, APP),
    Operation("custom_integration_keys.create", "POST", f"{_INTEGRATION}/keys", 201, APP),
    Operation("custom_integration_keys.list", "GET", f"{_INTEGRATION}/keys", 200, APP),
    Operation("custom_integration_keys.get", "GET", f"{_INTEGRATION}/keys/{{keyId}}", 200, APP),
    Operation(
        "custom_integration_keys.delete", "DELETE", f"{_INTEGRATION}/keys/{{keyId}}", 200, APP
    ),
    Operation("webhooks.create", "POST", f"{_INTEGRATION}/webhooks", 201, APP_OR_INTEGRATION),
    Operation("webhooks.list", "GET", f"{_INTEGRATION}/webhooks", 200, APP_OR_INTEGRATION),
    Operation(
        "webhooks.get", "GET", f"{_INTEGRATION}/webhooks/{{webhookId}}", 200, APP_OR_INTEGRATION
    ),
    Operation(
        "webhooks.update",
        "PATCH",
        f"{_INTEGRATION}/webhooks/{{webhookId}}",
        200,
        APP_OR_INTEGRATION,
    ),
    Operation(
        "webhooks.delete",
        "DELETE",
        f"{_INTEGRATION}/webhooks/{{webhookId}}",
        200,
        APP_OR_INTEGRATION,
    ),
    Operation("switchboards.create", "POST", _SWITCHBOARDS, 201, APP),
    Operation("switchboards.list", "GET", _SWITCHBOARDS, 200, APP),
    Operation("switchboards.update", "PATCH", _SWITCHBOARD, 200, APP),
    Operation("switchboards.delete", "DELETE", _SWITCHBOARD, 200, APP),
    Operation("switchboard_integrations.create", "POST", _SWITCHBOARD_INTEGRATIONS, 201, APP),
    Operation("switchboard_integrations.list", "GET", _SWITCHBOARD_INTEGRATIONS, 200, APP),
    Operation(
        "switchboard_integrations.update",
        "PATCH",
        f"{_SWITCHBOARD_INTEGRATIONS}/{{switchboardIntegrationId}}",
        200,
        APP,
    ),
    Operation(
        "switchboard_integrations.delete",
        "DELETE",
        f"{_SWITCHBOARD_INTEGRATIONS}/{{switchboardIntegrationId}}",
        200,
        APP,
    ),
    Operation("users.create", "POST", _USERS, 201),
    Operation("users.list", "GET", _USERS, query=("filter[identities.email]", "brandId")),
    Operation("users.get", "GET", _USER, query=_BRAND),
    Operation("users.update", "PATCH", _USER, query=_BRAND),
    Operation("users.delete", "DELETE", _USER, query=_BRAND),
    Operation(
        "users.delete_personal_information", "DELETE", f"{_USER}/personalinformation", query=_BRAND
    ),
    Operation("users.sync", "POST", f"{_USERS}/{{zendeskId}}/sync"),
    Operation("clients.create", "POST", f"{_USER}/clients", 201, query=_BRAND),
    Operation("clients.list", "GET", f"{_USER}/clients", query=(*_BRAND, *_PAGE)),
    Operation("clients.remove", "DELETE", f"{_USER}/clients/{{clientId}}", query=_BRAND),
    Operation("devices.list", "GET", f"{_USER}/devices", query=_BRAND),
    Operation("devices.get", "GET", f"{_USER}/devices/{{deviceId}}", query=_BRAND),
    # The file lists no credentials for it, and its text says that it is about the token.
    Operation("oauth.get_token_info", "GET", "/v2/tokenInfo"),
    Operation(
        "oauth.authorize_url",
        "GET",
        "/oauth/authorize",
        302,
        None,
        _AUTHORIZE,
    ),
    Operation("oauth.get_token", "POST", "/oauth/token", 200, None),
    Operation("oauth.revoke_access", "DELETE", "/oauth/authorization", 200, INTEGRATION),
)

CATALOG = {operation.name: operation for operation in _OPERATIONS}
"""The operations by name."""

OTHERS = (
    Operation(
        "attachments.download",
        "GET",
        "/attachments/v2/{attachmentId}/{fileName}",
        scopes=None,
        optional=True,
        limited=False,
    ),
    # Which scopes may call it is not documented.
    Operation("notifications.post", "POST", "/v1.1/apps/{appId}/notifications", 201),
    Operation("oauth.show_page", "GET", "/oauth_bridge/start", 200, None, _AUTHORIZE),
    Operation("oauth.decide", "POST", "/oauth_bridge/start", 302, None, _AUTHORIZE),
)
"""What the platform serves besides the 68 operations."""
