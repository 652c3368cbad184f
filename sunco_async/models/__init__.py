"""The API's objects as read-only structs, with the names of the API's schemas in PascalCase.

Attributes are in snake_case, and timestamps are `datetime` objects with a time zone. Two models
are equal if their values are equal. Three rules apply to all models:

- **None means absent.** A field that is None was missing or null in a response, and is left out
  of a request.
- **UNSET leaves a value, None clears it.** If a request can clear a value, its field has the type
  `X | msgspec.UnsetType | None` and the default `msgspec.UNSET`. UNSET is left out, None is sent
  as null. This applies to `Profile`, to the nullable fields of request bodies, and to all fields
  of the bodies that update something (`…UpdateBody`, `…Update`, `WebhookBody`).
- **Decoding a response never fails because of its values.** Unknown keys are ignored, and unknown
  enum values are strings. An unknown union member becomes its `Unknown…` class, which has the
  `type` and the `raw` JSON. If a response lacks a required field, it is None, a required list is
  `[]`, and a required secret that is only sent is UNSET. A value of the wrong type, such as an
  invalid timestamp, is kept as it was received.

`model.to_dict()` returns the JSON object, `model.to_json()` returns it as bytes, and
`Model.from_dict(…)` reads it. pydantic and FastAPI accept every model as a field, as a response
model and as a body (`message: Annotated[MessagePost, Body()]`).

A request that breaks a rule of the OpenAPI file (fields that exclude each other, texts and lists
that are too long, nested metadata) raises `ValueError`, `TypeError` or `RequestTooLarge` before
anything is sent. Responses and plain dicts are not checked.

Secrets are hidden in `repr` only. `to_dict`, `to_json` and pydantic include them.
"""

from sunco_async._public import publish as _publish
from sunco_async.models._actions import *
from sunco_async.models._apps import *
from sunco_async.models._attachments import *
from sunco_async.models._base import *
from sunco_async.models._channels import *
from sunco_async.models._clients import *
from sunco_async.models._content import *
from sunco_async.models._content_parts import *
from sunco_async.models._conversations import *
from sunco_async.models._envelope import *
from sunco_async.models._forms import *
from sunco_async.models._integration_base import *
from sunco_async.models._integration_keys import *
from sunco_async.models._integration_updates import *
from sunco_async.models._integrations import *
from sunco_async.models._integrations_messaging import *
from sunco_async.models._integrations_sdk import *
from sunco_async.models._match_criteria import *
from sunco_async.models._message_posts import *
from sunco_async.models._messages import *
from sunco_async.models._notifications import *
from sunco_async.models._oauth import *
from sunco_async.models._participants import *
from sunco_async.models._switchboards import *
from sunco_async.models._users import *
from sunco_async.models._webhooks import *

_publish(__name__)
