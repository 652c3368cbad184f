"""The parsers over h11 and httptools read the same responses, however they arrive."""

import itertools

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transport_kinds import make_parser

from sunco_async.transports._parser import MAX_HEAD

pytest.importorskip("httptools")
NAMES = ("h11", "httptools")
H11, HTTPTOOLS = map(make_parser, NAMES)

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


def begun(parser, method="POST"):
    """Return a parser that waits for the response to a request."""
    made = parser()
    made.begin(method)
    return made


def pieces(data, cuts):
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def read(parser, parts, *, hangs_up=False):
    """Return the head, the body and whether the response is complete."""
    body = b""
    for part in parts:
        parser.receive(part)
        body += parser.take_body()
    if hangs_up:
        parser.receive_end()
    return parser.head, body, parser.complete


CUTS = st.lists(st.integers(0, 500), max_size=8)


@given(st.sampled_from(ANSWERS), CUTS, st.sampled_from(["POST", "GET"]))
def test_answers_are_read_alike(answer, cuts, method):
    results = []
    for kind in (H11, HTTPTOOLS):
        parser = begun(kind, method)
        results.append((read(parser, pieces(answer, cuts)), parser.reusable))
    assert results[0] == results[1]
    (head, body, ended), reusable = results[0]
    assert ended
    assert head.length in (None, len(body))
    assert reusable is not (b"close" in answer or b"HTTP/1.0" in answer)


@given(st.lists(st.sampled_from(ANSWERS[:2] + ANSWERS[4:]), min_size=2, max_size=4), CUTS)
def test_one_exchange_after_another(answers, cuts):
    for kind in (H11, HTTPTOOLS):
        parser = begun(kind)
        for answer in answers:
            head, _, ended = read(parser, pieces(answer, cuts))
            assert ended
            assert str(head.status_code).encode() in answer
            assert parser.reusable
            parser.begin("POST")


@given(st.sampled_from(TO_THE_END), CUTS)
def test_a_body_without_a_length_ends_with_the_connection(answer, cuts):
    for kind in (H11, HTTPTOOLS):
        parser = begun(kind)
        head, body, ended = read(parser, pieces(answer, cuts), hangs_up=True)
        assert (head.length, body, ended) == (None, answer.partition(b"\r\n\r\n")[2], True)
        assert not parser.reusable


@pytest.mark.parametrize("kind", [H11, HTTPTOOLS], ids=NAMES)
def test_an_answer_to_head_has_no_body(kind):
    parser = begun(kind, "HEAD")
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    assert read(parser, [answer])[1:] == (b"", True)


@given(st.sampled_from(BROKEN), CUTS)
def test_what_is_no_answer_is_an_error(answer, cuts):
    for kind in (H11, HTTPTOOLS):
        with pytest.raises(httpx.RemoteProtocolError):
            read(begun(kind), pieces(answer, cuts))


@given(st.sampled_from(ANSWERS), st.integers(0, 500))
def test_half_an_answer_is_never_complete(answer, cut):
    half = answer[: cut % len(answer)]
    for kind in (H11, HTTPTOOLS):
        parser = begun(kind)
        assert not read(parser, [half] if half else [], hangs_up=True)[2]
        assert not parser.reusable


@given(
    st.sampled_from(ANSWERS), st.sampled_from([b"x", b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n\r\nHTTP/"])
)
def test_what_nobody_asked_for_ends_the_connection(answer, surplus):
    for kind in (H11, HTTPTOOLS):
        parser = begun(kind)
        assert read(parser, [answer + surplus])[2]
        assert not parser.reusable
