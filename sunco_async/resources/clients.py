"""`sunco.clients`: the channels through which a user is reached."""

from collections.abc import Mapping
from typing import Any, Final, Unpack

from sunco_async._operation import ListOperation, Operation
from sunco_async._paging import Paginator
from sunco_async.models import (
    Client,
    ClientConfirmation,
    ClientCreate,
    ClientListResponse,
    ClientResponse,
    ClientTarget,
    MatchCriteria,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Clients"]

_CLIENTS = "/v2/apps/{appId}/users/{userIdOrExternalId}/clients"

CREATE: Final[Operation[Client]] = Operation(
    name="clients.create",
    method="POST",
    path=_CLIENTS,
    body=ClientCreate,
    response=ClientResponse,
    field="client",
)
LIST: Final[ListOperation[Client]] = ListOperation(
    name="clients.list",
    method="GET",
    path=_CLIENTS,
    response=ClientListResponse,
    field="clients",
    replay="always",
)
REMOVE: Final[Operation[None]] = Operation(
    name="clients.remove",
    method="DELETE",
    path=_CLIENTS + "/{clientId}",
    replay="always",
    missing_is_success=True,
)


class Clients(Resource):
    """The operations on the clients of a user. `brand_id` is as in `sunco.users`."""

    __slots__ = ()

    async def create(
        self,
        user_id_or_external_id: str,
        *,
        match_criteria: MatchCriteria | Mapping[str, Any],
        confirmation: ClientConfirmation | Mapping[str, Any],
        target: ClientTarget | Mapping[str, Any],
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Client:
        """Link a user to a channel: `POST …/users/{userIdOrExternalId}/clients`.

        `match_criteria` says how the user is found on the channel, `confirmation` whether and how
        the user is asked first, and `target` which conversation the client joins. The client is
        `pending` at first; the webhooks `client:add`, `client:update` and `client:remove` tell how
        it goes on. A message of `confirmation` may reach the user, so the call is sent again by
        itself only when nothing was sent.
        """
        return await self._pipeline.call(
            CREATE,
            {"userIdOrExternalId": user_id_or_external_id},
            query={"brandId": brand_id},
            body=ClientCreate(
                match_criteria=match_criteria, confirmation=confirmation, target=target
            ),
            options=options,
        )

    def list(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        after: str | None = None,
        before: str | None = None,
        page_size: int | None = None,
        **options: Unpack[RequestOptions],
    ) -> Paginator[Client]:
        """List a user's clients, pending ones too: `GET …/users/{userIdOrExternalId}/clients`.

        `page_size` is 1 to 100 (25 by default).
        """
        return self._pipeline.walk(
            LIST,
            {"userIdOrExternalId": user_id_or_external_id},
            query={"brandId": brand_id},
            after=after,
            before=before,
            page_size=page_size,
            options=options,
        )

    async def remove(
        self,
        user_id_or_external_id: str,
        client_id: str,
        *,
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Remove a client from its user and conversations: `DELETE …/clients/{clientId}`.

        Raises `BadRequest` for a client of type `sdk`.
        """
        await self._pipeline.call(
            REMOVE,
            {"userIdOrExternalId": user_id_or_external_id, "clientId": client_id},
            query={"brandId": brand_id},
            options=options,
        )
