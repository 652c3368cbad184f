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
