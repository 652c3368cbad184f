"""Log records carry their values as attributes, for handlers that write JSON."""

import io
import logging

import httpx
import pytest
from fakes import APP, POSTED, SECRET, USER, client, error, server

from sunco_async import BearerAuth, ConnectionFailed, RetryPolicy, ServerError, TokenBucket
from sunco_async._base.log import LogFields

FIELDS = tuple(LogFields.__annotations__)
SOON = RetryPolicy(base=0.001, cap=0.001, jitter="none")
PATH = f"/v2/apps/{APP}/users/u1"


class Keeping(logging.Handler):
    """Keeps the records, as a handler that reads their attributes sees them."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)

    def fields(self, *names):
        return [tuple(getattr(record, name) for name in names) for record in self.records]


@pytest.fixture
def kept():
    logger = logging.getLogger("sunco_async")
    handler, level = Keeping(), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


async def test_every_attempt_and_every_retry(kept):
    scripted = server(error(503), httpx.ReadError("reset"), USER)
    async with client(scripted, retry=SOON) as sunco:
        await sunco.users.get("u1")
    assert kept.fields("levelname", "attempt", "status_code", "error", "outcome") == [
        ("DEBUG", 1, 503, None, "unknown"),
        ("INFO", 1, 503, None, "unknown"),
        ("DEBUG", 2, None, "ConnectionFailed", "unknown"),
        ("INFO", 2, None, "ConnectionFailed", "unknown"),
        ("DEBUG", 3, 200, None, None),
    ]
    assert set(kept.fields("name", "operation", "method", "path")) == {
        ("sunco_async", "users.get", "GET", PATH)
    }
    for record in kept.records:
        if record.levelname == "DEBUG":
            assert record.seconds >= 0
            assert record.delay is None
        else:
            assert (record.seconds, record.delay) == (None, 0.001)


@pytest.mark.parametrize(
    ("step", "status", "kind", "outcome"),
    [
        (error(404), 404, None, "rejected"),
        (error(429), 429, None, "rejected"),
        (error(408), 408, None, "unknown"),
        (httpx.ConnectError("refused"), None, "ConnectionFailed", "not_sent"),
        (httpx.ReadTimeout("slow"), None, "RequestTimeout", "unknown"),
    ],
)
async def test_what_is_known_of_a_failure(step, status, kind, outcome, kept):
    async with client(server(step), retry=None) as sunco:
        with pytest.raises(Exception, match="users"):
            await sunco.users.get("u1")
    assert kept.fields("status_code", "error", "outcome") == [(status, kind, outcome)]


async def test_a_formatter_can_name_every_field_for_every_record(kept):
    """Also for the records that are about no call."""

    class Broken(TokenBucket):
        def report(self, *args, **kwargs):
            raise LookupError("mine")

    async with client(server(error(503), USER), retry=SOON, rate_limit=Broken(1000)) as sunco:
        await sunco.users.get("u1")
    assert {record.levelname for record in kept.records} == {"DEBUG", "INFO", "ERROR"}
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter(" ".join(f"%({name})s" for name in FIELDS)))
    for record in kept.records:
        handler.format(record)
        assert [hasattr(record, name) for name in FIELDS] == [True] * len(FIELDS)


def test_no_field_takes_the_place_of_a_record_s_own():
    own = vars(logging.makeLogRecord({})).keys() | {"message", "asctime", "taskName"}
    assert not own & set(FIELDS)


async def test_no_secret_and_no_body_is_in_a_record(kept):
    text = "a message of a customer"
    auth = BearerAuth("not-a-token-to-show")
    scripted = server(httpx.ReadError("reset"), error(503), POSTED)
    async with client(scripted, auth=auth, retry=SOON) as sunco:
        with pytest.raises(ConnectionFailed):
            await sunco.messages.post("c1", text, extra_headers={"X-Key": SECRET})
        with pytest.raises(ServerError):
            await sunco.messages.post("c1", text, metadata={"order": "no. 7"})
        await sunco.messages.post("c1", text)
    assert len(kept.records) == 3
    for record in kept.records:
        shown = repr(vars(record)) + record.getMessage()
        for hidden in ("not-a-token-to-show", SECRET, text, "no. 7", "Hello"):
            assert hidden not in shown


async def test_the_fields_cost_nothing_where_nobody_listens(monkeypatch):
    from sunco_async.middleware import _observer

    monkeypatch.setattr(_observer, "_fields", None)  # a call of it would fail
    logging.getLogger("sunco_async").setLevel(logging.WARNING)
    try:
        async with client(server(error(503), USER), retry=SOON) as sunco:
            await sunco.users.get("u1")
    finally:
        logging.getLogger("sunco_async").setLevel(logging.NOTSET)
