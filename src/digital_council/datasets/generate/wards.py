"""Wards: the borough's 24 wards, adding up to its Census 2021 residents and households."""

from __future__ import annotations

from digital_council.datasets.generate import borough
from digital_council.datasets.generate.borough import WARDS, dice, shared_out
from digital_council.datasets.generate.writing import Made, column

TWO_MEMBER = {"Southall West", "Perivale"}
TOWNS = borough.TOWNS

COLUMNS = (
    column(
        "ward_id",
        "string",
        "The ward's identifier here: invented, not a GSS code",
        unique=True,
        pattern="EAL-W[0-9]{2}",
    ),
    column("ward_name", "string", "The ward's name since May 2022", unique=True),
    column("town", "string", "The town the ward is usually counted in", enum=TOWNS),
    column("borough_code", "string", "The GSS code of the borough"),
    column("councillors", "integer", "How many councillors the ward elects", minimum=2, maximum=3),
    column("population", "integer", "Residents; the wards add up to Census 2021, the split is invented", minimum=0),
    column("households", "integer", "Households; the wards add up to Census 2021, the split is invented", minimum=0),
    column("under_16", "integer", "Residents aged under 16 (invented)", minimum=0),
    column("aged_65_plus", "integer", "Residents aged 65 or over (invented)", minimum=0),
    column("area_hectares", "integer", "Area; the wards add up to the borough's, the split is invented", minimum=1),
    column("tile_row", "integer", "Row in the schematic map of 24 tiles, 0 at the top", minimum=0),
    column("tile_column", "integer", "Column in the schematic map of 24 tiles, 0 at the left", minimum=0),
)


def make() -> Made:
    dice_ = dice("wards")
    people = borough.populations()
    homes = shared_out(borough.HOUSEHOLDS, [people[w.id] * (0.85 + 0.2 * w.voice / 2.4) for w in WARDS])
    hectares = shared_out(borough.HECTARES, [dice_.uniform(0.6, 1.6) for _ in WARDS])
    rows = []
    for ward, home, area in zip(WARDS, homes, hectares, strict=True):
        young, old = (
            round(people[ward.id] * dice_.uniform(0.16, 0.23)),
            round(people[ward.id] * dice_.uniform(0.09, 0.16)),
        )
        rows.append(
            [
                ward.id,
                ward.name,
                ward.town,
                borough.BOROUGH_GSS,
                2 if ward.name in TWO_MEMBER else 3,
                people[ward.id],
                home,
                young,
                old,
                area,
                *ward.tile,
            ]
        )
    return Made(
        id="wards",
        title="Wards",
        row_is="one ward of the borough, as drawn in May 2022",
        key=("ward_id",),
        description="The 24 wards with their residents and households, to turn counts into rates and to draw a "
        "tile map.",
        owner="Planning",
        columns=COLUMNS,
        rows=[[str(v) for v in row] for row in rows],
        refresh="when boundaries change, or after a census",
        source="Ward names, borough code and borough totals: public sources, Census 2021. Split between wards: "
        "generated.",
        keywords=("wards", "population", "households", "geography"),
        quality="Southall West has two councillors by one source; which other ward does is not confirmed, and Perivale "
        "stands in for it here. Every boundary changed in 2022: do not join to earlier wards by name.",
    )
