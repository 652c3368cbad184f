"""Call the sandbox over HTTP with the retired official client, and print what passes.

    nox -s official

The official client decodes strictly, so a response that it raises for need not be wrong: the table
has the status of the response beside the error. It needs `sunshine-conversations-client`.
"""

import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from sunco_async.sandbox import Sandbox

PACKAGE = "sunshine_conversations_client"
KEYS = {"act_test": "not-a-secret", "app_test": "not-a-secret"}
HOOK = {"target": "https://example.org/hook", "triggers": ["conversation:message"]}
CALLBACK = "https://example.org/callback"


class Calls:
    """Calls of the official client, with what became of each."""

    def __init__(self, sandbox: Sandbox, url: str) -> None:
        self.sandbox = sandbox
        self.url = url
        self.package: Any = importlib.import_module(PACKAGE)
        self.results: list[tuple[str, str, str]] = []
        self.use_key("act_test", KEYS["act_test"])

    def use_key(self, key_id: str, secret: str) -> None:
        """Make the next calls with another key."""
        settings = self.package.Configuration(host=self.url, username=key_id, password=secret)
        self.api = self.package.ApiClient(settings)

    def use_token(self, token: str) -> None:
        """Make the next calls with an OAuth token."""
        self.api = self.package.ApiClient(
            self.package.Configuration(host=self.url, access_token=token)
        )
        self.api.default_headers["Authorization"] = f"Bearer {token}"

    def __call__(
        self, name: str, *arguments: str | tuple[str, dict[str, Any]], **named: Any
    ) -> Any:
        """Call `Group.method`; return the JSON of the response, whether or not it was understood.

        Args:
            name: The class without `Api`, and the method.
            *arguments: Its arguments. A pair is the class of a body, and its JSON.
            **named: More of them, by name.
        """
        group, _, method = name.partition(".")
        before = self.sandbox.statistics().requests
        outcome = "passed"
        try:
            values = [each if isinstance(each, str) else self._body(*each) for each in arguments]
            getattr(getattr(self.package, f"{group}Api")(self.api), method)(*values, **named)
        except Exception as error:  # noqa: BLE001 - whatever it raises is what the table shows
            outcome = _shown(error)
        if self.sandbox.statistics().requests == before:
            self.results.append((name, "none", outcome))
            return None
        request = self.sandbox.requests[-1]
        self.results.append((name, str(request.status), outcome))
        is_json = request.response_body.startswith(b"{")  # an authorization ends at a page
        return request.response_json() if is_json and request.status < 300 else None

    def _body(self, name: str, value: dict[str, Any]) -> Any:
        return getattr(self.package.model, name).from_dict(value)


def _shown(error: Exception) -> str:
    body = getattr(error, "body", None)
    if isinstance(body, str) and body.startswith("{"):  # the API's own error
        titles = [each["title"] for each in json.loads(body)["errors"]]
        return f"{type(error).__name__}: {'; '.join(titles)[:110]}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = " ".join(lines[:3])
    return f"{type(error).__name__}: {re.sub(r'0x[0-9a-f]+|`|[|]', '', text)[:110]}"


def _people(call: Calls, app: str) -> tuple[str, str]:
    """Call the operations on users and clients; return a user and a conversation."""
    sandbox = call.sandbox
    user = call("Users.create_user", app, ("UserCreateBody", {"externalId": "jane"}))["user"]["id"]
    call("Users.get_user", app, user)
    profile = {"profile": {"givenName": "Jane"}}
    call("Users.update_user", app, user, ("UserUpdateBody", profile))
    sandbox.link_zendesk_user(user, "7", email="jane@example.org")
    call("Users.sync_user", app, "7", ("SyncUserBody", {}))
    created = {
        "type": "personal",
        "participants": [{"userId": user, "subscribeSDKClient": False}],
    }
    made = call("Conversations.create_conversation", app, ("ConversationCreateBody", created))
    conversation = made["conversation"]["id"]
    channel = {"type": "twilio", "accountSid": "a", "authToken": "not-a-secret"}
    channel["phoneNumberSid"] = "p"
    twilio = call("Integrations.create_integration", app, ("Integration", channel))
    criteria = {
        "type": "twilio",
        "integrationId": twilio["integration"]["id"]
        if twilio
        else sandbox.add_integration("twilio"),
        "phoneNumber": "+15550001234",
    }
    linked = {
        "matchCriteria": criteria,
        "confirmation": {"type": "immediate"},
        "target": {"conversationId": conversation},
    }
    call("Clients.create_client", app, user, ("ClientCreate", linked))
    call("Clients.list_clients", app, user)
    with httpx.Client(auth=("app_test", KEYS["app_test"])) as http:
        clients = http.get(f"{call.url}/v2/apps/{app}/users/{user}/clients").json()["clients"]
    # A refused `create_client` leaves no client that could be removed.
    call("Clients.remove_client", app, user, clients[0]["id"] if clients else "none")
    device = sandbox.add_device(user, "ios", app_version="1")
    call("Devices.list_devices", app, user)
    call("Devices.get_device", app, user, device)
    return user, conversation


