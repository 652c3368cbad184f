"""h11 and httptools write the same requests and read the same answers, however they arrive."""

import itertools

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from transport_kinds import make_engine

from sunco_async.transports._engine import MAX_HEAD, Head

pytest.importorskip("httptools")
NAMES = ("h11", "httptools")
H11, HTTPTOOLS = map(make_engine, NAMES)

ANSWERS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Two: a\r\nx-two:  b \r\n\r\nhello",
    b"HTTP/1.1 201 Created here\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
    b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    b"HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n10;x=y\r\n0123456789abcdef\r\n0\r\nX-Behind: it\r\n\r\n"
    ),
    (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
        b"HTTP/1.1 500 Oh\r\nContent-Length: 1\r\n\r\n!"
    ),
]
TO_THE_END = [b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nuntil it ends", b"HTTP/1.0 404 Not Found\r\n\r\n"]
BROKEN = [
    b"hello\r\n\r\n",
    b"HTTP/1.1 abc OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\nBad name: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"x" * MAX_HEAD * 2,
    b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * MAX_HEAD,
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
]


def request(method="POST", url="http://h/a?b=c", content=b"{}", headers=None):
    return httpx.Request(method, url, content=content, headers=headers)


def asked(engine, method="POST"):
    """Return an engine that has sent a request."""
    made = engine()
    content = b"" if method in ("GET", "HEAD") else b"{}"
    made.begin(request(method, content=content))
    made.piece(content)
    made.end()
    return made


def pieces(data, cuts):
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def read(engine, parts, *, hangs_up=False):
    """Return the head, the body and whether it came to its end."""
    head, body, ended = None, b"", False
    for part in [*parts, *([b""] if hangs_up else [])]:
        engine.receive(part)
        while not ended and engine.has_event():
            event = engine.next_event()
            if isinstance(event, Head):
                head = event
            elif event is None:
                ended = True
            else:
                body += event
    return head, body, ended


CUTS = st.lists(st.integers(0, 500), max_size=8)


@given(st.sampled_from(ANSWERS), CUTS, st.sampled_from(["POST", "GET"]))
def test_answers_are_read_alike(answer, cuts, method):
    results = []
    for kind in (H11, HTTPTOOLS):
        engine = asked(kind, method)
        results.append((read(engine, pieces(answer, cuts)), engine.next_cycle()))
    assert results[0] == results[1]
    (head, body, ended), reusable = results[0]
    assert ended
    assert head.length in (None, len(body))
    assert reusable is not (b"close" in answer or b"HTTP/1.0" in answer)


@given(st.lists(st.sampled_from(ANSWERS[:2] + ANSWERS[4:]), min_size=2, max_size=4), CUTS)
def test_one_exchange_after_another(answers, cuts):
    for kind in (H11, HTTPTOOLS):
        engine = asked(kind)
        for answer in answers:
            head, _, ended = read(engine, pieces(answer, cuts))
            assert ended
            assert str(head.status_code).encode() in answer
            assert engine.next_cycle()
            engine.begin(request())
            engine.piece(b"{}")
            engine.end()


@given(st.sampled_from(TO_THE_END), CUTS)
def test_a_body_without_a_length_ends_with_the_connection(answer, cuts):
    for kind in (H11, HTTPTOOLS):
        engine = asked(kind)
        head, body, ended = read(engine, pieces(answer, cuts), hangs_up=True)
        assert (head.length, body, ended) == (None, answer.partition(b"\r\n\r\n")[2], True)
        assert not engine.next_cycle()


@pytest.mark.parametrize("kind", [H11, HTTPTOOLS], ids=NAMES)
def test_an_answer_to_head_has_no_body(kind):
    engine = asked(kind, "HEAD")
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    assert read(engine, [answer])[1:] == (b"", True)


@given(st.sampled_from(BROKEN), CUTS)
def test_what_is_no_answer_is_an_error(answer, cuts):
    for kind in (H11, HTTPTOOLS):
        with pytest.raises(httpx.RemoteProtocolError):
            read(asked(kind), pieces(answer, cuts))


@given(st.sampled_from(ANSWERS), st.integers(0, 500))
def test_half_an_answer_is_an_error(answer, cut):
    half = answer[: cut % len(answer)]
    for kind in (H11, HTTPTOOLS):
        with pytest.raises(httpx.RemoteProtocolError):
            read(asked(kind), [half] if half else [], hangs_up=True)


@given(
    st.sampled_from(ANSWERS), st.sampled_from([b"x", b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n\r\nHTTP/"])
)
def test_what_nobody_asked_for_ends_the_connection(answer, surplus):
    for kind in (H11, HTTPTOOLS):
        engine = asked(kind)
        assert read(engine, [answer + surplus])[2]
        assert not engine.next_cycle()


TEXT = st.text(st.characters(codec="ascii", exclude_characters=","), max_size=6)


@given(
    st.sampled_from(["GET", "POST", "PATCH", "DELETE", "G ET", "PO\nST"]),
    st.sampled_from(["http://h/", "http://h/a%20b?page[after]=%5B&x=%F0%9F%98%80"]),
    st.lists(st.tuples(st.just("X-") | TEXT.map("x-".__add__), TEXT), max_size=3),
    st.sampled_from([b"", b"{}", b"x" * 70_000]),
)
@example("POST", "http://h/", [("x-a", "b\r\nc: d")], b"")
@example("POST", "http://h/", [("x-a\r\nb", "c")], b"")
@example("POST", "http://h/", [("x-a", "b\0")], b"")
def test_requests_are_written_alike_or_refused(method, url, headers, body):
    written, refusals = [], []
    for kind in (H11, HTTPTOOLS):
        engine = kind()
        try:
            made = request(method, url, body, headers)
            written.append(engine.begin(made) + engine.piece(body) + engine.end())
        except httpx.LocalProtocolError as error:
            written.append(b"")
            refusals.append(str(error))
    assert not any(len(value) > 1 and value in text for _, value in headers for text in refusals)
    # h11 is the stricter one: it also refuses what no server takes for a break of a line.
    assert written[0] in (written[1], b"")
    if any(set(name + value) & set("\r\n\0") for name, value in headers):
        assert written == [b"", b""]


@pytest.mark.parametrize("kind", [H11, HTTPTOOLS], ids=NAMES)
@pytest.mark.parametrize(
    ("headers", "parts", "expected"),
    [
        ({"Content-Length": "4"}, [b"ab", b"cd"], b"abcd"),
        ({"Content-Length": "4"}, [b"ab"], None),
        ({"Content-Length": "4"}, [b"abc", b"de"], None),
        ({"Content-Length": "four"}, [b"abcd"], None),
        ({}, [b"a"], None),
        ({}, [], b""),
        (
            {"Transfer-Encoding": "chunked"},
            [b"ab", b"", b"c" * 17],
            b"2\r\nab\r\n11\r\n%b\r\n0\r\n\r\n",
        ),
        ({"Transfer-Encoding": "chunked"}, [], b"0\r\n\r\n"),
    ],
)
def test_a_body_is_framed_as_its_headers_say(kind, headers, parts, expected):
    engine = kind()
    made = httpx.Request("POST", "http://h/", headers=headers)
    if not headers:
        del made.headers["Content-Length"]

    def write():
        engine.begin(made)
        return b"".join(map(engine.piece, parts)) + engine.end()

    if expected is None:
        with pytest.raises(httpx.LocalProtocolError):
            write()
    else:
        assert write() == (expected % (b"c" * 17) if b"%b" in expected else expected)
