"""The API's objects as read-only structs, named as the API's schemas, in PascalCase.

Attributes are snake_case, timestamps aware `datetime`; two models are equal when their values
are. Three rules hold everywhere:

- **None is absent.** A field that is `None` was missing or null in an answer, and is left out
  of a request.
- **UNSET leaves, None clears.** Where a request can clear a value, its field is
  `X | msgspec.UnsetType | None` and `msgspec.UNSET` by default: UNSET stays out, None goes out
  as null. That is so in `Profile`, in the nullable fields of request bodies, and in all fields
  of the bodies that change something (`…UpdateBody`, `…Update`, `WebhookBody`).
- **Reading never fails.** An unknown key is ignored and an unknown enum value stays a string. An
  unknown member of a union becomes its `Unknown…` class, with `type` and the `raw` JSON. A
  required field that an answer lacks is None, a required list `[]`, and a required write-only
  secret UNSET. A value of another type than the schema's, an unreadable timestamp among them, is
  kept as it was sent.

`model.to_dict()` returns the JSON object as the API writes it, `model.to_json()` its bytes, and
`Model.from_dict(…)` reads it. pydantic and FastAPI take every model as it is: as a field, a
response model, or a body (`message: Annotated[MessagePost, Body()]`).

What the API's file says that a request must not hold (ids that exclude each other, two rich texts,
texts and lists that are too long, nested metadata) is a `ValueError`, `TypeError` or
`RequestTooLarge` before anything is sent. A response may hold it, and a plain dict is passed on
unchecked.

Secrets are hidden in `repr`, and only there: `to_dict`, `to_json` and pydantic write them.
"""

from typing import TYPE_CHECKING

from sunco_async._lazy import lazy_names

