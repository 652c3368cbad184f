"""Malformed and unusual responses, generated: every oddity in every framing.

A case is one oddity in one framing. `CASES` has them all, and `ONE_SIDED` says for which oddities
one engine refuses what the other one reads, and why that is right.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

__all__ = ["BODY", "CASES", "FRAMINGS", "ODDITIES", "ONE_SIDED", "REFUSED", "Case", "Response"]

BODY = b"hello world"


class Response(NamedTuple):
    """A response in parts, to be made odd."""

    status: bytes = b"HTTP/1.1 200 OK"
    headers: tuple[bytes, ...] = ()
    body: bytes = BODY
    before: bytes = b""
    after: bytes = b""
    method: str = "POST"
    line_end: bytes = b"\r\n"

    def to_bytes(self) -> bytes:
        lines = [self.status, *self.headers, b"", b""]
        return self.before + self.line_end.join(lines) + self.body + self.after

    def add(self, *headers: bytes) -> "Response":
        return self._replace(headers=(*self.headers, *headers))


class Case(NamedTuple):
    """A response, as the bytes that arrive before the server closes the connection."""

    oddity: str
    framing: str
    method: str
    data: bytes

    def __str__(self) -> str:
        return f"{self.oddity} - {self.framing}"


FRAMINGS = {
    "length": Response(headers=(b"Content-Length: 11",)),
    "chunks": Response(
        headers=(b"Transfer-Encoding: chunked",), body=b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    ),
    "to the end": Response(),
    "close": Response(headers=(b"Content-Length: 11", b"Connection: close")),
    "1.0": Response(status=b"HTTP/1.0 200 OK", headers=(b"Content-Length: 11",)),
    "1.0 keep-alive": Response(
        status=b"HTTP/1.0 200 OK", headers=(b"Content-Length: 11", b"Connection: keep-alive")
    ),
}

Oddity = Callable[[Response], Response | None]


def _with(*headers: bytes) -> Oddity:
    return lambda response: response.add(*headers)


def _status(line: bytes, body: bytes | None = None) -> Oddity:
    def change(response: Response) -> Response:
        made = response._replace(status=line)
        return made if body is None else made._replace(body=body)

    return change


def _before(data: bytes) -> Oddity:
    return lambda response: response._replace(before=data)


def _after(data: bytes) -> Oddity:
    return lambda response: response._replace(after=data)


def _length(*values: bytes) -> Oddity:
    """Replace the framing by these Content-Length headers."""
    return lambda response: (
        response._replace(headers=tuple(b"Content-Length: " + value for value in values), body=BODY)
        if response is FRAMINGS["length"]
        else None
    )


def _encoding(*values: bytes) -> Oddity:
    """Replace the framing by these Transfer-Encoding headers."""
    return lambda response: (
        response._replace(headers=tuple(b"Transfer-Encoding: " + value for value in values))
        if response is FRAMINGS["chunks"]
        else None
    )


def _chunks(body: bytes) -> Oddity:
    return lambda response: response._replace(body=body) if response is FRAMINGS["chunks"] else None


def _head(name: bytes) -> bytes:
    return b"HTTP/1.1 " + name + b"\r\n\r\n"


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"
ODDITIES: dict[str, Oddity] = {
    "plain": lambda response: response,
    "length and chunked": lambda response: (
        None
        if response is FRAMINGS["to the end"]
        else response.add(
            b"Content-Length: 3"
            if response is FRAMINGS["chunks"]
            else b"Transfer-Encoding: chunked"
        )
    ),
    "chunked and length": lambda response: response._replace(
        headers=(b"Transfer-Encoding: chunked", b"Content-Length: 15"),
        body=b"5\r\nhello\r\n0\r\n\r\n",
    ),
    "two lengths": _length(b"11", b"5"),
    "one length twice": _length(b"11", b"11"),
    "lengths in a list": _length(b"11, 11"),
    "different lengths in a list": _length(b"11, 5"),
    "signed length": _length(b"+11"),
    "negative length": _length(b"-1"),
    "hexadecimal length": _length(b"0xb"),
    "length with a digit group": _length(b"1_1"),
    "length with a fraction": _length(b"11.0"),
    "length with zeros in front": _length(b"0000000011"),
    "length of 20 digits": _length(b"00000000000000000011"),
    "length of 30 digits": _length(b"0" * 28 + b"11"),
    "huge length": _length(b"99999999999999999999"),
    "length in Arabic digits": _length(b"\xd9\xa1\xd9\xa1"),
    "empty length": _length(b""),
    "length with blanks": _length(b"  11\t "),
    "length with a blank inside": _length(b"1 1"),
    "length folded": _length(b"\r\n 11"),
    "length split by a fold": _length(b"1\r\n 1"),
    "blank before the length's colon": lambda response: (
        response._replace(headers=(b"Content-Length : 5",))
        if response is FRAMINGS["length"]
        else None
    ),
    "encoding in capitals": _encoding(b"CHUNKED"),
    "encoding gzip, chunked": _encoding(b"gzip, chunked"),
    "encoding chunked, gzip": _encoding(b"chunked, gzip"),
    "encoding chunked, chunked": _encoding(b"chunked, chunked"),
    "two encodings chunked": _encoding(b"chunked", b"chunked"),
    "two encodings, gzip first": _encoding(b"gzip", b"chunked"),
    "two encodings, identity last": _encoding(b"chunked", b"identity"),
    "encoding identity": _encoding(b"identity"),
    "encoding xchunked": _encoding(b"xchunked"),
    "encoding chunkedx": _encoding(b"chunkedx"),
    "encoding quoted": _encoding(b'"chunked"'),
    "encoding with a parameter": _encoding(b"chunked;q=1"),
    "encoding with a tab in front": _encoding(b"\tchunked"),
    "encoding with a vertical tab": _encoding(b"\x0bchunked"),
    "encoding folded": _encoding(b"\r\n chunked"),
    "encoding empty": _encoding(b""),
    "blank before the encoding's colon": lambda response: (
        response._replace(headers=(b"Transfer-Encoding : chunked",))
        if response is FRAMINGS["chunks"]
        else None
    ),
    "interim 100": _before(_head(b"100 Continue")),
    "interim 100 without a reason": _before(_head(b"100")),
    "interim 102": _before(_head(b"102 Processing")),
    "interim 103 with headers": _before(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    "interim 150": _before(_head(b"150 What")),
    "interim 199": _before(_head(b"199 What")),
    "two interims": _before(_head(b"100 Continue") + _head(b"103 Early Hints")),
    "ten interims": _before(_head(b"102 Processing") * 10),
    "interim 100 and close": _before(b"HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n"),
    "interim 103 and close": _before(b"HTTP/1.1 103 Hints\r\nConnection: close\r\n\r\n"),
    "interim 100 of HTTP/1.0": _before(b"HTTP/1.0 100 Continue\r\n\r\n"),
    "interim 100 with a length": _before(
        b"HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\nhello"
    ),
    "interim 100 with a length, no body": _before(
        b"HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"
    ),
    "interim 100 with length 0": _before(b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n"),
    "interim 150 with a length": _before(b"HTTP/1.1 150 X\r\nContent-Length: 42\r\n\r\n" + OK[:42]),
    "interim 100, chunked": _before(
        b"HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "interim 150, chunked": _before(
        b"HTTP/1.1 150 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "interim 101": _before(_head(b"101 Switching Protocols")),
    "interim 101 with an upgrade": _before(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
    ),
    "empty line after an interim": _before(_head(b"100 Continue") + b"\r\n"),
    "an upgrade offered": _with(b"Upgrade: h2c", b"Connection: upgrade"),
    "surplus response": _after(OK),
    "surplus 101": _after(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
    ),
    "surplus 101 without an upgrade": _after(_head(b"101 Switching Protocols")),
    "surplus interim": _after(_head(b"100 Continue")),
    "surplus interim, then a response": _after(_head(b"100 Continue") + OK),
    "surplus line break": _after(b"\r\n"),
    "surplus line feed": _after(b"\n"),
    "surplus text": _after(b"something else"),
    "surplus NUL": _after(b"\0"),
    "surplus half response": _after(OK[:20]),
    "surplus ambiguous response": _after(
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: gzip\r\n\r\nabc"
    ),
    "status 099": _status(b"HTTP/1.1 099 Low"),
    "status 000": _status(b"HTTP/1.1 000 None"),
    "status 204 with a body": _status(b"HTTP/1.1 204 No Content"),
    "status 304 with a body": _status(b"HTTP/1.1 304 Not Modified"),
    "status 205": _status(b"HTTP/1.1 205 Reset Content"),
    "status 299": _status(b"HTTP/1.1 299 What"),
    "status 413": _status(b"HTTP/1.1 413 Payload Too Large"),
    "status 599": _status(b"HTTP/1.1 599 What"),
    "status 999": _status(b"HTTP/1.1 999 What"),
    "status of two digits": _status(b"HTTP/1.1 20 OK"),
    "status of four digits": _status(b"HTTP/1.1 2000 OK"),
    "status in words": _status(b"HTTP/1.1 OK OK"),
    "status negative": _status(b"HTTP/1.1 -20 OK"),
    "no reason": _status(b"HTTP/1.1 200"),
    "no reason, one blank": _status(b"HTTP/1.1 200 "),
    "two blanks before the status": _status(b"HTTP/1.1  200 OK"),
    "two blanks before the reason": _status(b"HTTP/1.1 200  OK"),
    "tab before the status": _status(b"HTTP/1.1\t200 OK"),
    "reason of two words": _status(b"HTTP/1.1 200 All is well"),
    "reason in UTF-8": _status("HTTP/1.1 200 Größe".encode()),
    "NUL in the reason": _status(b"HTTP/1.1 200 O\0K"),
    "carriage return in the reason": _status(b"HTTP/1.1 200 O\rK"),
    "no status line": _status(b"X-First: 1"),
    "version 0.9": _status(b"HTTP/0.9 200 OK"),
    "version 1.2": _status(b"HTTP/1.2 200 OK"),
    "version 1.10": _status(b"HTTP/1.10 200 OK"),
    "version 2.0": _status(b"HTTP/2.0 200 OK"),
    "version 2": _status(b"HTTP/2 200 OK"),
    "version 3.7": _status(b"HTTP/3.7 200 OK"),
    "version in small letters": _status(b"http/1.1 200 OK"),
    "another protocol": _status(b"RTSP/1.0 200 OK"),
    "ICY": _status(b"ICY 200 OK"),
    "line break in front": _before(b"\r\n"),
    "line feed in front": _before(b"\n"),
    "blank in front": _before(b" "),
    "text in front": _before(b"hello\r\n"),
    "byte order mark in front": _before(b"\xef\xbb\xbf"),
    "bare line feeds": lambda response: response._replace(line_end=b"\n"),
    "bare carriage returns": lambda response: response._replace(line_end=b"\r"),
    "doubled carriage returns": lambda response: response._replace(line_end=b"\r\r\n"),
    "a bare line feed after a header": _with(b"X-A: 1\nX-B: 2"),
    "a bare line feed before a length": lambda response: (
        response.add(b"X-A: 1\nContent-Length: 5") if response is FRAMINGS["to the end"] else None
    ),
    "a bare carriage return in a value": _with(b"X-A: 1\rX-B: 2"),
    "a folded header": _with(b"X-A: 1\r\n 2"),
    "a header folded with a tab": _with(b"X-A: 1\r\n\t2"),
    "a header folded in front": lambda response: response._replace(
        headers=(b" folded: 1", *response.headers)
    ),
    "a blank before the colon": _with(b"X-A : 1"),
    "a tab before the colon": _with(b"X-A\t: 1"),
    "a header without a colon": _with(b"X-A"),
    "a header without a name": _with(b": 1"),
    "a header without a value": _with(b"X-A:"),
    "a header without a blank": _with(b"X-A:1"),
    "NUL in a name": _with(b"X-\0A: 1"),
    "NUL in a value": _with(b"X-A: 1\0" + b"2"),
    "DEL in a value": _with(b"X-A: 1\x7f2"),
    "a bell in a value": _with(b"X-A: 1\x07" + b"2"),
    "obs-text in a value": _with(b"X-A: \xe4\xff"),
    "obs-text in a name": _with(b"X-\xe4: 1"),
    "a bracket in a name": _with(b"X-(A): 1"),
    "a slash in a name": _with(b"X/A: 1"),
    "a hundred headers": _with(*(b"X-%d: y" % number for number in range(100))),
    "connection close, keep-alive": _with(b"Connection: close, keep-alive"),
    "connection keep-alive": _with(b"Connection: keep-alive"),
    "connection junk": _with(b"Connection: ,;junk"),
    "content-encoding": _with(b"Content-Encoding: identity"),
    "HEAD": lambda response: response._replace(method="HEAD", body=b""),
    "HEAD with a body": lambda response: response._replace(method="HEAD"),
    "chunk extension": _chunks(b"5;a=b\r\nhello\r\n0\r\n\r\n"),
    "chunk extension without a value": _chunks(b"5;a\r\nhello\r\n0\r\n\r\n"),
    "chunk extension quoted": _chunks(b'5;a="b;c"\r\nhello\r\n0\r\n\r\n'),
    "chunk extension with a quoted break": _chunks(b'5;a="\r\nhello\r\n0\r\n\r\n'),
    "chunk extension with a line feed": _chunks(b"5;a\nhello\r\n0\r\n\r\n"),
    "chunk extension with a carriage return": _chunks(b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
    "chunk extension with blanks": _chunks(b"5 ; a = b\r\nhello\r\n0\r\n\r\n"),
    "chunk extension empty": _chunks(b"5;\r\nhello\r\n0\r\n\r\n"),
    "chunk extension with NUL": _chunks(b"5;a=\0\r\nhello\r\n0\r\n\r\n"),
    "chunk size in capitals": _chunks(b"B\r\nhello world\r\n0\r\n\r\n"),
    "chunk size with zeros": _chunks(b"0005\r\nhello\r\n0\r\n\r\n"),
    "chunk size with 20 digits": _chunks(b"0" * 19 + b"5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with 30 digits": _chunks(b"0" * 29 + b"5\r\nhello\r\n0\r\n\r\n"),
    "chunk size huge": _chunks(b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    "chunk size of 64 bits": _chunks(b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    "chunk size of 64 bits and more": _chunks(b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    "chunk size negative": _chunks(b"-5\r\nhello\r\n0\r\n\r\n"),
    "chunk size signed": _chunks(b"+5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with 0x": _chunks(b"0x5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with a digit group": _chunks(b"0_5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with a blank after it": _chunks(b"5 \r\nhello\r\n0\r\n\r\n"),
    "chunk size with a blank before it": _chunks(b" 5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with a tab after it": _chunks(b"5\t\r\nhello\r\n0\r\n\r\n"),
    "chunk size empty": _chunks(b"\r\nhello\r\n0\r\n\r\n"),
    "chunk size that is no number": _chunks(b"zz\r\nhello\r\n0\r\n\r\n"),
    "chunk size too small": _chunks(b"4\r\nhello\r\n0\r\n\r\n"),
    "chunk size too large": _chunks(b"6\r\nhello\r\n0\r\n\r\n"),
    "chunk with a line feed after the size": _chunks(b"5\nhello\r\n0\r\n\r\n"),
    "chunk with a line feed after the data": _chunks(b"5\r\nhello\n0\r\n\r\n"),
    "chunk with a carriage return after the data": _chunks(b"5\r\nhello\r0\r\n\r\n"),
    "chunk without an end of data": _chunks(b"5\r\nhello0\r\n\r\n"),
    "chunk with other bytes after the data": _chunks(b"5\r\nhelloXX0\r\n\r\n"),
    "chunk followed by an empty line": _chunks(b"5\r\nhello\r\n\r\n0\r\n\r\n"),
    "no last chunk": _chunks(b"5\r\nhello\r\n"),
    "last chunk of several zeros": _chunks(b"5\r\nhello\r\n000\r\n\r\n"),
    "last chunk with an extension": _chunks(b"5\r\nhello\r\n0;a=b\r\n\r\n"),
    "last chunk without an empty line": _chunks(b"5\r\nhello\r\n0\r\n"),
    "last chunk ended by a line feed": _chunks(b"5\r\nhello\r\n0\n\n"),
    "only the last chunk": _chunks(b"0\r\n\r\n"),
    "trailer": _chunks(b"5\r\nhello\r\n0\r\nX-A: 1\r\n\r\n"),
    "trailer with a length": _chunks(b"5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n"),
    "trailer with an encoding": _chunks(b"5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "trailer with a connection": _chunks(b"5\r\nhello\r\n0\r\nConnection: close\r\n\r\n"),
    "trailer folded": _chunks(b"5\r\nhello\r\n0\r\nX-A: 1\r\n 2\r\n\r\n"),
    "trailer without a colon": _chunks(b"5\r\nhello\r\n0\r\nX-A\r\n\r\n"),
    "trailer with bare line feeds": _chunks(b"5\r\nhello\r\n0\r\nX-A: 1\n\n"),
    "trailer with NUL": _chunks(b"5\r\nhello\r\n0\r\nX-A: \0\r\n\r\n"),
    "trailer, then a surplus": _chunks(b"5\r\nhello\r\n0\r\nX-A: 1\r\n\r\n" + OK),
    "body cut short": lambda response: (
        None if response is FRAMINGS["to the end"] else response._replace(body=response.body[:-3])
    ),
    "no body": lambda response: (
        None if response is FRAMINGS["to the end"] else response._replace(body=b"")
    ),
    "body with a response in it": lambda response: (
        response._replace(headers=(b"Content-Length: %d" % len(OK),), body=OK)
        if response is FRAMINGS["length"]
        else None
    ),
}


def _cases() -> Iterator[Case]:
    for oddity, change in ODDITIES.items():
        for framing, response in FRAMINGS.items():
            made = change(response)
            if made is not None:
                yield Case(oddity, framing, made.method, made.to_bytes())


CASES = list(_cases())

REFUSED = frozenset(
    {
        "length and chunked",
        "chunked and length",
        "two lengths",
        "different lengths in a list",
        "signed length",
        "negative length",
        "hexadecimal length",
        "length with a digit group",
        "length with a fraction",
        "huge length",
        "length in Arabic digits",
        "empty length",
        "length with a blank inside",
        "length split by a fold",
        "blank before the length's colon",
        "encoding gzip, chunked",
        "encoding chunked, gzip",
        "encoding chunked, chunked",
        "two encodings chunked",
        "two encodings, gzip first",
        "two encodings, identity last",
        "encoding identity",
        "encoding xchunked",
        "encoding chunkedx",
        "encoding quoted",
        "encoding with a parameter",
        "encoding with a vertical tab",
        "encoding empty",
        "blank before the encoding's colon",
        "interim 100 with a length",
        "interim 100 with a length, no body",
        "interim 150 with a length",
        "interim 100, chunked",
        "interim 150, chunked",
        "interim 101",
        "interim 101 with an upgrade",
        "status 099",
        "status 000",
        "status of two digits",
        "status of four digits",
        "status in words",
        "status negative",
        "two blanks before the status",
        "tab before the status",
        "carriage return in the reason",
        "no status line",
        "version 1.10",
        "version 2",
        "version in small letters",
        "ICY",
        "blank in front",
        "text in front",
        "byte order mark in front",
        "bare carriage returns",
        "doubled carriage returns",
        "a bare carriage return in a value",
        "a header folded in front",
        "a blank before the colon",
        "a tab before the colon",
        "a header without a colon",
        "a header without a name",
        "NUL in a name",
        "NUL in a value",
        "obs-text in a name",
        "a bracket in a name",
        "a slash in a name",
        "chunk extension with a line feed",
        "chunk extension with blanks",
        "chunk size huge",
        "chunk size of 64 bits",
        "chunk size of 64 bits and more",
        "chunk size negative",
        "chunk size signed",
        "chunk size with 0x",
        "chunk size with a digit group",
        "chunk size with a blank before it",
        "chunk size empty",
        "chunk size that is no number",
        "chunk size too small",
        "chunk size too large",
        "chunk with a line feed after the size",
        "chunk with a line feed after the data",
        "chunk with a carriage return after the data",
        "chunk without an end of data",
        "chunk with other bytes after the data",
        "chunk followed by an empty line",
        "no last chunk",
        "last chunk without an empty line",
        "last chunk ended by a line feed",
        "trailer without a colon",
        "trailer with NUL",
        "body cut short",
        "no body",
    }
)
"""The oddities that both engines refuse, in every framing."""

_SAME_LENGTH = "h11 takes several equal lengths for one; llhttp allows one length"
_FOLDED = "h11 unfolds a header, as HTTP/1.1 once allowed; llhttp refuses it"
_LINE_FEED = "h11 takes a bare line feed for the end of a line; llhttp wants a carriage return, too"
_CONTROL = "h11 passes most control characters in a value on; llhttp refuses them"
_DIGITS = "h11 reads at most 20 digits; llhttp reads any number of zeros in front"
_EXTENSION = "h11 skips a chunk extension unread; llhttp parses it"
_BLANK_LINES = "llhttp skips empty lines in front of a response; h11 does not"
_VERSION = "h11 reads any version of one digit each; llhttp knows 0.9, 1.0, 1.1 and 2.0"

ONE_SIDED: dict[str, tuple[str, str]] = {
    "one length twice": ("h11", _SAME_LENGTH),
    "lengths in a list": ("h11", _SAME_LENGTH),
    "length of 30 digits": ("httptools", _DIGITS),
    "length folded": ("h11", _FOLDED),
    "encoding folded": ("h11", _FOLDED),
    "empty line after an interim": ("httptools", _BLANK_LINES),
    "NUL in the reason": ("httptools", "llhttp does not check the reason, which is not used"),
    "version 1.2": ("h11", _VERSION),
    "version 3.7": ("h11", _VERSION),
    "another protocol": ("httptools", "llhttp reads the responses of RTSP, which look the same"),
    "line break in front": ("httptools", _BLANK_LINES),
    "line feed in front": ("httptools", _BLANK_LINES),
    "bare line feeds": ("h11", _LINE_FEED),
    "a bare line feed after a header": ("h11", _LINE_FEED),
    "a bare line feed before a length": ("h11", _LINE_FEED),
    "a folded header": ("h11", _FOLDED),
    "a header folded with a tab": ("h11", _FOLDED),
    "DEL in a value": ("h11", _CONTROL),
    "a bell in a value": ("h11", _CONTROL),
    "chunk extension with a quoted break": ("h11", _EXTENSION),
    "chunk extension with a carriage return": ("h11", _EXTENSION),
    "chunk extension empty": ("h11", _EXTENSION),
    "chunk extension with NUL": ("h11", _EXTENSION),
    "chunk size with 30 digits": ("httptools", _DIGITS),
    "chunk size with a blank after it": ("h11", "h11 allows blanks behind a chunk's size"),
    "chunk size with a tab after it": ("h11", "h11 allows blanks behind a chunk's size"),
    "trailer with a length": ("h11", "h11 ignores what a trailer says; llhttp refuses a length"),
    "trailer folded": ("h11", _FOLDED),
    "trailer with bare line feeds": ("h11", _LINE_FEED),
}
"""The oddities that one engine reads and the other one refuses: which one reads it, and why."""
