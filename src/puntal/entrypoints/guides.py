"""`/guides`: the guides as pages, from files that travel with the server. Screens and refusals lead here."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

import puntal
from puntal.kit import problem

_LIST: Final = "all"
"""The name under which the list of guides is shown."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_WORDS: Final = {
    "en": {"guides": "Guides", "missing": "There is no such guide.", "other": "Español", "api": "API reference"},
    "es": {"guides": "Guías", "missing": "Esa guía no existe.", "other": "English", "api": "Referencia de la API"},
}
_PAGE: Final = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Puntal</title>
<link rel="stylesheet" href="/guides/guide.css">
<link rel="icon" type="image/svg+xml" href="/admin/favicon.svg">
</head>
<body>
<header><nav>
<a href="/guides/{language}/all">{guides}</a>
<a href="/docs">{api}</a>
<a href="{elsewhere}" lang="{other_language}">{other}</a>
</nav></header>
<main>
{body}
</main>
</body>
</html>
"""
_STYLE: Final = """
:root {
  color-scheme: light dark;
  --ink: #1a1b1e; --soft: #495057; --line: #dee2e6; --ground: #fff; --code: #f1f3f5; --link: #0b7285;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9ecef; --soft: #ced4da; --line: #495057; --ground: #1f1f1f; --code: #2e2e2e; --link: #66d9e8; }
}
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif;
}
header { border-bottom: 1px solid var(--line); padding: 14px 20px; }
nav { max-width: 46rem; margin: 0 auto; display: flex; gap: 20px; flex-wrap: wrap; }
main { max-width: 46rem; margin: 0 auto; padding: 12px 20px 64px; overflow-wrap: break-word; }
a { color: var(--link); }
h1 { font-size: 1.9rem; line-height: 1.25; } h2 { margin-top: 2.2rem; } h1, h2, h3 { font-weight: 650; }
pre, code {
  font: 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  background: var(--code); border-radius: 6px;
}
code { padding: 1px 5px; } pre { padding: 14px 16px; overflow-x: auto; } pre code { padding: 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 0.94em; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: 7px 12px 7px 0; }
blockquote { margin: 1em 0; padding: 0 16px; border-left: 3px solid var(--line); color: var(--soft); }
"""


async def style(_request: Request) -> Response:
    """Return how guides look."""
    return Response(_STYLE, media_type="text/css", headers={"cache-control": "public, max-age=3600"})


async def choose(request: Request) -> Response:
    """Lead to the list, or to a guide by its name alone, in the caller's language."""
    language = problem.locale_of(request.headers.get("accept-language"), "en")
    return RedirectResponse(f"/guides/{language}/{request.path_params.get('name', _LIST)}")


async def page(request: Request) -> Response:
    """Show a guide, or the list of them; one that is not translated is shown in English."""
    language, name = request.path_params["language"], request.path_params["name"]
    if language not in _WORDS:
        return RedirectResponse(f"/guides/en/{_LIST}")
    body = _listed(language) if name == _LIST else _rendered(language, name)
    said = _WORDS[language]
    other_language = "es" if language == "en" else "en"
    titled = re.search(r"<h1[^>]*>(.*?)</h1>", body or "", re.DOTALL)
    text = _PAGE.format(
        language=language,
        title=re.sub(r"<[^>]+>", "", titled[1]) if titled else said["guides"],
        guides=said["guides"],
        api=said["api"],
        other=said["other"],
        other_language=other_language,
        elsewhere=f"/guides/{other_language}/{html.escape(name)}",
        body=body or f"<h1>{said['missing']}</h1>",
    )
    return HTMLResponse(text, 404 if body is None else 200, headers=_HEADERS)


def _folder() -> Path:
    package = Path(puntal.__file__).parent
    inside = package / "guides"
    return inside if inside.is_dir() else package.parents[1] / "docs" / "guides"


def _file(language: str, name: str) -> Path | None:
    """Return the file of a guide in a language, else in English; None where there is none."""
    if not _NAME.fullmatch(name):
        return None
    places = (_folder() / "es", _folder()) if language == "es" else (_folder(),)
    return next((place / f"{name}.md" for place in places if (place / f"{name}.md").is_file()), None)


@lru_cache(maxsize=128)
def _listed(language: str) -> str:
    names = sorted(path.stem for path in _folder().glob("*.md"))
    lines = [f'<li><a href="/guides/{language}/{name}">{_title(language, name)}</a></li>' for name in names]
    return f"<h1>{_WORDS[language]['guides']}</h1>\n<ul>\n" + "\n".join(lines) + "\n</ul>"


def _title(language: str, name: str) -> str:
    path = _file(language, name)
    assert path is not None, name
    first = path.read_text().partition("\n")[0]
    return html.escape(first.removeprefix("# "))


@lru_cache(maxsize=128)
def _rendered(language: str, name: str) -> str | None:
    path = _file(language, name)
    if path is None:
        return None
    # HTML in a guide would be shown as text: none of ours has any.
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(path.read_text())
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _slug(tokens[place + 1].content))
        for inner in token.children or ():
            _lead(inner, language, path)
    said: str = reader.renderer.render(tokens, reader.options, {})
    return said.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")


def _slug(words: str) -> str:
    """Return the anchor of a heading as readers of the files know it: small letters, digits, hyphens."""
    return re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")


def _lead(token: Token, language: str, source: Path) -> None:
    """Let links between guides lead between pages; what is not a guide stays in the repository.

    Where the guide is not translated and the one it leads to is, the headings differ: the link leads to its beginning.
    """
    href = str(token.attrGet("href") or "")
    if token.type != "link_open" or href.startswith(("https://", "http://", "#", "/")):
        return
    path, _, anchor = href.partition("#")
    name = Path(path).stem
    if source.parent.name == "es" and path.startswith("../"):
        language = "en"
    found = _file(language, name) if Path(path).suffix == ".md" else None
    if found is None:
        token.attrSet("href", "#")
        return
    same = found.parent == source.parent
    token.attrSet("href", f"/guides/{language}/{name}" + (f"#{anchor}" if anchor and same else ""))


ROUTES: Final = (
    Route("/guides", choose, include_in_schema=False),
    Route("/guides/guide.css", style, include_in_schema=False),
    Route("/guides/{name}", choose, include_in_schema=False),
    Route("/guides/{language}/{name}", page, include_in_schema=False),
)