__all__ = [
    "AcceptControlBody",
    "AccessToken",
    "AccessTokenBody",
    "Action",
    "ActionSubset",
    "ActivityMessage",
    "ActivityPost",
    "ActivityType",
    "Android",
    "AndroidUpdate",
    "ApiKey",
    "App",
    "AppCreateBody",
    "AppKey",
    "AppKeyCreateBody",
    "AppKeyListResponse",
    "AppKeyResponse",
    "AppListResponse",
    "AppResponse",
    "AppResponseWithSubdomain",
    "AppSettings",
    "AppSubdomain",
    "AppUpdateBody",
    "Apple",
    "AppleCapability",
    "AppleMessageOverridePayload",
    "AppleMessageRef",
    "AppleUpdate",
    "AttachmentDeleteBody",
    "AttachmentResponse",
    "AttachmentSchema",
    "Author",
    "AuthorSubtype",
    "AuthorType",
    "Buy",
    "CarouselMessage",
    "ChannelType",
    "Client",
    "ClientAssociation",
    "ClientConfirmation",
    "ClientCreate",
    "ClientListResponse",
    "ClientResponse",
    "ClientStatus",
    "ClientTarget",
    "ClientType",
    "ConfirmationType",
    "Content",
    "ControlTarget",
    "Conversation",
    "ConversationCreateBody",
    "ConversationListResponse",
    "ConversationResponse",
    "ConversationTruncated",
    "ConversationType",
    "ConversationUpdateBody",
    "ConversionEvents",
    "ConversionEventsBody",
    "ConversionEventsResponse",
    "Coordinates",
    "Custom",
    "CustomUpdate",
    "DefaultResponder",
    "Destination",
    "DestinationType",
    "Device",
    "DeviceListResponse",
    "DeviceResponse",
    "DeviceStatus",
    "DeviceType",
    "DisplaySettings",
    "DisplayStyle",
    "DownloadMessageRefBody",
    "EndedByUser",
    "Error",
    "ErrorResponse",
    "ExtraChannelOptions",
    "Field",
    "FieldFormat",
    "FieldType",
    "FileMessage",
    "FormMessage",
    "FormMessageField",
    "FormOption",
    "FormResponseMessage",
    "FormResponseMessageField",
    "Identity",
    "ImageAspectRatio",
    "ImageMessage",
    "Instagram",
    "InstagramUpdate",
    "Integration",
    "IntegrationApiKey",
    "IntegrationApiKeyListResponse",
    "IntegrationApiKeyResponse",
    "IntegrationBase",
    "IntegrationListResponse",
    "IntegrationResponse",
    "IntegrationStatus",
    "IntegrationType",
    "IntegrationUpdate",
    "IntegrationUpdateBase",
    "InteractiveDataRef",
    "Ios",
    "IosUpdate",
    "Item",
    "ItemSize",
    "Line",
    "LineUpdate",
    "Link",
    "Links",
    "ListMessage",
    "Location",
    "LocationMessage",
    "LocationRequest",
    "Mailgun",
    "MailgunUpdate",
    "MatchCriteria",
    "MatchCriteriaBase",
    "MatchCriteriaMailgun",
    "MatchCriteriaMessagebird",
    "MatchCriteriaTwilio",
    "MatchCriteriaWhatsapp",
    "Message",
    "MessageBirdUpdate",
    "MessageListResponse",
    "MessageOverride",
    "MessageOverridePayload",
    "MessagePost",
    "MessagePostResponse",
    "MessageSchema",
    "Messagebird",
    "Messenger",
    "MessengerChannelOptions",
    "MessengerUpdate",
    "Meta",
    "MetaConversionEvent",
    "MetaConversionPayload",
    "Model",
    "Notification",
    "NotificationAuthor",
    "NotificationBody",
    "NotificationDestination",
    "NotificationResponse",
    "NotificationRole",
    "OfferControlBody",
    "Participant",
    "ParticipantJoinBody",
    "ParticipantLeaveBody",
    "ParticipantListResponse",
    "ParticipantResponse",
    "ParticipantSubSchema",
    "PassControlBody",
    "Postback",
    "PrechatCapture",
    "Profile",
    "QuotedMessage",
    "QuotedMessageExternalMessageId",
    "QuotedMessageMessage",
    "Reference",
    "ReleaseControlBody",
    "Reply",
    "Source",
    "Switchboard",
    "SwitchboardIntegration",
    "SwitchboardIntegrationCreateBody",
    "SwitchboardIntegrationListResponse",
    "SwitchboardIntegrationResponse",
    "SwitchboardIntegrationType",
    "SwitchboardIntegrationUpdateBody",
    "SwitchboardIntegrationWebhook",
    "SwitchboardListResponse",
    "SwitchboardResponse",
    "SwitchboardUpdateBody",
    "SyncUserBody",
    "Tagged",
    "Telegram",
    "TelegramUpdate",
    "TemplateMessage",
    "TextMessage",
    "TicketClosed",
    "TransferToEmail",
    "Twilio",
    "TwilioUpdate",
    "Twitter",
    "TwitterTier",
    "TwitterUpdate",
    "Unity",
    "UnityUpdate",
    "Unknown",
    "UnknownAction",
    "UnknownActivityMessage",
    "UnknownContent",
    "UnknownIntegration",
    "UnknownMatchCriteria",
    "UnknownQuotedMessage",
    "User",
    "UserCreateBody",
    "UserListResponse",
    "UserResponse",
    "UserTruncated",
    "UserUpdateBody",
    "Viber",
    "ViberUpdate",
    "Web",
    "WebUpdate",
    "Webhook",
    "WebhookBody",
    "WebhookCreateBody",
    "WebhookListResponse",
    "WebhookResponse",
    "WebhookTrigger",
    "WebhookVersion",
    "Webview",
    "WebviewShareButton",
    "WebviewSize",
    "WhatsAppUpdate",
    "Whatsapp",
]

