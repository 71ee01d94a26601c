"""A drawn parking sketch for an invented room."""

import io

from odoo.tools import file_path
from PIL import Image, ImageDraw, ImageFont

FONT = "web/static/fonts/lato/Lato-Reg-webfont.ttf"  # Odoo's own; the font in Pillow has no umlauts
INK, ROAD, HOUSE, PARKING, GREEN = "#1f2933", "#c9ced6", "#e8c9a0", "#9cc3e6", "#cfe3c4"


def draw(room, street, seed, file_format="PNG"):
    """Draw a street, the house with its entrance and the car park; the seed mirrors and moves it.

    :param file_format: ``PNG`` or ``PDF``
    :return: bytes
    """
    image = Image.new("RGB", (1000, 700), GREEN)
    pen = ImageDraw.Draw(image)
    font, small = (ImageFont.truetype(file_path(FONT), size) for size in (34, 24))
    mirrored = bool(seed % 2)
    left, right = ((560, 900), (90, 430)) if mirrored else ((90, 430), (560, 900))
    pen.rectangle((0, 520, 1000, 620), fill=ROAD)
    pen.text((380, 550), street, fill=INK, font=small)
    _box(pen, (left[0], 170, left[1], 430), HOUSE, room, font)
    _box(pen, (right[0], 230, right[1], 430), PARKING, "P", font)
    middle = sum(left) // 2
    pen.rectangle((middle - 40, 412, middle + 40, 438), fill=INK)
    pen.text((middle - 50, 450), "Eingang", fill=INK, font=small)
    for line in range(right[0] + 55, right[1], 55):
        pen.line((line, 330, line, 430), fill=INK, width=2)
    pen.rectangle((sum(right) // 2 - 30, 430, sum(right) // 2 + 30, 520), fill=ROAD)
    pen.text((40, 40), f"Anfahrt und Parkplätze: {room}", fill=INK, font=font)
    pen.text((40, 650), "Skizze, nicht maßstabsgerecht", fill=INK, font=small)
    stream = io.BytesIO()
    image.save(stream, file_format, **({"resolution": 100.0} if file_format == "PDF" else {"optimize": True}))
    return stream.getvalue()


def draw_signed_list(course, names):
    """Draw what a scan of a signed list looks like.

    :return: bytes of a PDF file
    """
    page = Image.new("RGB", (1240, 877), "white")
    pen = ImageDraw.Draw(page)
    font, small = (ImageFont.truetype(file_path(FONT), size) for size in (30, 20))
    pen.text((60, 40), f"Teilnahmeliste {course}", fill=INK, font=font)
    for row, name in enumerate(names):
        top = 110 + 40 * row
        pen.line((60, top + 36, 1180, top + 36), fill=ROAD, width=2)
        pen.text((60, top + 8), f"{row + 1}.  {name}", fill=INK, font=small)
        pen.line(
            [(760 + 14 * x, top + 18 + 9 * (-1) ** (x + row)) for x in range(9 + row % 5)], fill="#1b2a6b", width=3
        )
    stream = io.BytesIO()
    page.save(stream, "PDF", resolution=106.0)
    return stream.getvalue()


def _box(pen, corners, colour, label, font):
    pen.rectangle(corners, fill=colour, outline=INK, width=4)
    middle = ((corners[0] + corners[2]) // 2, (corners[1] + corners[3]) // 2 - 30)
    pen.text(middle, label, fill=INK, font=font, anchor="mm")
