"""Barcodes as pictures without Cairo, which ReportLab has needed for pictures since version 4 (and Odoo's barcodes with it)."""

import io

from PIL import Image, ImageDraw
from reportlab.graphics import barcode
from reportlab.graphics.shapes import Group, Rect

IDENTITY = (1, 0, 0, 1, 0, 0)


def draw(kind, value, width, height, **options):
    """Draw a barcode.

    :param kind: name that ReportLab gives it, e.g. ``QR`` or ``Code128``
    :param width, height: pixels
    :return: bytes of a PNG picture
    :raise ValueError: when the value cannot be written in this kind
    """
    drawing = barcode.createBarcodeDrawing(kind, value=value, width=width, height=height, **options)
    picture = Image.new("L", (int(width), int(height)), 255)
    canvas = ImageDraw.Draw(picture)
    for left, bottom, right, top in _bars(drawing, IDENTITY):
        box = [round(left), round(height - top), max(round(right) - 1, round(left)), round(height - bottom) - 1]
        if box[3] >= box[1]:
            canvas.rectangle(box, fill=0)
    result = io.BytesIO()
    picture.save(result, "PNG")
    return result.getvalue()


def _bars(shape, matrix):
    """Find the dark rectangles of a drawing.

    :return: generator of (left, bottom, right, top)
    """
    if isinstance(shape, Rect):
        if shape.fillColor is not None and sum(shape.fillColor.rgb()) < 1.5:
            a, _b, _c, d, e, f = matrix
            yield a * shape.x + e, d * shape.y + f, a * (shape.x + shape.width) + e, d * (shape.y + shape.height) + f
    elif isinstance(shape, Group):
        matrix = _scale(matrix, shape.transform)
        for part in shape.getContents():
            yield from _bars(part, matrix)
    elif hasattr(shape, "draw"):
        yield from _bars(shape.draw(), matrix)


def _scale(outer, inner):
    """Combine two matrices that only scale and move."""
    return (
        outer[0] * inner[0],
        0,
        0,
        outer[3] * inner[3],
        outer[0] * inner[4] + outer[4],
        outer[3] * inner[5] + outer[5],
    )
