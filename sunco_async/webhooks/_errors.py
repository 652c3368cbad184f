"""Errors of webhook deliveries.

They are no `SuncoError`: those report the outcome of calls that this process made.
"""

__all__ = ["PayloadError", "VerificationError"]


class VerificationError(Exception):
    """A request does not have the secret of the webhook. Respond with status 401.

    It is no `ValueError`, which `verify` raises if no secret is configured. Its text shows no part
    of a secret, neither of the one that was sent nor of a configured one.
    """


class PayloadError(ValueError):
    """A body is not a payload of Sunshine Conversations v2. Respond with status 400."""
