"""The rules of ARCHITECTURE.md that hold inside each slice, generated for every slice there is."""

from __future__ import annotations

import ast
from pathlib import Path

import grimp
import pytest

import puntal

SOURCE = Path(puntal.__file__).parent
EXEMPT = {"kit", "engine", "rules", "entrypoints"}
"""Not slices: they have no file roles."""

SLICES = sorted(
    folder.name for folder in SOURCE.iterdir() if (folder / "__init__.py").exists() and folder.name not in EXEMPT
)
ORDER = [{"api", "jobs"}, {"operations"}, {"queries"}, {"store", "policy"}, {"tables"}, {"errors"}, {"model"}]
FRONT_DOORS = {"model", "errors", "operations", "queries", "jobs", "api"}
READS_TABLES = {"segments", "insight"}
READS_POLICY = {"engine"}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
MOST_LINES = 400

GRAPH = grimp.build_graph("puntal", cache_dir=None, exclude_type_checking_imports=True)


def files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def parts(module: str) -> tuple[str, str]:
    """Return slice and role of a module: `puntal.points.store.lots` is (`points`, `store`)."""
    names = module.split(".")[1:]
    return (names[0] if names else "", names[1] if len(names) > 1 else "")


def imports_of(slice_: str) -> list[tuple[str, str]]:
    return sorted(
        (module, imported)
        for module in GRAPH.modules
        if parts(module)[0] == slice_
        for imported in GRAPH.find_modules_directly_imported_by(module)
    )


def rank(role: str) -> int | None:
    return next((place for place, roles in enumerate(ORDER) if role in roles), None)


@pytest.mark.parametrize("slice_", SLICES)
def test_inside_a_slice_roles_look_down(slice_: str) -> None:
    wrong = []
    for module, imported in imports_of(slice_):
        (_, above), (other, below) = parts(module), parts(imported)
        if other != slice_ or above == below:
            continue
        upper, lower = rank(above), rank(below)
        if upper is not None and lower is not None and upper >= lower:
            wrong.append(f"{module} imports {imported}")
    assert wrong == []


@pytest.mark.parametrize("slice_", [*SLICES, "engine", "rules", "entrypoints"])
def test_other_slices_are_entered_by_their_front_doors(slice_: str) -> None:
    wrong = []
    for module, imported in imports_of(slice_):
        other, role = parts(imported)
        if other == slice_ or other not in SLICES or role == "" or rank(role) is None:
            continue
        allowed = (
            role in FRONT_DOORS
            or (role == "policy" and slice_ in READS_POLICY)
            or (role == "tables" and slice_ in READS_TABLES)
        )
        if not allowed:
            wrong.append(f"{module} imports {imported}")
    assert wrong == []


def test_modules_are_named_after_what_they_are() -> None:
    assert [str(path) for path in files() if {path.stem, *path.relative_to(SOURCE).parts} & FORBIDDEN_NAMES] == []


def test_files_stay_readable() -> None:
    long = {str(path.relative_to(SOURCE)): len(path.read_text().splitlines()) for path in files()}

    assert {name: lines for name, lines in long.items() if lines >= MOST_LINES} == {}


def test_nothing_pure_makes_up_ids() -> None:
    """An id chosen by a decision would differ in preview, simulation and retry."""
    pure = [
        path
        for path in files()
        if parts(".".join(("puntal", *path.relative_to(SOURCE).with_suffix("").parts)))[1]
        in {"model", "errors", "policy"}
        or path.relative_to(SOURCE).parts[0] in {"engine", "rules"}
    ]

    assert [str(path) for path in pure if "new_id" in names_in(path)] == []


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return names | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_every_slice_says_what_it_owns() -> None:
    assert [
        name for name in SLICES if not ast.get_docstring(ast.parse((SOURCE / name / "__init__.py").read_text()))
    ] == []
