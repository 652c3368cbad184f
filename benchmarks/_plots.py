"""Line charts as SVG text, with the standard library alone: one line for each client."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from _tables import Table

COLOURS = ("#0b66c3", "#6ba6e0", "#c2410c", "#15803d", "#6b7280", "#a21caf", "#0f766e")
WIDTH, HEIGHT = 800, 440
LEFT, RIGHT, TOP, BOTTOM = 74, 260, 46, 58

Series = Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Chart:
    """The points of several lines; `name` is the file name without its suffix.

    On a logarithmic x axis every point has a tick. `marked` puts a dot on each.
    """

    name: str
    title: str
    x_label: str
    y_label: str
    series: Series
    logarithmic: bool = True
    marked: bool = True

    def svg(self) -> str:
        """Draw the chart."""
        points = [point for line in self.series.values() for point in line]
        ends = min(x for x, _ in points), max(x for x, _ in points)
        ticks = sorted({x for x, _ in points}) if self.logarithmic else _round_ticks(ends[1])
        step = _step(max(y for _, y in points))
        rows = math.ceil(max(y for _, y in points) / step)

        def place(x: float, y: float) -> tuple[float, float]:
            scale = math.log if self.logarithmic else float
            least, most = map(scale, ends)
            share = (scale(x) - least) / ((most - least) or 1)
            return (
                LEFT + share * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - y / (rows * step) * (HEIGHT - TOP - BOTTOM),
            )

        parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
                f'role="img" aria-label="{escape(self.title)}" '
                'font-family="system-ui, sans-serif" font-size="13" fill="#1f2937">'
            ),
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(LEFT, 24, self.title, extra='font-size="16" font-weight="600"'),
        ]
        for row in range(rows + 1):
            x, y = place(ticks[0], row * step)
            end = WIDTH - RIGHT
            parts.append(
                f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{end}" y2="{y:.1f}" stroke="#e5e7eb"/>'
            )
            parts.append(_text(x - 10, y + 4, f"{row * step:,.0f}", anchor="end"))
        for tick in ticks:
            x, y = place(tick, 0)
            parts.append(_text(x, y + 20, f"{tick:g}", anchor="middle"))
        middle = (LEFT + WIDTH - RIGHT) / 2
        parts.append(_text(middle, HEIGHT - 14, self.x_label, anchor="middle"))
        turn = f'transform="rotate(-90 18 {HEIGHT / 2:.0f})"'
        parts.append(_text(18, HEIGHT / 2, self.y_label, anchor="middle", extra=turn))
        for number, (name, line) in enumerate(self.series.items()):
            colour = COLOURS[number % len(COLOURS)]
            path = [place(x, y) for x, y in line]
            parts += _line(path, colour, name, TOP + 14 + number * 24, marked=self.marked)
        return "\n".join([*parts, "</svg>"]) + "\n"


@dataclass
class PlottedTable(Table):
    """A table with a chart."""

    chart: Chart | None = None


def _line(
    points: Sequence[tuple[float, float]], colour: str, name: str, legend: float, *, marked: bool
) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    at = WIDTH - RIGHT + 16
    drawn = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>']
    if marked:
        dots = (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points)
        drawn.extend(dots)
    drawn.append(f'<rect x="{at}" y="{legend - 9:.0f}" width="14" height="4" fill="{colour}"/>')
    drawn.append(_text(at + 21, legend - 2, name))
    return drawn


def _text(x: float, y: float, text: str, *, anchor: str = "start", extra: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" {extra}>{escape(text)}</text>'


def _round_ticks(most: float) -> list[float]:
    step = _step(most)
    return [step * number for number in range(int(most / step) + 1)]


def _step(most: float) -> float:
    """Return a round distance for about five grid lines up to `most`."""
    rough = max(most, 1e-9) / 5
    power: float = 10 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
