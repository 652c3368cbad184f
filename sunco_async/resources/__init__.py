"""The operations of the API, one module per group: declarations and signatures."""

from sunco_async._public import publish as _publish
from sunco_async.resources.activities import *
from sunco_async.resources.app_keys import *
from sunco_async.resources.apps import *
from sunco_async.resources.attachments import *
from sunco_async.resources.clients import *
from sunco_async.resources.conversations import *
from sunco_async.resources.custom_integration_keys import *
from sunco_async.resources.devices import *
from sunco_async.resources.integrations import *
from sunco_async.resources.messages import Messages as Messages
from sunco_async.resources.notifications import Notifications as Notifications
from sunco_async.resources.oauth import *
from sunco_async.resources.participants import *
from sunco_async.resources.switchboard_actions import *
from sunco_async.resources.switchboard_integrations import *
from sunco_async.resources.switchboards import *
from sunco_async.resources.users import *
from sunco_async.resources.webhooks import *

_publish(__name__)
