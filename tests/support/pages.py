"""Reading a page as a person does."""

import re


def text_of(page: str) -> str:
    """Return what a reader sees, in both languages, on one line."""
    body = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    shown = " ".join(re.sub(r"<[^>]+>", " ", body).split())
    return shown.replace("&#39;", "'").replace("&#34;", '"')


def is_harmless(page: str) -> bool:
    """Return whether nothing of the hostile text became markup or kept its control characters."""
    return (
        page.count("<script>") == page.count("</script>") == 1
        and page.count("</style>") == 1
        and "<img" not in page
        and not re.search("[\u202a-\u202e\u2066-\u2069\ufeff\x00\x1b\x9b]", page)
    )
