"""Pictures of rewards: what is taken is what their bytes say, and whoever has the address sees them."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Drawn

from puntal.access.model import OrganizationId, Permission
from puntal.access.operations import keys
from puntal.entrypoints.server import create_app
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.kit.settings import Settings
from puntal.rewards.errors_images import ImageTooLarge, ImageUnreadable
from puntal.rewards.operations import images
from puntal.rewards.policy.images import MOST_BYTES, MOST_SIDE, recognise

DRAWING = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def a_picture(kind: str, width: int = 3, height: int = 2, **how: Any) -> bytes:
    out = io.BytesIO()
    Drawn.new("RGB", (width, height), "teal").save(out, kind, **how)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("png", {}),
        ("jpeg", {}),
        ("jpeg", {"progressive": True, "exif": b"Exif\0\0where it was taken"}),
        ("webp", {}),
        ("webp", {"lossless": True}),
        ("webp", {"exif": b"Exif\0\0where it was taken"}),
    ],
)
def test_each_kind_says_what_it_is(kind: str, how: dict[str, Any]) -> None:
    assert recognise(a_picture(kind, 301, 207, **how)) == (kind, 301, 207)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG", DRAWING.encode(), b"<html>", b"GIF89a" + bytes(40), b"%PDF-1.7", a_picture("bmp"), bytes(100)],
)
def test_nothing_else_is_taken(data: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        recognise(data)


@given(st.sampled_from(["png", "jpeg", "webp"]), st.data())
def test_whatever_becomes_of_its_bytes_a_picture_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    whole = bytearray(a_picture(kind))
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    for _ in range(data.draw(st.integers(0, 3))):
        if cut:
            cut[data.draw(st.integers(0, len(cut) - 1))] = data.draw(st.integers(0, 255))
    try:
        _, width, height = recognise(bytes(cut))
    except (ImageUnreadable, ImageTooLarge):
        return
    assert 0 < width <= MOST_SIDE
    assert 0 < height <= MOST_SIDE


def test_what_fills_the_memory_of_phones_is_refused() -> None:
    png = bytearray(a_picture("png"))
    struct.pack_into(">I", png, 16, MOST_SIDE + 1)
    with pytest.raises(ImageTooLarge):
        recognise(bytes(png))
    with pytest.raises(ImageTooLarge):
        recognise(a_picture("png") + bytes(MOST_BYTES))


class Server:
    """A program over HTTP, for staff and for whoever passes by."""

    def __init__(self, staff: httpx2.AsyncClient, anybody: httpx2.AsyncClient, path: str) -> None:
        self.staff = staff
        self.anybody = anybody
        self.path = path

    async def upload(self, data: bytes, kind: str = "image/png") -> httpx2.Response:
        return await self.staff.post(f"{self.path}/images", content=data, headers={"content-type": kind})


@pytest.fixture
async def club(database: Database, program_id: int) -> AsyncIterator[Server]:
    async with database.transaction() as tx:
        found = await tx.execute("SELECT organization_id, slug FROM program WHERE id = %s", [program_id])
        row = await found.fetchone()
        assert row is not None
        key = await keys.create_first_key(
            tx, OrganizationId(row[0]), name="Shop", now=clock.now(), scopes=frozenset({Permission.PROGRAM_WRITE})
        )
    app = create_app(database, settings=Settings())
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app),
            base_url="http://puntal",
            headers={"authorization": f"Bearer {key.token}"},
        ) as staff,
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://puntal") as anybody,
    ):
        yield Server(staff, anybody, f"/v1/programs/{row[1]}")


async def test_a_picture_is_kept_once_and_shown_to_whoever_has_its_address(club: Server) -> None:
    picture = a_picture("webp", 40, 30)
    made = await club.upload(picture, "image/webp")
    again = await club.upload(picture, "image/webp")

    assert made.status_code == 201, made.text
    assert (made.json()["kind"], made.json()["width"], made.json()["height"]) == ("webp", 40, 30)
    assert made.json()["address"].endswith(f"/{hashlib.sha256(picture).hexdigest()}.webp")
    assert again.json() == made.json()

    shown = await club.anybody.get(made.json()["address"])
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, picture, "image/webp")
    assert "immutable" in shown.headers["cache-control"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]


async def test_what_it_is_called_does_not_matter(club: Server) -> None:
    drawing = await club.upload(DRAWING.encode(), "image/png")
    vector = await club.upload(DRAWING.encode(), "image/svg+xml")
    renamed = await club.upload(a_picture("jpeg"), "image/png")

    assert (drawing.status_code, drawing.json()["type"]) == (422, "rewards.image_unreadable")
    assert vector.status_code == 415
    assert renamed.json()["kind"] == "jpeg"


async def test_of_other_addresses_nothing_is_said(club: Server) -> None:
    made = (await club.upload(a_picture("png"))).json()["address"]
    for address in (
        made.replace(".png", ".webp"),
        made.replace(".png", ".svg"),
        made.removesuffix(".png"),
        made.replace("/images/", "/images/other-"),
        "/v1/images/club/nothing.png",
    ):
        answer = await club.anybody.get(address)
        assert answer.status_code == 404, address


async def test_a_program_keeps_so_many(club: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST", 1)
    first = a_picture("png")
    await club.upload(first)
    full = await club.upload(a_picture("png", 9, 9))

    assert (full.status_code, full.json()["type"]) == (409, "rewards.too_many_images")
    assert (await club.upload(first)).status_code == 201
