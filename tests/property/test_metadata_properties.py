"""Metadata is refused when its JSON is over 4,096 bytes, and never before."""

from hypothesis import given
from hypothesis import strategies as st

from sunco_async.errors import RequestTooLarge
from sunco_async.models._codec import encode
from sunco_async.resources._base import check_metadata

LETTERS = st.sampled_from(["a", '"', "\n", "\x1f", "é", "€", "😀"])
KEYS = st.text(LETTERS, max_size=8)
NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(10**20), 10**20)
    # Python's own limit for writing an integer is 4,300 digits.
    | st.builds(
        lambda digits, sign: sign * 10**digits, st.integers(0, 4200), st.sampled_from([1, -1])
    )
)
LONG = st.builds(lambda letter, times: letter * times, LETTERS, st.integers(0, 4200))


def refused_when_too_long(metadata):
    fits = len(encode(metadata)) <= 4096
    try:
        check_metadata(metadata)
    except RequestTooLarge:
        return not fits
    return fits


@given(st.dictionaries(KEYS, LONG | NUMBERS | st.booleans() | st.none(), max_size=4))
def test_refused_exactly_when_too_long(metadata):
    assert refused_when_too_long(metadata)


@given(KEYS, st.integers(4000, 4096) | st.integers(660, 690), LETTERS)
def test_so_too_at_the_limit(key, times, letter):
    assert refused_when_too_long({key: letter * times})
