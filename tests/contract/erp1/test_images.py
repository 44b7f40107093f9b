"""An uploaded image comes back in the three sizes that AFAS documents."""

import base64
import io
import sys

import pytest

from contract.erp1.table import shows
from support.erp1 import Caller, caller, element

PIL_IMAGE = pytest.importorskip("PIL.Image")


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    PIL_IMAGE.new("RGB", (width, height), "teal").save(out, format="PNG")
    return out.getvalue()


def upload(client: Caller, content: bytes) -> str:
    """Add an article with an image; returns the image's id."""
    fields = {
        "ItCd": "IMG1", "Ds": "Met afbeelding", "Grp": "HARD", "BiUn": "STK", "VaRc": "1",
        "FileName": "a.png", "FileStream": base64.b64encode(content).decode(),
    }  # fmt: skip
    assert client.post("FbItemArticle", element("FbItemArticle", fields)).status == 201
    (row,) = client.where("Profit_Article_image", "ItemCodeId", "IMG1").rows
    assert row["Filename"] == "a.png"
    return row["Image"]


def fetch(client: Caller, id_: str, form: str) -> bytes:
    body = client.call("GET", f"/imageconnector/{id_}", format=form).json()
    assert body["mimetype"] == "image/png"
    return base64.b64decode(body["filedata"])


def size(content: bytes) -> tuple[int, int]:
    with PIL_IMAGE.open(io.BytesIO(content)) as image:
        return image.size


@shows("other.image")
def test_an_uploaded_image_fits_into_64_or_1000_pixels_and_keeps_its_proportions():
    client, content = caller(), picture(1200, 600)

    id_ = upload(client, content)

    assert fetch(client, id_, "0") == content
    assert size(fetch(client, id_, "1")) == (64, 32)
    assert size(fetch(client, id_, "2")) == (1000, 500)


def test_a_small_image_is_not_made_larger():
    client = caller()

    assert size(fetch(client, upload(client, picture(40, 20)), "2")) == (40, 20)


@pytest.mark.parametrize("content", [b"no image at all", picture(9, 9)[:40]])
def test_what_is_no_image_comes_back_as_it_was(content):
    client = caller()

    assert fetch(client, upload(client, content), "1") == content


def test_without_pillow_an_image_keeps_its_size(monkeypatch):
    client, content = caller(), picture(300, 300)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)

    assert fetch(client, upload(client, content), "1") == content
