"""Referrals from two partners about some of the same people: never public, though every one of them is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from digital_council.datasets.generate import borough
from digital_council.datasets.generate.borough import WARD_NAMES, WARDS, Ward, dice
from digital_council.datasets.generate.writing import BLANK, Made, column

PARTNERS = ("Council early help", "Community health partner")
NEEDS = ("Falls", "Loneliness", "Debt", "Housing", "Carer support", "Memory")
OUTCOMES = ("Support began", "Advice given", "Declined", "Passed on", "Waiting")
PEOPLE = 640
KNOWN_TO_BOTH = 118

_GIVEN = (
    "Aaliyah",
    "Adam",
    "Agnieszka",
    "Ahmed",
    "Amarjit",
    "Anita",
    "Brigid",
    "Carlos",
    "Chidi",
    "Deepa",
    "Derek",
    "Ewa",
    "Farah",
    "Gurpreet",
    "Hodan",
    "Ivan",
    "Jasmine",
    "Kwame",
    "Leila",
    "Maria",
    "Mohamed",
    "Noor",
    "Olu",
    "Patricia",
    "Rajesh",
    "Sean",
    "Siobhan",
    "Tariq",
    "Valentina",
    "Yusuf",
)
_FAMILY = (
    "Abernathen",
    "Brackwell",
    "Chowdharan",
    "Dunmarrow",
    "Eddowes",
    "Farrowby",
    "Gillanders",
    "Hollinshaw",
    "Iqbalson",
    "Jasperin",
    "Kowalewicz",
    "Lindqvale",
    "Marchetti",
    "Nwosuba",
    "O'Dwane",
    "Patelwood",
    "Quarmby",
    "Rathore",
    "Singhvale",
    "Thistleton",
    "Udokwe",
    "Varnham",
    "Wardlow",
    "Yilmazen",
)

COLUMNS = (
    column("referral_id", "string", "The referral's number", unique=True),
    column("partner", "string", "Which partner made it", enum=PARTNERS),
    column("given_name", "string", "Given name of the person, as that partner writes it (invented)"),
    column("family_name", "string", "Family name of the person, as that partner writes it (invented)"),
    column("date_of_birth", "date", "Date of birth (invented)"),
    column("postcode", "string", "Postcode in the invented area EA; blank where not recorded", required=False),
    column("ward_name", "string", "The ward the person lives in, as in `wards`", enum=WARD_NAMES),
    column("referred_on", "date", "The day of the referral"),
    column("need", "string", "The main need", enum=NEEDS),
    column("outcome", "string", "What came of it by 31 March 2026", enum=OUTCOMES),
)


@dataclass(frozen=True)
class Person:
    given: str
    family: str
    born: date
    postcode: str
    ward: Ward


def make() -> Made:
    random = dice("referrals")
    people = [_person(random) for _ in range(PEOPLE)]
    split = (PEOPLE + KNOWN_TO_BOTH) // 2
    made = [_referral(p, PARTNERS[0], random) for p in people[:split] for _ in range(random.choice((1, 1, 1, 2)))]
    made += [
        _referral(p, PARTNERS[1], random)
        for p in people[split - KNOWN_TO_BOTH :]
        for _ in range(random.choice((1, 1, 2)))
    ]
    made.sort(key=lambda row: (row[6], row))
    return Made(
        id="referrals",
        title="Referrals from two partners",
        row_is="one referral of one person by one partner",
        description="Referrals to early help by the council and a health partner. The two know some of the same "
        "people and write them down differently, so they show what linking, pseudonyms and small numbers take.",
        key=("referral_id",),
        owner="Adult Social Care",
        columns=COLUMNS,
        rows=[[f"R{n:05}", *row] for n, row in enumerate(made, 1)],
        missing=(BLANK, ("[x]", "not available: it was not recorded")),
        refresh="monthly; this copy ends on 31 March 2026",
        source="Case systems of two partners (generated).",
        keywords=("referrals", "partners", "people", "small numbers", "sharing"),
        sensitivity="OFFICIAL-SENSITIVE",
        publication={
            "public": False,
            "owner": "Head of Adult Social Care",
            "review": "2027-04-30",
            "reason": "Names, dates of birth and needs: personal data of a special category, were they real. Handled "
            "as if they were, so that the controls can be seen to work",
        },
    )


def _person(random: Random) -> Person:
    people = borough.populations()
    ward = random.choices(WARDS, [people[w.id] * w.condition**2 for w in WARDS])[0]
    born = date(2008, 1, 1) - timedelta(random.randrange(365 * 78))
    postcode = borough.postcode(random)
    return Person(random.choice(_GIVEN), random.choice(_FAMILY), born, postcode, ward)


def _referral(person: Person, partner: str, random: Random) -> list[str]:
    given, family, postcode = person.given, person.family, person.postcode
    if partner == PARTNERS[1]:
        family = random.choice((family, family, family.upper(), family.replace("'", "")))
        postcode = random.choice((postcode, postcode, postcode.replace(" ", ""), "[x]"))
        given = random.choice((given, given, given, f"{given} "))
    day = borough.YEAR_START + timedelta(random.randrange(365))
    return [
        partner,
        given,
        family,
        person.born.isoformat(),
        postcode,
        person.ward.name,
        day.isoformat(),
        random.choices(NEEDS, (22, 24, 18, 20, 10, 6))[0],
        random.choices(OUTCOMES, (40, 25, 8, 15, 12))[0],
    ]
