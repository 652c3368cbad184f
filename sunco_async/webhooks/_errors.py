"""What a receiver refuses.

Neither is a `SuncoError`: those tell of calls that this process made, and of their outcome.
"""

__all__ = ["PayloadError", "VerificationError"]


class VerificationError(Exception):
    """A request that does not carry the webhook's secret; answer it with 401.

    It is no ValueError, so that it is never taken for the one that `verify` raises when no secret
    is configured. Its text shows no part of a key, sent or configured.
    """


class PayloadError(ValueError):
    """A body that is no webhook payload of Sunshine Conversations v2; answer it with 400."""
