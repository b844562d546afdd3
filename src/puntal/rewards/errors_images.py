"""What uploaded pictures are refused for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Invalid


class ImageUnreadable(Invalid):
    """Its bytes are not those of a picture that is taken, whatever it is called."""

    code = "rewards.image_unreadable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This is not a PNG, JPEG or WebP picture",
        "es": "Esto no es una imagen PNG, JPEG o WebP",
    }


class ImageTooLarge(Invalid):
    """Pages would be slow with it."""

    code = "rewards.image_too_large"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A picture has at most {most_kilobytes} kB and {most_pixels} pixels to a side",
        "es": "Una imagen tiene como mucho {most_kilobytes} kB y {most_pixels} píxeles por lado",
    }


class TooManyImages(Conflict):
    """The program keeps as many as one may."""

    code = "rewards.too_many_images"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A program keeps at most {most} pictures",
        "es": "Un programa guarda como mucho {most} imágenes",
    }
