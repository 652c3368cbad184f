"""Both parsers read the same body, or refuse, whatever a server sends; h11 alone is the referee."""

import itertools

import h11
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from response_corpus import BODY, CASES, FRAMINGS, ODDITIES, ONE_SIDED, REFUSED
from transport_kinds import make_parser

from sunco_async.transports._parser import MAX_HEAD

pytest.importorskip("httptools")
NAMES = ("h11", "httptools")
REFUSAL = "refused"


def read_by(name, method, parts):
    """Return status, body and whether the connection can be used again, or why it is refused.

    After the last part, the server hangs up.
    """
    parser = make_parser(name)()
    parser.begin(method)
    body = b""
    try:
        for part in parts:
            parser.receive(part)
            body += parser.take_body()
            if parser.complete:
                return parser.head.status_code, body, parser.reusable
        parser.receive_end()
        if parser.complete:
            return parser.head.status_code, body + parser.take_body(), parser.reusable
    except httpx.RemoteProtocolError:
        pass
    return REFUSAL, b"", False


def read_by_referee(method, data):
    """Return status and body as h11 reads them without a parser around it."""
    http = h11.Connection(h11.CLIENT)
    http.send(h11.Request(method=method, target="/", headers=[("Host", "h")]))
    http.send(h11.EndOfMessage())
    status, body = None, b""
    try:
        for part in (data, b""):
            http.receive_data(part)
            while (event := http.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.Response):
                    status = event.status_code
                elif isinstance(event, h11.Data):
                    body += bytes(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    return status, body
    except h11.RemoteProtocolError:
        pass
    return REFUSAL, b""


def bytewise(data):
    return [data[index : index + 1] for index in range(len(data))]


def test_the_corpus_is_what_it_says():
    assert len(CASES) > 600
    assert not REFUSED & ONE_SIDED.keys()
    assert {*REFUSED, *ONE_SIDED} < ODDITIES.keys()


@pytest.mark.parametrize("oddity", ODDITIES)
def test_every_oddity_is_read_alike_or_refused(oddity):
    """Whole and byte by byte; what one parser refuses alone stands in a table with its reason."""
    cases = [case for case in CASES if case.oddity == oddity]
    assert cases
    for case in cases:
        results = {name: read_by(name, case.method, [case.data]) for name in NAMES}
        for name, (status, body, _) in results.items():
            assert read_by(name, case.method, bytewise(case.data))[:2] == (status, body), case
        readers = {name for name, result in results.items() if result[0] != REFUSAL}
        if oddity in ONE_SIDED:
            assert readers == {ONE_SIDED[oddity][0]}, case
        else:
            assert readers == (set() if oddity in REFUSED else set(NAMES)), case
        # Of those that read it, none reads another body than the others, or than plain h11.
        assert len({results[name][:2] for name in readers}) <= 1, case
        referee = read_by_referee(case.method, case.data)
        assert all(referee in (results[name][:2], (REFUSAL, b"")) for name in readers), case


@pytest.mark.parametrize("case", [case for case in CASES if "surplus" in case.oddity], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_a_surplus_costs_the_connection_and_not_the_response(case, name):
    status, body, reusable = read_by(name, case.method, [case.data])
    assert status == 200
    if case.framing != "to the end":
        assert body == (BODY if case.oddity != "trailer, then a surplus" else b"hello")
    if case.oddity not in ("surplus line break", "surplus line feed") or name == "h11":
        assert not reusable


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("framing", [*FRAMINGS.values()], ids=[*FRAMINGS])
def test_a_final_response_follows_an_interim_one_that_ends_the_connection(name, framing):
    interim = b"HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n"
    whole = interim + framing.to_bytes()
    for cut in range(len(whole) + 1):
        assert read_by(name, "POST", [whole[:cut], whole[cut:]][not cut :])[:2] == (200, BODY)


def head(size, interim=0):
    """Make a response whose head has exactly that many bytes, `interim` of them in a 103."""
    parts = []
    for line, length in ((b"HTTP/1.1 103 X", interim), (b"HTTP/1.1 204 X", size - interim)):
        if length:
            padding = length - len(line) - len(b"\r\nX-A: \r\n\r\n")
            parts.append(line + b"\r\nX-A: " + b"x" * padding + b"\r\n\r\n")
    made = b"".join(parts)
    assert len(made) == size
    return made


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("interim", [0, 50_000])
@pytest.mark.parametrize("step", [10**6, MAX_HEAD, MAX_HEAD - 1, 65_536, 4_000])
def test_the_limit_of_a_head_is_exact_however_it_arrives(name, interim, step):
    for size, expected in ((MAX_HEAD - 1, 204), (MAX_HEAD, 204), (MAX_HEAD + 1, REFUSAL)):
        data = head(size, interim)
        parts = [data[start : start + step] for start in range(0, size, step)]
        assert read_by(name, "POST", parts)[0] == expected, size


@pytest.mark.parametrize("name", NAMES)
def test_endless_interim_responses_are_refused(name):
    parser = make_parser(name)()
    parser.begin("GET")

    def flood():
        for _ in range(10_000):
            parser.receive(b"HTTP/1.1 102 Processing\r\n\r\n")
            assert parser.head is None

    with pytest.raises(httpx.RemoteProtocolError, match="too long"):
        flood()


CHUNKS = st.lists(st.integers(0, 400), max_size=6)


def cut(data, cuts):
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@given(st.sampled_from(CASES), CHUNKS)
def test_the_way_a_response_arrives_changes_nothing(case, cuts):
    for name in NAMES:
        whole = read_by(name, case.method, [case.data])
        assert read_by(name, case.method, cut(case.data, cuts))[:2] == whole[:2]


PIECES = [b"", b"\r", b"\n", b"\r\n", b" ", b"\t", b":", b"0", b"1", b"5", b";", b"\0", b"x"]
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.integers(0, 3),
        st.sampled_from(PIECES)
        | st.binary(max_size=3)
        | st.sampled_from(CASES).map(lambda case: case.data[:40]),
    ),
    min_size=1,
    max_size=4,
)


@given(st.sampled_from(CASES), CHANGES, CHUNKS)
def test_changed_responses_are_read_alike_or_refused(case, changes, cuts):
    """Bytes are removed, inserted and replaced anywhere: still nobody reads another body."""
    data = case.data
    for place, removed, inserted in changes:
        start = place % (len(data) + 1)
        data = data[:start] + inserted + data[start + removed :]
    results = {read_by(name, case.method, cut(data, cuts))[:2] for name in NAMES}
    results |= {read_by_referee(case.method, data)}
    bodies = {}
    for status, body in results - {(REFUSAL, b"")}:
        assert bodies.setdefault(status, body) == body
