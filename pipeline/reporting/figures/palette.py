"""The colours of the figures, by day and by night; tones differ enough to be told apart in grey as well."""

from __future__ import annotations

INK, MUTED, RULE, PAPER = "#22303c", "#5f6973", "#d5d3cc", "#fffffe"
BLUE, RUST = "#1f4e79", "#b4561f"
RANGE, RANGE_EDGE = "#ece7da", "#a89d80"
PALE_BLUE, PALE_RUST, PALE = "#c9d9ea", "#f1c9a8", "#eceae5"

_DARK = {
    INK: "#d9dcdf",
    MUTED: "#a3acb4",
    RULE: "#3b434b",
    PAPER: "#15191d",
    BLUE: "#93bbe3",
    RUST: "#e8a273",
    RANGE: "#2c2f2d",
    RANGE_EDGE: "#7d7561",
    PALE_BLUE: "#27425e",
    PALE_RUST: "#6b3a1c",
    PALE: "#262c32",
}


def dark_style(svg: str) -> str:
    """The rules for the colours in an SVG; as an image it asks the page for its scheme, typst leaves them aside."""
    rules = [
        f'[{kind}="{day}"]{{{kind}:{night}}}'
        for day, night in _DARK.items()
        for kind in ("fill", "stroke")
        if f'{kind}="{day}"' in svg
    ]
    return (
        f"<style>@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}</style>" if rules else ""
    )
