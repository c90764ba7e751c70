"""Draw the pictures of the installed app as static/img/favicon.svg shows them: `python deploy/make_icons.py`."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

IMAGES = Path(__file__).resolve().parent.parent / "static/img"
BLUE, WHITE, GOLD = "#1f3a5f", "#ffffff", "#ffd27a"
FINER = 4  # drawn larger, then made smaller: smooth edges
UNITS = 32  # the picture's own grid
ROOF = [(6.5, 16), (16, 7.5), (25.5, 16)]
WALLS = [(9.5, 14), (9.5, 24.5), (22.5, 24.5), (22.5, 14)]
STROKE = 2.4
Point = tuple[float, float]


def curve(start: Point, one: Point, two: Point, end: Point) -> list[Point]:
    """Points of a cubic Bézier curve."""
    points = []
    for step in range(25):
        t = step / 24
        weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
        corners = (start, one, two, end)
        points.append(tuple(sum(w * c[axis] for w, c in zip(weights, corners, strict=True)) for axis in (0, 1)))
    return points  # type: ignore[return-value]


def heart() -> list[Point]:
    left = curve((16, 21.8), (13.4, 20.1), (12.4, 18.9), (12.4, 17.6)) + curve(
        (12.4, 17.6), (12.4, 15.7), (14.9, 15.1), (16, 16.9)
    )
    return left + [(32 - x, y) for x, y in reversed(left)]


def icon(size: int, *, maskable: bool = False) -> Image.Image:
    """Square of `size` px. A maskable one fills the square and keeps the drawing inside the middle four fifths."""
    whole = size * FINER
    image = Image.new("RGBA", (whole, whole), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, whole - 1, whole - 1), radius=0 if maskable else whole * 7 / UNITS, fill=BLUE)
    scale = whole / UNITS * (0.78 if maskable else 1)
    shift = (whole - UNITS * scale) / 2

    def at(points: list[Point]) -> list[Point]:
        return [(shift + x * scale, shift + y * scale) for x, y in points]

    for line in (ROOF, WALLS):
        pen.line(at(line), fill=WHITE, width=round(STROKE * scale), joint="curve")
        for x, y in (at(line)[0], at(line)[-1]):  # round ends
            half = STROKE * scale / 2
            pen.ellipse((x - half, y - half, x + half, y + half), fill=WHITE)
    pen.polygon(at(heart()), fill=GOLD)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    icon(192).save(IMAGES / "app-192.png", optimize=True)
    icon(512).save(IMAGES / "app-512.png", optimize=True)
    icon(512, maskable=True).save(IMAGES / "app-maskable-512.png", optimize=True)


if __name__ == "__main__":
    main()
