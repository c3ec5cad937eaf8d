"""Areas and populations as sentences name them."""

from pipeline.words.translations import Translator


def population(_: Translator, concept: str) -> str:
    """`户籍人口`, `常住人口`, ...: the population by its concept (口径)."""
    return _(
        f"population.{concept}" if concept in ("registered", "resident", "floating") else "population.any"
    )


def whole(_: Translator, name: str, level: str = "") -> str:
    """`全县`, `the county`: the area as a whole, by what its name ends in, else by the name of its level.

    An ending in another script is said in that of the page: `縣=县`.
    """
    endings = (ending.partition("=") for ending in _("area.endings_of_names").split())
    written = {ending: other or ending for ending, _equals, other in endings}
    if ending := written.get(name[-1:]):
        return _("area.whole", ending=ending)
    return _("area.this_level", level=level) if level else _("area.this_area")


def capital(text: str) -> str:
    """The same at the head of a line or of a cell: a small letter becomes a capital; Chinese stays as it is."""
    return text[:1].upper() + text[1:]
