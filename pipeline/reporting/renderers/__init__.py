"""Pages of plain Quarto Markdown to one HTML file and one PDF each, by Quarto or by a renderer of our own."""

import shutil

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
    if name == "embedded":
        return embedded.Embedded()
    version = quarto.version()
    if version and version >= quarto.OLDEST:
        return quarto.Quarto(version)
    why = _why_not_quarto(version)
    if name == "quarto":
        raise ProblemError(
            "renderer", why, f"Quarto {quarto.dotted(quarto.OLDEST)} or newer, or the renderer embedded"
        )
    return embedded.Embedded(why)


def _why_not_quarto(version: tuple[int, ...] | None) -> str:
    if version:
        return f"Quarto {quarto.dotted(version)} on PATH is older than {quarto.dotted(quarto.OLDEST)}"
    return "the quarto on PATH does not say its version" if shutil.which("quarto") else "no quarto on PATH"
