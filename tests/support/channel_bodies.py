"""A body of CreateIntegration for each channel, with every field that it takes."""

WEBHOOK = {"target": "https://example.org/hook", "triggers": ["conversation:message"]}
_LISTS = {"canUserSeeConversationList": True, "canUserCreateMoreConversations": False}

CHANNEL_BODIES: dict[str, dict[str, object]] = {
    "android": {
        "projectId": "not-a-secret",
        "clientEmail": "not-a-secret",
        "privateKey": "not-a-secret",
        "serverKey": "not-a-secret",
        "senderId": "sender",
        **_LISTS,
    },
    "apple": {
        "businessId": "b",
        "apiSecret": "not-a-secret",
        "mspId": "m",
        "authenticationMessageSecret": "x" * 88,
    },
    "instagram": {
        "pageAccessToken": "not-a-secret",
        "appId": "a",
        "appSecret": "not-a-secret",
        "storyRepliesEnabled": False,
        "storyMentionsEnabled": False,
    },
    "ios": {
        "certificate": "not-a-secret",
        "password": "not-a-secret",
        "production": True,
        "autoUpdateBadge": True,
        **_LISTS,
    },
    "line": {
        "channelId": "1",
        "channelSecret": "shown",
        "channelAccessToken": "shown",
        "serviceCode": "s",
        "switcherSecret": "shown",
        "qrCodeUrl": "https://qr.example.org/M/1O4fb8.png",
    },
    "mailgun": {
        "apiKey": "not-a-secret",
        "signingKey": "shown",
        "domain": "mail.example.org",
        "incomingAddress": "in@mail.example.org",
        "hideUnsubscribeLink": True,
        "fromAddress": "from@example.org",
    },
    "messagebird": {
        "accessKey": "not-a-secret",
        "signingKey": "not-a-secret",
        "originator": "12125550100",
    },
    "messenger": {
        "pageAccessToken": "shown",
        "appId": "a",
        "appSecret": "not-a-secret",
        "pageId": 123212323432123,
        "pageName": "P",
    },
    "telegram": {"token": "192033615:not-a-secret"},
    "twilio": {
        "accountSid": "AC1",
        "authToken": "not-a-secret",
        "phoneNumberSid": "PN1",
        "messagingServiceSid": "MG1",
    },
    "twitter": {
        "tier": "enterprise",
        "consumerKey": "not-a-secret",
        "consumerSecret": "not-a-secret",
        "accessTokenKey": "not-a-secret",
        "accessTokenSecret": "not-a-secret",
    },
    "unity": dict(_LISTS),
    "viber": {"token": "not-a-secret"},
    "web": {
        "brandColor": "fff",
        "fixedIntroPane": True,
        "conversationColor": "0099FF",
        "actionColor": "000000",
        "displayStyle": "tab",
        "buttonIconUrl": "https://example.org/i.png",
        "buttonWidth": "60",
        "buttonHeight": "60",
        "integrationOrder": ["59fc8466260f48003505228b"],
        "businessName": "B",
        "businessIconUrl": "https://example.org/b.png",
        "backgroundImageUrl": "https://example.org/c.png",
        "originWhitelist": ["https://example.org", "http://localhost:8080"],
        "prechatCapture": {
            "enabled": True,
            "enableEmailLinking": True,
            "avatarUrl": "https://example.org/a.png",
            "fields": [{"type": "email", "name": "email", "label": "E-mail"}],
        },
        **_LISTS,
    },
    "whatsapp": {
        "hsmFallbackLanguage": "fr",
        "accountId": "a",
        "accountManagementAccessToken": "shown",
    },
}


def integration_body(kind: str) -> dict[str, object]:
    """Return the body that creates an integration of a type with everything set."""
    body = {"type": kind, "displayName": f"My {kind}"}
    if kind == "custom":
        return body | {"webhooks": [WEBHOOK]}
    return body | CHANNEL_BODIES[kind] | {"showAIDisclaimer": False}
