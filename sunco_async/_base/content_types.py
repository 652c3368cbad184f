"""The content type of a file by its name.

`mimetypes` reads the system's files, and slim container images have none: there it knows neither
`.webp` nor `.ogg` nor `.docx`, and a picture or a voice note would arrive as a plain file. So the
types that Zendesk messaging accepts, and a few that its channels send, are listed here and looked
up first.
"""

import mimetypes
import re
from pathlib import PurePath
from typing import Final

__all__ = ["DEFAULT_CONTENT_TYPE", "check_content_type", "guess_content_type", "is_content_type"]

DEFAULT_CONTENT_TYPE: Final = "application/octet-stream"

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument"

_TYPES: Final[dict[str, str]] = {
    # Images.
    ".apng": "image/apng",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".ico": "image/vnd.microsoft.icon",
    ".jfif": "image/jpeg",
    ".jpe": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    # Audio. WhatsApp's voice notes are .ogg, iMessage's .caf, those of Android often .amr or .m4a.
    ".aac": "audio/aac",
    ".aif": "audio/aiff",
    ".aiff": "audio/aiff",
    ".amr": "audio/amr",
    ".caf": "audio/x-caf",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mid": "audio/midi",
    ".midi": "audio/midi",
    ".mp3": "audio/mpeg",
    ".mp4a": "audio/mp4",
    ".mpga": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".wma": "audio/x-ms-wma",
    # Video.
    ".3g2": "video/3gpp2",
    ".3gp": "video/3gpp",
    ".3gpp": "video/3gpp",
    ".avi": "video/x-msvideo",
    ".flv": "video/x-flv",
    ".m4v": "video/mp4",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".mpeg": "video/mpeg",
    ".mpg": "video/mpeg",
    ".ogv": "video/ogg",
    ".qt": "video/quicktime",
    ".webm": "video/webm",
    ".wmv": "video/x-ms-wmv",
    # Documents.
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".eml": "message/rfc822",
    ".epub": "application/epub+zip",
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".key": "application/vnd.apple.keynote",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".msg": "application/vnd.ms-outlook",
    ".numbers": "application/vnd.apple.numbers",
    ".odp": f"{_OPEN_DOCUMENT}.presentation",
    ".ods": f"{_OPEN_DOCUMENT}.spreadsheet",
    ".odt": f"{_OPEN_DOCUMENT}.text",
    ".pages": "application/vnd.apple.pages",
    ".pdf": "application/pdf",
    ".pps": "application/vnd.ms-powerpoint",
    ".ppsx": f"{_OFFICE}.presentationml.slideshow",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".rtf": "application/rtf",
    ".txt": "text/plain",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    # Contacts, calendars, passes, 3D models.
    ".ics": "text/calendar",
    ".pkpass": "application/vnd.apple.pkpass",
    ".usdz": "model/vnd.usdz+zip",
    ".vcard": "text/vcard",
    ".vcf": "text/vcard",
    # Archives.
    ".7z": "application/x-7z-compressed",
    ".bz2": "application/x-bzip2",
    ".gz": "application/gzip",
    ".rar": "application/vnd.rar",
    ".tar": "application/x-tar",
    ".tgz": "application/gzip",
    ".xz": "application/x-xz",
    ".zip": "application/zip",
    ".zst": "application/zstd",
}

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_CONTENT_TYPE = re.compile(
    rf"{_WORD}/{_WORD}(?:[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|\"[ !#-\[\]-~]*\"))*"
)


def guess_content_type(filename: str) -> str:
    """Return the content type for the last suffix of a file name, in any case."""
    suffix = PurePath(filename.strip()).suffix.lower()
    if suffix in _TYPES:
        return _TYPES[suffix]
    # Only the suffix: `mimetypes` would read a name such as "data:,x" as a URL.
    kind, encoding = mimetypes.guess_type(f"file{suffix}")
    return kind if kind and encoding is None else DEFAULT_CONTENT_TYPE


def is_content_type(value: object) -> bool:
    """Whether a value has the form of a content type: `type/subtype`, perhaps with parameters."""
    return isinstance(value, str) and _CONTENT_TYPE.fullmatch(value) is not None


def check_content_type(value: str) -> None:
    """Refuse a content type that would break the header it is put into.

    Raises:
        TypeError: It is not a str.
        ValueError: It has not the form `type/subtype`.
    """
    if not isinstance(value, str):
        raise TypeError(f"content_type must be a str, not {type(value).__name__}")
    if not is_content_type(value):
        raise ValueError(f"content_type must be like 'image/png', not {value[:100]!r}")
