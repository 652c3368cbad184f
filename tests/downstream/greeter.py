"""A made-up application on sunco-async: it greets customers and reads what they wrote."""

from sunco_async import AsyncSunco


async def greet(sunco: AsyncSunco, name: str) -> str:
    """Greet a customer in a new conversation, and return its id."""
    user = await sunco.users.upsert(name, profile={"givenName": name.title()})
    conversation = await sunco.conversations.create(
        type="personal", participants=[{"userId": user.id}]
    )
    await sunco.messages.post(conversation.id, f"Hello {name.title()}!")
    return conversation.id


async def texts(sunco: AsyncSunco, conversation_id: str) -> list[str]:
    """Return the texts of a conversation, the newest first."""
    messages = sunco.messages.list(conversation_id)
    return [message.to_dict()["content"]["text"] async for message in messages]
