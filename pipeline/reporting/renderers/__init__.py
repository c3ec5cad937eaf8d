"""Pages of plain Quarto Markdown to one HTML file and one PDF each, by Quarto or by a renderer of our own."""

from __future__ import annotations

from pipeline.problems import ProblemError
from pipeline.reporting.renderers import embedded, quarto
from pipeline.reporting.renderers.interface import Page, Rendered, Renderer
from pipeline.reporting.text.escaping import escape

__all__ = ["Page", "Rendered", "Renderer", "choose", "escape"]


def choose(name: str = "auto") -> Renderer:
    """The renderer "quarto" or "embedded"; "auto" is Quarto where it is on PATH and new enough.

    Raises ProblemError where the renderer asked for is not there.
    """
    if name not in ("auto", "quarto", "embedded"):
        raise ProblemError("renderer", name, "auto, quarto or embedded")
    version = quarto.version() if name != "embedded" else None
    if version is not None and version >= quarto.OLDEST:
        return quarto.Quarto(version)
    if name == "quarto":
        found = "Quarto " + ".".join(map(str, version)) if version else "no quarto on PATH"
        raise ProblemError("renderer", found, "Quarto 1.9 or newer, or the renderer embedded")
    return embedded.Embedded()
