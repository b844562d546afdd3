"""Drawing a report on A4 pages: for people, with its fonts in the file; the same content gives the same bytes.

Imported where a report is made: the library takes a third of a second.
"""

from __future__ import annotations

from puntal.insight.periodic.drawing.report import draw

__all__ = ["draw"]
