"""The content type of an upload: by a table of our own, whatever the system knows."""

import mimetypes
import subprocess
import sys

import pytest
from fakes import client, ok, server
from hypothesis import given
from hypothesis import strategies as st

from sunco_async._base.content_types import _TYPES, guess_content_type, is_content_type
from sunco_async._base.upload import Upload

# What Zendesk messaging accepts, by its help centre, but for a few of which nobody knows a type.
ACCEPTED = [
    "3g2",
    "3gp",
    "7z",
    "aac",
    "amr",
    "avi",
    "bmp",
    "caf",
    "csv",
    "doc",
    "docx",
    "eml",
    "gif",
    "heic",
    "heif",
    "ics",
    "jfif",
    "jpeg",
    "jpg",
    "key",
    "log",
    "m4a",
    "m4v",
    "mov",
    "mp3",
    "mp4",
    "mp4a",
    "mpeg",
    "mpg",
    "mpga",
    "numbers",
    "odt",
    "oga",
    "ogg",
    "ogv",
    "opus",
    "pages",
    "pdf",
    "pkpass",
    "png",
    "pps",
    "ppsx",
    "ppt",
    "pptx",
    "qt",
    "svg",
    "tif",
    "tiff",
    "txt",
    "usdz",
    "vcf",
    "wav",
    "webm",
    "webp",
    "wmv",
    "xls",
    "xlsx",
    "xml",
    "yaml",
    "yml",
    "zip",
]
UPLOADED = ok({"attachment": {"mediaUrl": "https://example.org/a"}}, 201)


@pytest.fixture
def no_system_types():
    """What `mimetypes` knows in a container without a mime.types file, and less than that."""
    empty = mimetypes.MimeTypes()
    for table in (*empty.types_map, *empty.types_map_inv):
        table.clear()
    kept = mimetypes._db
    mimetypes._db = empty
    yield
    mimetypes._db = kept


async def type_of(filename, content_type=None):
    upload = await Upload.of(b"x", filename=filename, content_type=content_type)
    [line] = [line for line in upload._head.decode().split("\r\n") if line.startswith("Content-Ty")]
    return line.removeprefix("Content-Type: ")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.webp", "image/webp"),
        ("a.heic", "image/heic"),
        ("a.jfif", "image/jpeg"),
        ("a.ogg", "audio/ogg"),
        ("a.opus", "audio/ogg"),
        ("a.m4a", "audio/mp4"),
        ("a.amr", "audio/amr"),
        ("a.caf", "audio/x-caf"),
        ("a.3gp", "video/3gpp"),
        ("a.mov", "video/quicktime"),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("a.vcf", "text/vcard"),
        ("a.ics", "text/calendar"),
        ("a.zip", "application/zip"),
        ("PHOTO.WEBP", "image/webp"),
        ("Voice Note.OgG", "audio/ogg"),
        ("photo.png.webp", "image/webp"),
        ("report.docx.pdf", "application/pdf"),
        ("backup.tar.gz", "application/gzip"),
        ("backup.csv.zip", "application/zip"),
        ("photo.webp ", "image/webp"),
        (
            "döcument.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("photo", "application/octet-stream"),
        ("", "application/octet-stream"),
        (".webp", "application/octet-stream"),
        ("photo.", "application/octet-stream"),
        ("photo.unheard-of", "application/octet-stream"),
        ("data:,x", "application/octet-stream"),
        ("https://example.org/x", "application/octet-stream"),
    ],
)
def test_a_type_does_not_depend_on_the_system(no_system_types, name, kind):
    assert guess_content_type(name) == kind


@pytest.mark.parametrize("suffix", ACCEPTED)
def test_what_messaging_accepts_is_known(no_system_types, suffix):
    assert guess_content_type(f"a.{suffix}") != "application/octet-stream"
    assert guess_content_type(f"A.{suffix.upper()}") == guess_content_type(f"a.{suffix}")


def test_the_table_beats_what_the_system_says():
    mimetypes.add_type("image/x-wrong", ".webp")
    try:
        assert guess_content_type("a.webp") == "image/webp"
    finally:
        mimetypes.init()
    assert all(is_content_type(kind) for kind in _TYPES.values())
    assert all(suffix == suffix.lower() for suffix in _TYPES)


@pytest.mark.slow
def test_in_a_slim_container():
    script = (
        "import mimetypes; mimetypes.knownfiles.clear(); "
        "from sunco_async._base.content_types import guess_content_type as g; "
        "print(g('a.webp'), g('a.m4a'), g('a.amr'))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert run.stdout.split() == ["image/webp", "audio/mp4", "audio/amr"]


@pytest.mark.parametrize("name", ["a.gz", "a.tar.gz", "a.svgz", "a.Z", "a.br"])
def test_a_compressed_file_is_not_taken_for_what_is_in_it(name):
    assert guess_content_type(name) in {"application/gzip", "application/octet-stream"}


@pytest.mark.parametrize(
    "given",
    ["image/x-mine", "text/plain; charset=utf-8", 'text/plain;charset="utf-8"', "a/b ; c=d;e=f"],
)
async def test_a_content_type_that_is_given_wins(given):
    assert await type_of("photo.png", given) == given


@pytest.mark.parametrize(
    ("given", "failure"),
    [
        ("text/plain\r\nX-Injected: 1", ValueError),
        ("text/plain\n", ValueError),
        ("text/plain\r", ValueError),
        ("text/plain\0", ValueError),
        ("téxt/plain", ValueError),
        ("text/plain; charset=ü", ValueError),
        ("text", ValueError),
        ("text/", ValueError),
        ("/plain", ValueError),
        ("text/plain/x", ValueError),
        ("text /plain", ValueError),
        (" text/plain", ValueError),
        ("text/plain;", ValueError),
        ("text/plain; charset", ValueError),
        ('text/plain; a="', ValueError),
        (".png", ValueError),
        ("", ValueError),
        (b"image/png", TypeError),
        (7, TypeError),
    ],
)
async def test_a_content_type_that_cannot_be_sent_is_refused_before_sending(given, failure):
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        with pytest.raises(failure, match="content_type"):
            await sunco.attachments.upload(b"x", filename="a.png", content_type=given)
    assert scripted.count == 0


@given(st.text(max_size=30))
def test_whatever_the_name_the_type_can_be_sent(name):
    assert is_content_type(guess_content_type(name))


@pytest.mark.parametrize(
    ("filename", "failure"), [(b"a.png", TypeError), (7, TypeError), ("a\udc80.png", ValueError)]
)
async def test_a_filename_that_cannot_be_sent_is_refused_before_sending(filename, failure):
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        with pytest.raises(failure, match="filename"):
            await sunco.attachments.upload(b"x", filename=filename)
    assert scripted.count == 0


async def test_a_path_whose_name_is_not_utf8_is_sent_with_a_replacement(tmp_path):
    path = tmp_path / "caf\udce9.png"
    path.write_bytes(b"x")
    upload = await Upload.of(path, filename=None, content_type=None)
    assert 'filename="caf\ufffd.png"' in upload._head.decode()
    assert b"x" in b"".join([piece async for piece in upload])
