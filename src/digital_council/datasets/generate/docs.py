"""The inventory of a shared drive: copies, near copies, same names for other things, and what the rules say to keep."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from digital_council.datasets.generate.borough import TEAM_NAMES, dice
from digital_council.datasets.generate.writing import BLANK, NOT_APPLICABLE, Made, column

ORIGINALS = 300
EXACT, NEAR = 60, 70
"""How many copies are the same to the byte under another name or folder, and how many are later drafts."""
MARKINGS = ("OFFICIAL", "OFFICIAL-SENSITIVE")
RULES = {"R1": ("destroy", 2), "R2": ("destroy", 6), "R3": ("review", 7), "R4": ("keep", None)}
"""Retention rule: what happens, and how many years after the last change."""

_KINDS = {
    "Minutes of the {team} team meeting": ("docx", "R1", False), "{team} budget monitoring": ("xlsx", "R2", False),
    "{team} service plan": ("docx", "R3", False), "{team} risk register": ("xlsx", "R2", False),
    "Complaint about {team}": ("docx", "R2", True), "{team} staff rota": ("xlsx", "R1", True),
    "{team} equality impact assessment": ("pdf", "R3", False), "Contract for {team}": ("pdf", "R2", False),
    "{team} annual report": ("pdf", "R4", False), "Notes of a case conference, {team}": ("docx", "R3", True),
    "{team} leaflet for residents": ("pdf", "R1", False), "{team} grievance hearing": ("docx", "R2", True),
}  # fmt: skip
"""Title: type of file, retention rule, whether it is about people and should be marked OFFICIAL-SENSITIVE."""

COLUMNS = (
    column("file_id", "string", "The file's number", unique=True),
    column("folder", "string", "The folder it lies in"),
    column("file_name", "string", "What the file is called"),
    column("title", "string", "What it is, from its properties"),
    column("team", "string", "The team whose it is", enum=TEAM_NAMES),
    column("file_type", "string", "The type of file", enum=("docx", "xlsx", "pdf")),
    column("size_kb", "integer", "Its size in kilobytes", minimum=1),
    column("content_hash", "string", "A fingerprint of the content: equal when files are the same to the byte"),
    column("created_on", "date", "The day it was made"),
    column("changed_on", "date", "The day it was last changed"),
    column("signed_off", "boolean", "Whether somebody signed it off as the final one"),
    column("marking", "string", "How it is marked; blank where nobody did", required=False, enum=MARKINGS),
    column("about_people", "boolean", "Whether it names people and says something of them"),
    column("retention_rule", "string", "The rule that applies", enum=tuple(RULES)),
    column("retention_years", "integer", "Years to keep after the last change; [z] for ever", required=False),
    column("retention_action", "string", "What the rule says happens then", enum=("destroy", "review", "keep")),
    column("on_hold", "boolean", "Whether a dispute or inquiry forbids destroying it"),
)


@dataclass(frozen=True)
class File:
    folder: str
    name: str
    title: str
    team: str
    kind: str
    size: int
    content: str
    created: date
    changed: date
    signed: bool
    marking: str
    people: bool
    rule: str
    hold: bool

    def row(self, number: int) -> list[str]:
        action, years = RULES[self.rule]
        return [
            f"F{number:04}",
            self.folder,
            self.name,
            self.title,
            self.team,
            self.kind,
            str(self.size),
            hashlib.sha256(self.content.encode()).hexdigest()[:16],
            self.created.isoformat(),
            self.changed.isoformat(),
            str(self.signed).lower(),
            self.marking,
            str(self.people).lower(),
            self.rule,
            "[z]" if years is None else str(years),
            action,
            str(self.hold).lower(),
        ]


def make() -> Made:
    random = dice("docs")
    originals = [_original(number, random) for number in range(ORIGINALS)]
    files = [
        *originals,
        *(_copy(file, random) for file in random.sample(originals, EXACT)),
        *(_draft(file, number, random) for number, file in enumerate(random.sample(originals, NEAR))),
    ]
    random.shuffle(files)
    return Made(
        id="docs",
        title="Files on a shared drive",
        row_is="one file",
        key=("file_id",),
        owner="Information Governance",
        description="An inventory of a shared drive: what to find, which copies to keep, how to mark files and "
        "how long to hold on to them.",
        columns=COLUMNS,
        rows=[file.row(number) for number, file in enumerate(files, 1)],
        missing=(BLANK, NOT_APPLICABLE),
        refresh="once; as at 31 March 2026",
        source="A listing of the drive (generated).",
        keywords=("files", "records", "retention", "duplicates", "marking"),
        quality="Files with one content_hash are the same to the byte whatever they are called; files of one "
        "name may differ. A third are not marked.",
    )


def _original(number: int, random: Random) -> File:
    team = random.choice(TEAM_NAMES)
    pattern = random.choice(list(_KINDS))
    kind, rule, people = _KINDS[pattern]
    created = date(2014, 1, 1) + timedelta(random.randrange(4400))
    title = f"{pattern.format(team=team)}, {created:%B %Y}"
    name = random.choice(
        (
            f"{title}.{kind}",
            f"{title.replace(' ', '_').replace(',', '')}.{kind}",
            f"minutes.{kind}",
            f"Document{random.randint(1, 9)}.{kind}",
            f"{pattern.format(team=team)}.{kind}",
        )
    )
    marking = random.choices(("", "OFFICIAL-SENSITIVE" if people else "OFFICIAL", "OFFICIAL"), (34, 50, 16))[0]
    changed = min(created + timedelta(random.randrange(120)), date(2026, 3, 31))
    return File(
        f"{team}/{created.year}",
        name,
        title,
        team,
        kind,
        random.randint(18, 4200),
        f"{number}:{title}",
        created,
        changed,
        random.random() < 0.5,
        marking,
        people,
        rule,
        random.random() < 0.04,
    )


def _copy(file: File, random: Random) -> File:
    """The same to the byte, elsewhere or under another name."""
    stem, dot, kind = file.name.rpartition(".")
    name = random.choice((file.name, f"Copy of {file.name}", f"{stem} (1){dot}{kind}"))
    folder = random.choice((f"{file.team}/Archive", "Shared/To sort", f"{file.team}/Old laptop"))
    return replace(file, name=name, folder=folder, signed=False)


def _draft(file: File, number: int, random: Random) -> File:
    """A later draft: nearly the same title, another content."""
    stem, dot, kind = file.name.rpartition(".")
    name = f"{stem} {random.choice(('v2', 'FINAL', 'final FINAL', 'tracked changes', 'v0.3'))}{dot}{kind}"
    later = min(file.changed + timedelta(random.randint(1, 30)), date(2026, 3, 31))
    return replace(
        file,
        name=name,
        size=max(1, file.size + random.randint(-4, 9)),
        content=f"{file.content}:{number}",
        changed=later,
        signed=random.random() < 0.25,
    )
