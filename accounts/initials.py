"""Pinyin initials of Chinese names, by which people look units up: 太谷区 → tgq."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict

# Characters that pypinyin reads otherwise than place names do, and names that its phrases lack.
load_single_dict({ord("长"): "cháng", ord("朝"): "cháo"})
load_phrases_dict(
    {
        name: [[syllable] for syllable in reading.split()]
        for name, reading in {
            "长治": "chang zhi",
            "长子县": "zhang zi xian",
            "朝阳": "chao yang",
            "单县": "shan xian",
            "马尾区": "ma wei qu",
            "洪洞": "hong tong",
            "漯河": "luo he",
            "曾都": "zeng du",
            "繁峙": "fan shi",
            "涡阳": "guo yang",
            "南乐": "nan le",
            "民乐": "min le",
            "荥经": "ying jing",
            "覃塘": "qin tang",
            "浚县": "xun xian",
            "筠连": "jun lian",
            "召陵": "shao ling",
            "宕昌": "tan chang",
        }.items()
    }
)
MAX_LENGTH = 80


@lru_cache(maxsize=65536)  # the nation's 42,000 townships share 33,500 names
def initials_of(name: str) -> str:
    """First letters, lower case; Latin letters and digits stay, what has no reading (a rare character) is left out."""
    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())[:MAX_LENGTH]
