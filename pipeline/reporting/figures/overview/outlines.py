"""The outlines of areas from a GeoJSON or TopoJSON file: rings of points on a plane, by code and by name."""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.problems import ProblemError

Ring = list[tuple[float, float]]
CODES, NAMES = ("area_code", "code", "adcode", "id"), ("name", "NAME", "full_name")


@dataclass(frozen=True)
class Outline:
    """One area of the file: its code and name as text, and its polygons, each an outer ring and its holes."""

    code: str
    name: str
    polygons: list[list[Ring]]


def read_outlines(path: Path) -> list[Outline]:
    """Every area of the file, projected so that shapes are right in the middle of the map."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        outlines = [
            Outline(_first(properties, CODES), _first(properties, NAMES), list(polygons))
            for properties, polygons in (
                _of_topology(content) if content.get("type") == "Topology" else _of_features(content)
            )
        ]
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ProblemError(
            str(path), f"{type(error).__name__}: {error}", "GeoJSON or TopoJSON with polygons of areas"
        ) from None
    return _project([outline for outline in outlines if outline.polygons])


def _of_features(content: dict) -> Iterator[tuple[dict, list[list[Ring]]]]:
    for feature in content["features"]:
        geometry = feature.get("geometry") or {}
        properties = {"id": feature.get("id")} | (feature.get("properties") or {})
        yield properties, _polygons(geometry.get("type", ""), geometry.get("coordinates", []))


def _of_topology(content: dict) -> Iterator[tuple[dict, list[list[Ring]]]]:
    """Arcs are shared by neighbours; with a `transform` they are whole steps from point to point."""
    transform = content.get("transform")
    arcs = [_decoded(arc, transform) for arc in content["arcs"]]

    def ring(indices: Iterable[int]) -> Ring:
        points: Ring = []
        for index in indices:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points.extend(arc[1:] if points else arc)
        return points

    for group in content["objects"].values():
        for geometry in group.get("geometries", [group]):
            properties = {"id": geometry.get("id")} | (geometry.get("properties") or {})
            nested = geometry.get("arcs", [])
            polygons = [nested] if geometry.get("type") == "Polygon" else nested
            is_area = geometry.get("type") in ("Polygon", "MultiPolygon")
            yield properties, [[ring(indices) for indices in rings] for rings in polygons] if is_area else []


def _decoded(arc: list, transform: dict | None) -> Ring:
    if not transform:
        return [(point[0], point[1]) for point in arc]
    (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y, *_ in arc:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + left, y * scale_y + bottom))
    return points


def _polygons(kind: str, coordinates: list) -> list[list[Ring]]:
    nested = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind, [])
    return [[[(point[0], point[1]) for point in ring] for ring in rings] for rings in nested]


def _first(properties: dict, names: tuple[str, ...]) -> str:
    return next((str(properties[name]) for name in names if properties.get(name) not in (None, "")), "")


def _project(outlines: list[Outline]) -> list[Outline]:
    """Degrees of longitude shrink by the cosine of the middle latitude; a plane's coordinates stay as they are."""
    ys = [y for o in outlines for rings in o.polygons for ring in rings for _x, y in ring]
    is_degrees = bool(ys) and max(map(abs, ys)) <= 90
    shrink = math.cos(math.radians((min(ys) + max(ys)) / 2)) if is_degrees else 1.0
    return [
        Outline(
            o.code, o.name, [[[(x * shrink, y) for x, y in ring] for ring in rings] for rings in o.polygons]
        )
        for o in outlines
    ]


def area_of(ring: Ring) -> float:
    """Signed: positive where the ring runs against the clock."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2
