"""The parts of message content: the items of carousels and lists, and places."""

from typing import Annotated, Literal, TypeAlias

from sunco_async.models._actions import ActionSubset
from sunco_async.models._base import Model
from sunco_async.models._field_types import JsonObject, Number, limited

__all__ = ["Coordinates", "DisplaySettings", "ImageAspectRatio", "Item", "ItemSize", "Location"]


ImageAspectRatio: TypeAlias = Literal["horizontal", "square"] | str
"""The shape of the images in a carousel."""


ItemSize: TypeAlias = Literal["compact", "large"] | str
"""The size of the image of an item."""


class Item(Model, frozen=True, kw_only=True):
    """A card of a carousel or a list.

    Attributes:
        title: The title, 1 to 128 characters.
        actions: The buttons of the card, 1 to 3.
        description: The text below the title, at most 128 characters.
        media_url: The URL of an image, at most 2,048 characters.
        media_type: The media type of the image, at most 128 characters.
        alt_text: A description for accessibility, at most 128 characters. The API's default is the
            name of the file.
        size: The size of the image: `"compact"` or `"large"`.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    title: Annotated[str, limited(1, 128)]
    actions: Annotated[list[ActionSubset], limited(1, 3)]
    description: Annotated[str, limited(0, 128)] | None = None
    media_url: Annotated[str, limited(0, 2048)] | None = None
    media_type: Annotated[str, limited(0, 128)] | None = None
    alt_text: Annotated[str, limited(0, 128)] | None = None
    size: ItemSize | None = None
    metadata: JsonObject | None = None


class DisplaySettings(Model, frozen=True, kw_only=True):
    """The layout of a carousel.

    Attributes:
        image_aspect_ratio: The shape of all images: `"horizontal"` (the API's default) or
            `"square"`. Only Facebook Messenger, the Web Messenger and the Android and iOS SDKs
            support it.
    """

    image_aspect_ratio: ImageAspectRatio | None = None


class Coordinates(Model, frozen=True, kw_only=True):
    """A geographic position.

    Attributes:
        lat: The latitude in degrees.
        long: The longitude in degrees.
    """

    lat: Number
    long: Number


class Location(Model, frozen=True, kw_only=True):
    """The name and address of a place.

    Attributes:
        address: The address of the place.
        name: The name of the place.
    """

    address: str | None = None
    name: str | None = None