def _conversation(call: Calls, app: str, user: str, conversation: str) -> None:
    """Call the operations on conversations and what they hold."""
    call("Conversations.get_conversation", app, conversation)
    filters = call.package.model.ConversationListFilter.from_dict({"userId": user})
    call("Conversations.list_conversations", app, filter=filters)
    change = {"displayName": "Order 7"}
    call("Conversations.update_conversation", app, conversation, ("ConversationUpdateBody", change))
    created = {
        "type": "sdkGroup",
        "participants": [{"userId": user, "subscribeSDKClient": False}],
    }
    made = call("Conversations.create_conversation", app, ("ConversationCreateBody", created))
    group = made["conversation"]["id"]
    made = call("Users.create_user", app, ("UserCreateBody", {"externalId": "joe"}))
    joined = {"userId": made["user"]["id"], "subscribeSDKClient": False}
    call("Participants.join_conversation", app, group, ("ParticipantJoinBody", joined))
    call("Participants.list_participants", app, group)
    left = {"userId": joined["userId"]}
    call("Participants.leave_conversation", app, group, ("ParticipantLeaveBody", left))
    call("Conversations.delete_conversation", app, group)
    business = {"type": "business"}
    message = {"author": business, "content": {"type": "text", "text": "Hello"}}
    sent = call("Messages.post_message", app, conversation, ("MessagePost", message))
    call("Messages.list_messages", app, conversation)
    first = sent["messages"][0]["id"] if sent else "none"
    call("Messages.delete_message", app, conversation, first)
    call("Messages.delete_all_messages", app, conversation)
    activity = {"author": business, "type": "typing:start"}
    call("Activities.post_activity", app, conversation, ("ActivityPost", activity))
    source = ("a.txt", b"text")
    named = {"access": "public", "source": source, "var_for": "message"}
    made = call("Attachments.upload_attachment", app, **named)
    removed = {"mediaUrl": made["attachment"]["mediaUrl"] if made else f"{call.url}/none"}
    call("Attachments.delete_attachment", app, ("AttachmentDeleteBody", removed))
    events = {"messenger": {"payload": {"data": [{"event_name": "Purchase"}]}}}
    posted = ("ConversionEventsBody", events)
    call("Conversations.post_conversion_events", app, conversation, posted)
    reference = {"url": "https://example.org/r", "bid": "b", "key": "k"}
    reference |= {"signature": "s", "owner": "o"}
    downloaded = {"userId": user, "apple": {"interactiveDataRef": reference}}
    body = ("DownloadMessageRefBody", downloaded)
    call("Conversations.download_message_ref", app, conversation, body)


def _integrations(call: Calls, app: str) -> None:
    """Call the operations on integrations, their keys and webhooks."""
    custom = {"type": "custom", "displayName": "Bot", "webhooks": [HOOK]}
    made = call("Integrations.create_integration", app, ("Integration", custom))
    own = made["integration"]["id"] if made else call.sandbox.add_integration("custom")
    call("Integrations.get_integration", app, own)
    call("Integrations.list_integrations", app)
    update = ("IntegrationUpdate", {"type": "custom", "displayName": "New"})
    call("Integrations.update_integration", app, own, update)
    keys = "CustomIntegrationApiKeys"
    body = ("IntegrationApiKey", {"displayName": "K"})
    key = call(f"{keys}.create_custom_integration_key", app, own, body)["key"]
    call(f"{keys}.list_custom_integration_keys", app, own)
    call(f"{keys}.get_custom_integration_key", app, own, key["id"])
    call.use_key(key["id"], key["secret"])  # webhooks take the key of their integration
    made = call("Webhooks.create_webhook", app, own, ("WebhookCreateBody", HOOK))
    webhook = made["webhook"]["id"]
    call("Webhooks.list_webhooks", app, own)
    call("Webhooks.get_webhook", app, own, webhook)
    call("Webhooks.update_webhook", app, own, webhook, ("WebhookBody", {"includeFullUser": True}))
    call("Webhooks.delete_webhook", app, own, webhook)
    call.use_key("act_test", KEYS["act_test"])
    call(f"{keys}.delete_custom_integration_key", app, own, key["id"])
    call("Integrations.delete_integration", app, own)


