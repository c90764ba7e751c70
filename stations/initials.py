"""Pinyin initials by which names are searched."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin


def initials(name: str) -> str:
    """北关街道社工站 → bgjdsgz; other letters and digits stay, lower case; at most 80."""
    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=lambda rest: [*rest])
    return "".join(part for part in letters if part.isalnum()).lower()[:80]
