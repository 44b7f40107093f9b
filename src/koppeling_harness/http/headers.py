"""Headers as they stand on the wire, and what they say."""

RawHeaders = list[tuple[bytes, bytes]]


def header_of(headers: RawHeaders, name: bytes) -> str:
    """Return the value of the first header of a name; empty when there is none.

    Args:
        headers: As they stood on the wire, in any case.
        name: In lower case.
    """
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")


def charset_of(content_type: str) -> str:
    """Return the charset in a `Content-Type`, in lower case; empty when it names none."""
    _, _, charset = content_type.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'")
