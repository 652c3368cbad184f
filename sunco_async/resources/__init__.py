"""The operations of the API, one file per group: declarations and signatures, nothing else."""

from sunco_async.resources._base import Caller, Metadata, RequestOptions, Resource
from sunco_async.resources.activities import Activities
from sunco_async.resources.conversations import Conversations
from sunco_async.resources.messages import Messages
from sunco_async.resources.participants import Participants
from sunco_async.resources.users import Users

__all__ = [
    "Activities",
    "Caller",
    "Conversations",
    "Messages",
    "Metadata",
    "Participants",
    "RequestOptions",
    "Resource",
    "Users",
]
