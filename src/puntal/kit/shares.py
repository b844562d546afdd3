"""Sharing a whole number over parts so that the parts add up to it. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` over `weights` in proportion by largest remainder; ties go to the earlier part.

    A total of another sign than the weights is not meant: both are at least 0. With all weights 0 the first
    part takes everything (there must be one unless the total is 0).
    """
    whole = sum(weights)
    if total == 0 or not weights:
        return [0] * len(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    if total == whole:
        return list(weights)
    parts = [total * weight // whole for weight in weights]
    missing = total - sum(parts)
    if missing == 1:
        remainders = [total * weight % whole for weight in weights]
        parts[remainders.index(max(remainders))] += 1
    elif missing:
        remainders = [-(total * weight % whole) for weight in weights]
        for index in sorted(range(len(weights)), key=remainders.__getitem__)[:missing]:
            parts[index] += 1
    return parts
