"""Pay: what each post was paid, with nobody's name."""

from __future__ import annotations

from random import Random

from digital_council.datasets.generate.borough import DIRECTORATES, TEAMS, dice
from digital_council.datasets.generate.writing import Made, column

STAFF = {
    "adult-social-care": 57,
    "community-safety": 17,
    "housing-advice": 29,
    "libraries": 41,
    "parking": 36,
    "parks": 22,
    "planning": 31,
    "street-services": 52,
    "customer-contact": 47,
    "finance": 33,
    "human-resources": 21,
    "information-governance": 13,
}
"""Posts in each team; with the chief executive, 400."""
GRADES = {
    "G4": 26_200,
    "G5": 28_900,
    "G6": 32_100,
    "G7": 36_400,
    "G8": 41_700,
    "G9": 47_300,
    "G10": 53_600,
    "G11": 61_900,
    "G12": 74_800,
    "Director": 118_000,
    "Chief executive": 176_500,
}
"""Grade: pounds a year at the bottom of the grade, full time."""
SHARES = (16, 22, 20, 16, 11, 7, 4, 2.5, 1.5)

COLUMNS = (
    column("post_id", "string", "The post's number: no person can be found by it", unique=True),
    column("directorate", "string", "The directorate the post is in", enum=tuple(DIRECTORATES.values())),
    column("team", "string", "The team the post is in"),
    column("grade", "string", "The grade of the post", enum=tuple(GRADES)),
    column("contract", "string", "Permanent or temporary", enum=("Permanent", "Temporary")),
    column("fte", "number", "Share of full-time hours: 1 is full time", minimum=0, maximum=1),
    column("full_time_salary", "integer", "Pounds a year if the post were full time", minimum=0),
    column("paid_salary", "integer", "Pounds paid in the year for the hours worked", minimum=0),
    column("allowances", "integer", "Taxable allowances and benefits, in pounds", minimum=0),
    column(
        "employer_pension",
        "integer",
        "What the council paid into the pension, in pounds; no part of earnings",
        minimum=0,
    ),
    column("taxable_earnings", "integer", "Paid salary and allowances, in pounds", minimum=0),
)


def make() -> Made:
    random = dice("pay")
    posts = [_post("resources", "Chief Executive's Office", "Chief executive", random, full=True)]
    for team, count in STAFF.items():
        name, directorate = TEAMS[team]
        grades = random.choices(list(GRADES)[:9], SHARES, k=count)
        if team in ("adult-social-care", "planning", "finance"):
            grades[0] = "Director"
        posts += [_post(directorate, name, grade, random, full=grade == "Director") for grade in grades]
    rows = [[f"P{number:04}", *post] for number, post in enumerate(posts, 1)]
    return Made(
        id="pay",
        title="Pay by post, 2025-26",
        row_is="one post on 31 March 2026",
        key=("post_id",),
        owner="Human Resources",
        description="What each of 400 posts earned in 2025-26, to work out typical pay and the pay multiple of the "
        "Transparency Code: highest taxable earnings divided by the median of the whole workforce.",
        columns=COLUMNS,
        rows=rows,
        refresh="yearly, as at 31 March",
        source="Payroll (generated).",
        keywords=("pay", "salaries", "workforce", "transparency", "median"),
        quality="A council would not publish real pay post by post, which is personal data; these posts are "
        "invented. Part-time pay must be made full-time before it is compared. Pension is not earnings.",
    )


def _post(directorate: str, team: str, grade: str, random: Random, *, full: bool) -> list[str]:
    fte = 1.0 if full else random.choices((1.0, 0.8, 0.6, 0.5), (68, 13, 10, 9))[0]
    salary = round(GRADES[grade] * random.choice((1, 1.02, 1.04, 1.06, 1.08)))
    paid = round(salary * fte)
    allowances = random.choices((0, random.randint(120, 900), random.randint(900, 3200)), (62, 26, 12))[0]
    if grade in ("Director", "Chief executive"):
        allowances = random.randint(3200, 6100)
    contract = "Permanent" if full or random.random() < 0.88 else "Temporary"
    return [
        DIRECTORATES[directorate],
        team,
        grade,
        contract,
        f"{fte:g}",
        str(salary),
        str(paid),
        str(allowances),
        str(round(paid * 0.186)),
        str(paid + allowances),
    ]
