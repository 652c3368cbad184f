"""Field types with their documented limits, and the rules for metadata.

In an update a field may be left out (UNSET) or cleared (None). Unknown keys are ignored.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._state.records import Metadata

METADATA_BYTES = 4096

Identifier = Annotated[str, Meta(min_length=1)]
Short = Annotated[str, Meta(min_length=1, max_length=128)]
DisplayName = Annotated[str, Meta(min_length=1, max_length=100)]
Url = Annotated[str, Meta(min_length=1, max_length=2048, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")]
Email = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^@\s]+@[^@\s]+\Z")]
BrandId = Annotated[str, Meta(min_length=1, max_length=24)]
ExternalId = Annotated[str, Meta(min_length=1, max_length=1024)]
Timestamp = Annotated[datetime, Meta(tz=True)]
MetadataChange = dict[str, str | int | float | bool | None]


def check_metadata(metadata: Metadata, title: str = "metadata exceeds 4KB") -> Metadata:
    """Return `metadata`, or raise a 400 when its JSON is over 4 KB."""
    if metadata and len(msgspec.json.encode(metadata)) > METADATA_BYTES:
        raise bad_request(title)
    return metadata


def changed_metadata(
    current: Metadata, change: MetadataChange | None, title: str = "metadata exceeds 4KB"
) -> Metadata:
    """Return the metadata after an update: keys are merged, a null key goes, null clears all.

    The API documents that metadata may be null; that keys merge is unconfirmed.
    """
    if change is None:
        return {}
    merged = current | {key: value for key, value in change.items() if value is not None}
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
    return check_metadata(merged, title)


def changed_text(current: str | None, change: str | UnsetType | None) -> str | None:
    """Return a text after an update: unset leaves it, null clears it."""
    return current if change is UNSET else change
