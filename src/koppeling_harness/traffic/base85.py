"""Base85 in its three alphabets, which is undone for whole tokens only."""

import base64
from collections.abc import Iterator, Mapping, Sequence


def base85_forms(text: str) -> tuple[str, ...]:
    """Return a text in the three alphabets of base85, which are undone for a whole token only."""
    data = text.encode("utf-8", "surrogatepass")
    usual = base64.b85encode(data)
    return (
        usual.decode(),
        base64.a85encode(data).decode(),
        usual.translate(bytes.maketrans(_B85, _Z85)).decode(),
    )


_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_B85_DIGITS = {char: at for at, char in enumerate(_B85.decode())}
_Z85_DIGITS = {char: at for at, char in enumerate(_Z85.decode())}
_A85_DIGITS = {chr(33 + at): at for at in range(85)}
# every token begins alike, so that it is seen where one was packed
_TOKEN_BEGINS = "<token><version>1</version><data>"[:32]
_TOKEN_LENGTH = 138
_BASE85 = tuple(
    zip(base85_forms(_TOKEN_BEGINS), (_B85_DIGITS, _A85_DIGITS, _Z85_DIGITS), strict=True)
)


def packed_tokens(text: str) -> Iterator[tuple[Sequence[int], bytes]]:
    """Yield what tokens in base85 say, and where the characters stand that say it."""
    for begin, digits in _BASE85:
        at = text.find(begin)
        while at >= 0:
            inked = [place for place in range(at, len(text)) if not text[place].isspace()]
            places = inked[: _TOKEN_LENGTH + 5]
            yield places, _said(text, places, digits)
            at = text.find(begin, at + 1)


def _said(text: str, places: Sequence[int], digits: Mapping[str, int]) -> bytes:
    data = bytearray()
    for first in range(0, len(places) - 4, 5):
        number = 0
        for place in places[first : first + 5]:
            number = number * 85 + digits.get(text[place], 0)
        data += (number & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(data)
