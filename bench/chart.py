"""A bar chart as SVG, by hand: a few bars need no library."""

from html import escape

_BAR, _GAP, _LEFT, _WIDTH = 22, 8, 150, 560


def bars(values, *, unit):
    """Return the chart of some values by name, in their order; koppeling's own bar stands out."""
    longest = max(values.values(), default=1) or 1
    height = len(values) * (_BAR + _GAP) + _GAP
    title = f"Processor time per step, {unit}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 90} {height}" '
        f'font-family="sans-serif" font-size="13" role="img" aria-label="{title}">',
        f"<title>{title}</title>",
    ]
    for at, (name, value) in enumerate(values.items()):
        top = _GAP + at * (_BAR + _GAP)
        width = max(1, round(value / longest * _WIDTH))
        colour = "#0b5cad" if name == "koppeling" else "#9aa5b1"
        middle = top + _BAR * 0.7
        parts += [
            f'<text x="{_LEFT - 8}" y="{middle:.0f}" text-anchor="end" fill="currentColor">'
            f"{escape(name)}</text>",
            f'<rect x="{_LEFT}" y="{top}" width="{width}" height="{_BAR}" fill="{colour}"/>',
            f'<text x="{_LEFT + width + 6}" y="{middle:.0f}" fill="currentColor">'
            f"{value:.2f}</text>",
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