def _switchboards(call: Calls, app: str, conversation: str) -> None:
    """Call the operations on switchboards, and pass control of a conversation."""
    board = call("Switchboards.create_switchboard", app)["switchboard"]["id"]
    call("Switchboards.list_switchboards", app)
    group, create = "SwitchboardIntegrations", "SwitchboardIntegrationCreateBody"
    members = []
    for name in ("bot", "desk", "spare"):
        body = (create, {"name": name, "integrationId": call.sandbox.add_integration("custom")})
        made = call(f"{group}.create_switchboard_integration", app, board, body)
        members.append(made["switchboardIntegration"]["id"])
    bot, desk, spare = members
    call(f"{group}.list_switchboard_integrations", app, board)
    following = ("SwitchboardIntegrationUpdateBody", {"nextSwitchboardIntegrationId": desk})
    call(f"{group}.update_switchboard_integration", app, board, bot, following)
    enabled = {"enabled": True, "defaultSwitchboardIntegrationId": bot}
    call("Switchboards.update_switchboard", app, board, ("SwitchboardUpdateBody", enabled))
    actions = "SwitchboardActions"
    target = {"switchboardIntegration": "desk"}
    call(f"{actions}.pass_control", app, conversation, ("PassControlBody", target))
    target = {"switchboardIntegration": "bot"}
    call(f"{actions}.offer_control", app, conversation, ("OfferControlBody", target))
    call(f"{actions}.accept_control", app, conversation, ("AcceptControlBody", {}))
    call(f"{actions}.release_control", app, conversation, ("ReleaseControlBody", {}))
    call(f"{group}.delete_switchboard_integration", app, board, spare)
    call("Switchboards.delete_switchboard", app, board)


def _apps(call: Calls, app: str) -> None:
    """Call the operations on apps and their keys."""
    made = call("Apps.create_app", ("AppCreateBody", {"displayName": "Second"}))
    call("Apps.list_apps")
    call("Apps.get_app", app)
    call("Apps.update_app", app, ("AppUpdateBody", {"displayName": "First"}))
    call("Apps.delete_app", made["app"]["id"] if made else "none")
    key = call("AppKeys.create_app_key", app, ("AppKeyCreateBody", {"displayName": "K"}))["key"]
    call("AppKeys.list_app_keys", app)
    call("AppKeys.get_app_key", app, key["id"])
    call("AppKeys.delete_app_key", app, key["id"])


def _oauth(call: Calls) -> None:
    """Call the OAuth operations; a user's consent is given with plain HTTP."""
    call.sandbox.add_oauth_client("partner", "not-a-secret", [CALLBACK])
    call("OAuthEndpoints.authorize", "partner", "code")
    with httpx.Client(base_url=call.url) as browser:
        start = browser.get("/oauth/authorize?response_type=code&client_id=partner")
        back = browser.post(start.headers["location"], data={"decision": "approve"})
    [code] = parse_qs(urlsplit(back.headers["location"]).query)["code"]
    asked = {"code": code, "grant_type": "authorization_code"}
    asked |= {"client_id": "partner", "client_secret": "not-a-secret"}
    made = call("OAuthEndpoints.get_token", ("GetTokenRequest", asked))
    call.use_token(made["access_token"] if made else "none")
    call("OAuthEndpoints.get_token_info")
    call("OAuthEndpoints.revoke_access")
    call.use_key("act_test", KEYS["act_test"])


def _remove(call: Calls, app: str, user: str) -> None:
    """Call the operations that remove what the others used."""
    call("Users.delete_user_personal_information", app, user)
    call("Users.delete_user", app, user)


def run() -> list[tuple[str, str, str]]:
    """Make all calls; return each with the status of its response and what the client said."""
    sandbox = Sandbox(keys=KEYS)
    with sandbox.serve_in_thread() as server:
        call, app = Calls(sandbox, server.url), sandbox.app_id
        user, conversation = _people(call, app)
        steps: list[Callable[[], None]] = [
            lambda: _conversation(call, app, user, conversation),
            lambda: _integrations(call, app),
            lambda: _switchboards(call, app, conversation),
            lambda: _apps(call, app),
            lambda: _oauth(call),
            lambda: _remove(call, app, user),
        ]
        for step in steps:
            step()
    return call.results


def main() -> int:
    """Print one line for each operation that raised, and how many passed."""
    outcomes: dict[str, tuple[str, str]] = {}
    for name, status, outcome in run():
        if name not in outcomes or outcome != "passed":
            outcomes[name] = (status, outcome)
    counts = Counter("passed" if said == "passed" else "raised" for _, said in outcomes.values())
    print(f"{counts['passed']} of {len(outcomes)} operations passed.\n")
    print("| operation | status | what the official client raised |\n|---|---|---|")
    for name, (status, said) in sorted(outcomes.items()):
        if said != "passed":
            print(f"| `{name}` | {status} | `{said}` |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
