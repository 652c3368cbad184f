"""What all channels have in common, and the types of their fields."""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

Json = dict[str, object]
Text = Annotated[str, Meta(min_length=1)]
OptionalText = Text | UnsetType
Secret = Annotated[str, Meta(min_length=1)]
"""A text that is checked and not kept: the documentation marks it as only ever sent."""


class ChannelBody(Struct, rename="camel", kw_only=True):
    """The body of CreateIntegration for a channel.

    Attributes:
        SECRETS: The fields that no response shows.
        UPDATABLE: The fields that UpdateIntegration takes besides those of this class.
    """

    SECRETS: ClassVar[tuple[str, ...]] = ()
    UPDATABLE: ClassVar[tuple[str, ...]] = ()

    display_name: Annotated[str, Meta(max_length=100)] | UnsetType | None = UNSET
    default_responder_id: str | UnsetType | None = UNSET
    show_ai_disclaimer: bool | UnsetType = field(default=UNSET, name="showAIDisclaimer")

    def check(self) -> None:
        """Raise a 400 for fields that do not go together."""

    def derived(self) -> Json:
        """Return the fields that the platform sets itself."""
        return {}