if TYPE_CHECKING:
    from sunco_async.models._actions import (
        Action,
        ActionSubset,
        Buy,
        ExtraChannelOptions,
        Link,
        LocationRequest,
        MessengerChannelOptions,
        Postback,
        Reply,
        UnknownAction,
        Webview,
        WebviewShareButton,
        WebviewSize,
    )
    from sunco_async.models._apps import (
        App,
        AppCreateBody,
        AppKey,
        AppKeyCreateBody,
        AppKeyListResponse,
        AppKeyResponse,
        AppListResponse,
        AppResponse,
        AppResponseWithSubdomain,
        AppSettings,
        AppSubdomain,
        AppUpdateBody,
    )
    from sunco_async.models._attachments import (
        AttachmentDeleteBody,
        AttachmentResponse,
        AttachmentSchema,
    )
    from sunco_async.models._base import (
        Model,
        Tagged,
        Unknown,
    )
    from sunco_async.models._channels import (
        ChannelType,
        ClientType,
        DestinationType,
        IntegrationType,
        MessageSchema,
        SwitchboardIntegrationType,
    )
    from sunco_async.models._clients import (
        Client,
        ClientAssociation,
        ClientListResponse,
        ClientResponse,
        ClientStatus,
        Device,
        DeviceListResponse,
        DeviceResponse,
        DeviceStatus,
        DeviceType,
    )
    from sunco_async.models._content import (
        CarouselMessage,
        Content,
        Coordinates,
        DisplaySettings,
        FileMessage,
        FormMessage,
        FormResponseMessage,
        ImageAspectRatio,
        ImageMessage,
        Item,
        ItemSize,
        ListMessage,
        Location,
        LocationMessage,
        TemplateMessage,
        TextMessage,
        UnknownContent,
    )
    from sunco_async.models._conversations import (
        AppleMessageRef,
        Conversation,
        ConversationCreateBody,
        ConversationListResponse,
        ConversationResponse,
        ConversationTruncated,
        ConversationType,
        ConversationUpdateBody,
        ConversionEvents,
        ConversionEventsBody,
        ConversionEventsResponse,
        DownloadMessageRefBody,
        InteractiveDataRef,
        MetaConversionEvent,
        MetaConversionPayload,
        SwitchboardIntegrationWebhook,
    )
    from sunco_async.models._envelope import (
        Error,
        ErrorResponse,
        Links,
        Meta,
    )
    from sunco_async.models._forms import (
        Field,
        FieldFormat,
        FieldType,
        FormMessageField,
        FormOption,
        FormResponseMessageField,
    )
    from sunco_async.models._integration_keys import (
        ApiKey,
        IntegrationApiKey,
        IntegrationApiKeyListResponse,
        IntegrationApiKeyResponse,
    )
    from sunco_async.models._integration_updates import (
        AndroidUpdate,
        AppleUpdate,
        CustomUpdate,
        InstagramUpdate,
        IntegrationUpdate,
        IntegrationUpdateBase,
        IosUpdate,
        LineUpdate,
        MailgunUpdate,
        MessageBirdUpdate,
        MessengerUpdate,
        TelegramUpdate,
        TwilioUpdate,
        TwitterUpdate,
        UnityUpdate,
        ViberUpdate,
        WebUpdate,
        WhatsAppUpdate,
    )
    from sunco_async.models._integrations import (
        Android,
        Apple,
        Custom,
        DefaultResponder,
        DisplayStyle,
        Instagram,
        Integration,
        IntegrationBase,
        IntegrationListResponse,
        IntegrationResponse,
        IntegrationStatus,
        Ios,
        Line,
        Mailgun,
        Messagebird,
        Messenger,
        PrechatCapture,
        Telegram,
        Twilio,
        Twitter,
        TwitterTier,
        Unity,
        UnknownIntegration,
        Viber,
        Web,
        Whatsapp,
    )
    from sunco_async.models._match_criteria import (
        ClientConfirmation,
        ClientCreate,
        ClientTarget,
        ConfirmationType,
        MatchCriteria,
        MatchCriteriaBase,
        MatchCriteriaMailgun,
        MatchCriteriaMessagebird,
        MatchCriteriaTwilio,
        MatchCriteriaWhatsapp,
        UnknownMatchCriteria,
    )
    from sunco_async.models._messages import (
        ActivityMessage,
        ActivityPost,
        ActivityType,
        AppleCapability,
        AppleMessageOverridePayload,
        Author,
        AuthorSubtype,
        AuthorType,
        Destination,
        EndedByUser,
        Message,
        MessageListResponse,
        MessageOverride,
        MessageOverridePayload,
        MessagePost,
        MessagePostResponse,
        QuotedMessage,
        QuotedMessageExternalMessageId,
        QuotedMessageMessage,
        Reference,
        Source,
        TicketClosed,
        TransferToEmail,
        UnknownActivityMessage,
        UnknownQuotedMessage,
    )
    from sunco_async.models._notifications import (
        Notification,
        NotificationAuthor,
        NotificationBody,
        NotificationDestination,
        NotificationResponse,
        NotificationRole,
    )
    from sunco_async.models._oauth import AccessToken, AccessTokenBody
    from sunco_async.models._participants import (
        Participant,
        ParticipantJoinBody,
        ParticipantLeaveBody,
        ParticipantListResponse,
        ParticipantResponse,
        ParticipantSubSchema,
    )
    from sunco_async.models._switchboards import (
        AcceptControlBody,
        ControlTarget,
        OfferControlBody,
        PassControlBody,
        ReleaseControlBody,
        Switchboard,
        SwitchboardIntegration,
        SwitchboardIntegrationCreateBody,
        SwitchboardIntegrationListResponse,
        SwitchboardIntegrationResponse,
        SwitchboardIntegrationUpdateBody,
        SwitchboardListResponse,
        SwitchboardResponse,
        SwitchboardUpdateBody,
    )
    from sunco_async.models._users import (
        Identity,
        Profile,
        SyncUserBody,
        User,
        UserCreateBody,
        UserListResponse,
        UserResponse,
        UserTruncated,
        UserUpdateBody,
    )
    from sunco_async.models._webhooks import (
        Webhook,
        WebhookBody,
        WebhookCreateBody,
        WebhookListResponse,
        WebhookResponse,
        WebhookTrigger,
        WebhookVersion,
    )
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "_actions": """
                Action ActionSubset Buy ExtraChannelOptions Link LocationRequest
                MessengerChannelOptions Postback Reply UnknownAction Webview WebviewShareButton
                WebviewSize
            """,
            "_apps": """
                App AppCreateBody AppKey AppKeyCreateBody AppKeyListResponse AppKeyResponse
                AppListResponse AppResponse AppResponseWithSubdomain AppSettings AppSubdomain
                AppUpdateBody
            """,
            "_attachments": "AttachmentDeleteBody AttachmentResponse AttachmentSchema",
            "_base": "Model Tagged Unknown",
            "_channels": """
                ChannelType ClientType DestinationType IntegrationType MessageSchema
                SwitchboardIntegrationType
            """,
            "_clients": """
                Client ClientAssociation ClientListResponse ClientResponse ClientStatus Device
                DeviceListResponse DeviceResponse DeviceStatus DeviceType
            """,
            "_content": """
                CarouselMessage Content Coordinates DisplaySettings FileMessage FormMessage
                FormResponseMessage ImageAspectRatio ImageMessage Item ItemSize ListMessage Location
                LocationMessage TemplateMessage TextMessage UnknownContent
            """,
            "_conversations": """
                AppleMessageRef Conversation ConversationCreateBody ConversationListResponse
                ConversationResponse ConversationTruncated ConversationType ConversationUpdateBody
                ConversionEvents ConversionEventsBody ConversionEventsResponse
                DownloadMessageRefBody InteractiveDataRef MetaConversionEvent MetaConversionPayload
                SwitchboardIntegrationWebhook
            """,
            "_envelope": "Error ErrorResponse Links Meta",
            "_forms": """
                Field FieldFormat FieldType FormMessageField FormOption FormResponseMessageField
            """,
            "_integration_keys": """
                ApiKey IntegrationApiKey IntegrationApiKeyListResponse IntegrationApiKeyResponse
            """,
            "_integration_updates": """
                AndroidUpdate AppleUpdate CustomUpdate InstagramUpdate IntegrationUpdate
                IntegrationUpdateBase IosUpdate LineUpdate MailgunUpdate MessageBirdUpdate
                MessengerUpdate TelegramUpdate TwilioUpdate TwitterUpdate UnityUpdate ViberUpdate
                WebUpdate WhatsAppUpdate
            """,
            "_integrations": """
                Android Apple Custom DefaultResponder DisplayStyle Instagram Integration
                IntegrationBase IntegrationListResponse IntegrationResponse IntegrationStatus Ios
                Line Mailgun Messagebird Messenger PrechatCapture Telegram Twilio Twitter
                TwitterTier Unity UnknownIntegration Viber Web Whatsapp
            """,
            "_match_criteria": """
                ClientConfirmation ClientCreate ClientTarget ConfirmationType MatchCriteria
                MatchCriteriaBase MatchCriteriaMailgun MatchCriteriaMessagebird MatchCriteriaTwilio
                MatchCriteriaWhatsapp UnknownMatchCriteria
            """,
            "_messages": """
                ActivityMessage ActivityPost ActivityType AppleCapability
                AppleMessageOverridePayload Author AuthorSubtype AuthorType Destination EndedByUser
                Message MessageListResponse MessageOverride MessageOverridePayload MessagePost
                MessagePostResponse QuotedMessage QuotedMessageExternalMessageId
                QuotedMessageMessage Reference Source TicketClosed TransferToEmail
                UnknownActivityMessage UnknownQuotedMessage
            """,
            "_notifications": """
                Notification NotificationAuthor NotificationBody NotificationDestination
                NotificationResponse NotificationRole
            """,
            "_oauth": "AccessToken AccessTokenBody",
            "_participants": """
                Participant ParticipantJoinBody ParticipantLeaveBody ParticipantListResponse
                ParticipantResponse ParticipantSubSchema
            """,
            "_switchboards": """
                AcceptControlBody ControlTarget OfferControlBody PassControlBody ReleaseControlBody
                Switchboard SwitchboardIntegration SwitchboardIntegrationCreateBody
                SwitchboardIntegrationListResponse SwitchboardIntegrationResponse
                SwitchboardIntegrationUpdateBody SwitchboardListResponse SwitchboardResponse
                SwitchboardUpdateBody
            """,
            "_users": """
                Identity Profile SyncUserBody User UserCreateBody UserListResponse UserResponse
                UserTruncated UserUpdateBody
            """,
            "_webhooks": """
                Webhook WebhookBody WebhookCreateBody WebhookListResponse WebhookResponse
                WebhookTrigger WebhookVersion
            """,
        },
    )
