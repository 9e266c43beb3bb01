"""The figures of the course "Safe, secure, appropriate", worked out again; and answers its authors did not list."""

import re
from random import Random

import pandas as pd
import pytest

from digital_council import datasets
from digital_council.courses import Unit
from digital_council.courses.marking import mark
from digital_council.courses.trusted import TrustedSession
from digital_council.courses.units import load_course
from digital_council.datasets import suppression
from digital_council.datasets.generate import inbox as inbox_made
from digital_council.settings import PROJECT

FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d+|\b\d+\b")


@pytest.fixture(scope="module")
def units() -> dict[str, Unit]:
    return {unit.id: unit for unit in load_course(PROJECT / "courses" / "safe-secure-appropriate").units}


def said(unit: Unit) -> set[str]:
    """Every figure a learner reads in the lesson, but for names of things that hold digits."""
    texts = [cell.source for cell in unit.cells if cell.kind == "markdown"]
    texts += [str(cell.metadata.get("alt", "")) for cell in unit.cells]
    for question in unit.questions:
        texts += [question.prompt, question.praise, *question.hints]
        texts += [each.title + " " + each.explanation for each in question.misconceptions]
    text = "\n".join(re.sub(r"(?m)^\d\. ", "", text) for text in texts)
    return set(FIGURE.findall(re.sub(r"`[^`]*`|\b[A-Z]\d+\b", " ", text)))


def result(unit: Unit, question: str, value: object):
    return mark(unit, {question: value}, TrustedSession).result(question)


def phish_said(unit: Unit) -> set[str]:
    inbox = datasets.open("inbox")
    links = inbox.link_address.dropna()
    council = links.str.extract(r"https?://([^/]+)")[0].str.endswith((".council.example",))
    padlocks = links.str.startswith("https")
    return {str(each) for each in (len(inbox), len(links), padlocks.sum(), council.sum())}


def test_the_figures_about_the_inbox_are_true(units):
    unit = units["spot-the-phish"]
    assert said(unit) - {"20", "4", "1", "2", "3", "0"} <= phish_said(unit)
    assert phish_said(unit) == {"24", "10", "9", "3"}


def test_the_labels_are_those_of_the_people_who_made_the_inbox(units):
    true = inbox_made.verdicts()
    answer = units["spot-the-phish"].question("label_messages").answer
    assert {number: "report" if true[number] == "phishing" else "genuine" for number in answer} == answer
    assert list(answer.values()).count("report") == 6
    assert [true[number] for number in ("M06", "M17", "M11", "M20")] == ["genuine"] + ["phishing"] * 3


@pytest.mark.parametrize("missed", ["M03", "M08", "M10", "M13", "M15", "M16"])
def test_no_phish_may_be_let_through_and_two_false_alarms_may(units, missed):
    unit = units["spot-the-phish"]
    right = unit.question("label_messages").answer
    found = result(unit, "label_messages", {**right, missed: "genuine"})
    assert (found.outcome, found.points, found.findings[0].kind) == ("not-yet", 0, "misconception")
    assert result(unit, "label_messages", {**right, "M02": "report", "M21": "report"}).outcome == "passed"
    alarmed = result(unit, "label_messages", {**right, "M05": "report", "M09": "report", "M21": "report"})
    assert alarmed.findings[0].id == "pressure-means-phish"


def test_the_sums_about_passwords_are_true(units):
    unit = units["getting-in-safely"]
    sums = {(4 + 12) * 30 * 5, 5_000**2, 5_000**3, 5_000, 4 + 12, 30, 5, 72, 25}
    assert len(str(72**16)) == 30
    assert 5_000**3 == 5_000 * 5_000**2
    year = {
        "90",
        "2025",
        "2026",
        "27",
        "8",
        "3.3",
    }  # the old rule, the examples' years, the day of Cyber Essentials v3.3
    assert said(unit) - {"22", "1", "2", "3", "10"} - year <= {f"{each:,}" for each in sums} | {"5000", "16"}
    picture = next(cell for cell in unit.cells if cell.picture)
    assert "2,400" in picture.metadata["alt"]
    assert "125,000,000,000" in picture.metadata["alt"]


@pytest.mark.parametrize(
    ("value", "finding"),
    [
        (10_000, "added-not-multiplied"),
        ("125,000,000,000", "three-words-counted"),
        (12_500_000, "order-left-out"),
        ("12,497,500", "order-left-out"),
        (5_000, "one-word-counted"),
        (5_000 ^ 2, "no-power-sign"),
        ("2.5 million", "noughts"),
        ("5,000 × 5,000", "kind-of-answer"),
        ("about 25 million", "praise"),
        (1e300, "two-to-the-power"),
        (5_000**3 * 2 / 3, "two-thirds"),
        ("25,000,000", "praise"),
        (24_995_000, "praise"),
    ],
)
def test_every_sum_of_two_words_gets_what_it_deserves(units, value, finding):
    found = result(units["getting-in-safely"], "two_words", value).findings[0].id
    assert found == finding


@pytest.mark.parametrize(
    ("rules", "finding"),
    [
        (["mfa_all", "paste_ok", "three_words", "no_limit", "when_known"], "praise"),
        (["mfa_all", "paste_ok"], "no-length"),
        (["three_words", "paste_ok"], "no-mfa"),
        (["mfa_all", "three_words"], "no-paste"),
        (["mfa_all", "paste_ok", "three_words", "quarter"], "forced-change"),
        (["mfa_all", "paste_ok", "three_words", "yearly"], "expiry-but-gentler"),
        (["mfa_all", "paste_ok", "three_words", "eight_complex"], "complexity-too"),
        (["mfa_all", "paste_ok", "three_words", "mfa_outside"], "mfa-where-it-matters"),
        (["mfa_all", "paste_ok", "three_words", "type_it"], "remembering-is-safer"),
        (["eight_complex", "quarter", "mfa_all", "paste_ok"], "complexity-and-change-are-best"),
    ],
)
def test_every_policy_gets_what_it_deserves(units, rules, finding):
    assert result(units["getting-in-safely"], "new_policy", rules).findings[0].id == finding


def test_the_figures_about_the_drive_are_true(units):
    docs = datasets.open("docs")
    people = docs[docs.about_people]
    marked = people.marking.astype("object").fillna("none").value_counts()
    true = {len(docs), len(people), *marked, len(people) - marked["OFFICIAL-SENSITIVE"], 15}
    true |= {2024}  # the year of the policy
    assert said(units["mark-it-right"]) - {"20", "3", "4", "1"} <= {str(each) for each in true}
    assert marked.to_dict() == {"OFFICIAL-SENSITIVE": 69, "none": 58, "OFFICIAL": 13}


def test_the_fifteen_files_are_marked_as_the_drive_means_them(units):
    docs = datasets.open("docs").set_index("file_id")
    answer = units["mark-it-right"].question("mark_files").answer
    assert len(answer) == 15
    assert {number: "people" if docs.about_people[number] else "official" for number in answer} == answer
    assert set(docs.marking[["F0016", "F0206"]]) == {"OFFICIAL"}
    assert docs.marking[["F0063", "F0075", "F0256"]].isna().all()
    assert set(docs.team[["F0002", "F0030", "F0140"]]) == {"Human Resources"}
    assert docs.marking["F0309"] == "OFFICIAL"
    assert docs.about_people[["F0001", "F0062", "F0309"]].tolist() == [False, True, True]


@pytest.mark.parametrize("number", ["F0016", "F0063", "F0075", "F0206", "F0256", "F0369"])
def test_no_file_about_people_may_be_marked_too_low(units, number):
    unit = units["mark-it-right"]
    assert result(unit, "mark_files", {**unit.question("mark_files").answer, number: "official"}).outcome == "not-yet"


@pytest.mark.parametrize(
    ("wrong", "finding"),
    [
        ({"F0206": "official"}, "marking-there-is-right"),
        ({"F0016": "official"}, "marking-there-is-right"),
        ({"F0075": "official"}, "unmarked-means-official"),
        ({"F0256": "official", "F0063": "official"}, "unmarked-means-official"),
        ({"F0369": "official"}, "rota-is-harmless"),
        ({"F0002": "people", "F0140": "people", "F0016": "official"}, "team-decides"),
    ],
)
def test_every_file_marked_too_low_is_told_why(units, wrong, finding):
    unit = units["mark-it-right"]
    found = result(unit, "mark_files", {**unit.question("mark_files").answer, **wrong})
    assert (found.findings[0].id, found.points) == (finding, 0)


@pytest.mark.parametrize(("number", "outcome"), [("F0030", "passed"), ("F0211", "passed"), ("F0238", "not-yet")])
def test_marking_too_high_passes_once_where_it_can_be_argued(units, number, outcome):
    unit = units["mark-it-right"]
    right = unit.question("mark_files").answer
    assert result(unit, "mark_files", {**right, number: "harm"}).outcome == outcome
    assert result(unit, "mark_files", {**right, number: "people"}).outcome == "not-yet"


@pytest.fixture(scope="module")
def outcomes() -> pd.DataFrame:
    referrals = datasets.open("referrals")
    short = {"Support began": "Support", "Advice given": "Advice"}
    return pd.crosstab(referrals.ward_name.astype(str), referrals.outcome.astype(str).replace(short))


def lesson_names(unit: Unit) -> dict[str, object]:
    """What the lesson's own code sets, without the pictures."""
    session = TrustedSession()
    for cell in unit.cells:
        if cell.kind == "code" and not cell.picture:
            assert session.run(cell.source).error is None
    return dict(session.names)


def test_the_lessons_counts_are_those_of_the_referrals(units, outcomes):
    made = lesson_names(units["small-numbers"])
    for table in (made["referrals"], made["three_wards"]):
        for ward, row in table.iloc[:-1, :-1].iterrows():
            for outcome, count in row.items():
                parts = ["Declined", "Passed on"] if outcome == "Other" else [outcome]
                assert count == outcomes.loc[ward, parts].sum(), (ward, outcome)
        assert (table.iloc[:-1, :-1].sum() == table.loc["Total"].iloc[:-1]).all()
    attacked = made["attacked"]
    for ward in attacked.index[:3]:
        for outcome in attacked.columns[:5]:
            count, shown = outcomes.at[ward, outcome], attacked.at[ward, outcome]
            assert shown == ("[c]" if count < 5 else count)
        assert attacked.at[ward, "Total"] == outcomes.loc[ward].sum()
    assert units["small-numbers"].question("attack").answer == outcomes.at["Perivale", "Declined"]
    assert list(attacked.loc["Perivale"]).count("[c]") == 3
    of_lesson = {tuple(key.split(" / ")): label for key, label in safe_options(units).items()}
    assert all(label.endswith(f": {outcomes.at[cell]}") for cell, label in of_lesson.items())


def safe_options(units):
    return units["small-numbers"].question("safe_table").options


def test_the_figures_about_small_numbers_are_true(units, outcomes):
    unit = units["small-numbers"]
    wards = outcomes.loc[["East Acton", "North Acton", "South Acton"]]
    north = wards.loc["North Acton"]
    true = {north.sum(), *wards["Waiting"], wards["Waiting"].sum(), north["Support"], north["Advice"]}
    true |= {north["Declined"] + north["Passed on"], len(safe_options(units))}
    rule = {0, 1, 2, 4, 5, 8, 10}  # the rule of the lesson, thresholds in use, and the bounds that the picture shows
    said_here = said(unit) - {"25", "28", "2025", "3"}  # minutes; the day of the guidance; an answer that is not right
    assert said_here <= {str(each) for each in true | rule}
    box = lesson_names(unit)["three_wards"].astype("object")
    for ward in ("North Acton", "East Acton"):
        box.loc[ward, ["Waiting", "Other"]] = "[c]"
    left = suppression.prove(box, 5).bounds["North Acton", "Waiting"]
    assert (left.low, left.high) == (0, 8)


@pytest.mark.parametrize("wrong", [7, 4, 3, 0, 2])
def test_each_usual_mistake_of_the_attack_comes_from_the_table(units, outcomes, wrong):
    west, mandeville = (outcomes.at[ward, "Declined"] for ward in ("Northolt West End", "Northolt Mandeville"))
    perivale = outcomes.loc["Perivale"]
    leads_to = {
        "rest-of-the-row": perivale[perivale < 5].sum(),
        "one-ward-forgotten": west + mandeville + perivale["Declined"] - west,
        "another-blank": west,
        "blank-means-zero": 0,
    }
    found = result(units["small-numbers"], "attack", wrong).findings[0].id
    assert leads_to.get(found, 2) == wrong


def test_the_attacker_agrees_with_the_councils_own_tool(units):
    """Whatever the tool calls safe passes, and whatever does not pass the tool calls unsafe too."""
    unit, random = units["small-numbers"], Random(20260401)
    table = lesson_names(unit)["referrals"]
    cells = [tuple(key.split(" / ")) for key in safe_options(units)]
    small = [cell for cell in cells if table.at[cell] < 5]
    agreed = {True: 0, False: 0}
    for _ in range(150):
        hidden = small + random.sample([cell for cell in cells if cell not in small], random.randint(0, 6))
        published = table.astype("object")
        for cell in hidden:
            published.at[cell] = "[c]"
        safe = suppression.prove(published, 5).safe
        found = result(unit, "safe_table", [" / ".join(cell) for cell in hidden]).outcome == "passed"
        assert found or not safe, hidden
        by_code = unit.question("safe_table").judge(published)
        assert (by_code.outcome == "passed") == found
        agreed[safe] += found == safe
    assert min(agreed.values()) > 0


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("suppression.suppress(referrals, 5).to_csv()", "passed"),
        ("suppression.suppress(referrals, 5).T", "passed"),
        ("suppression.suppress(referrals, 5).to_dict()", "passed"),
        ("suppression.suppress(referrals, 5).replace('[c]', None)", "passed"),
        ("suppression.suppress(referrals, 5).rename_axis('Ward').reset_index()", "passed"),
        ("(referrals.iloc[:4, :5] / 5).round() * 5", "passed"),
        ("referrals", "not-yet"),
        ("referrals.iloc[:4, :5]", "not-yet"),
        ("referrals.mask(referrals < 5, 0)", "not-yet"),
        ("referrals.mask(referrals < 5, '<5')", "not-yet"),
        ("referrals.mask(referrals < 5, '[c]')", "not-yet"),
        ("referrals.mask(referrals < 5, 'x')", "not-yet"),
        ("suppression.suppress(referrals, 5).to_json()", "passed"),
        ("suppression.suppress(referrals, 5).to_csv(sep='\\t')", "passed"),
        ("suppression.suppress(referrals, 5).stack()", "passed"),
        ("suppression.suppress(referrals, 5).melt(ignore_index=False)", "passed"),
        ("suppression.suppress(referrals, 5).to_numpy()", "not-yet"),
        ("suppression.suppress(referrals, 5).replace('[c]', '<5')", "not-yet"),
        ("suppression.suppress(referrals, 5).rename(columns={'Support': 'Advice', 'Advice': 'Support'})", "not-yet"),
        ("suppression.suppress(referrals, 5).drop(columns='Declined')", "not-yet"),
        ("referrals + 1", "not-yet"),
        ("pd.DataFrame()", "not-yet"),
        ("['Lady Margaret / Nothing']", "not-yet"),
        ("7", "not-yet"),
    ],
)
def test_any_form_of_a_table_gets_what_it_deserves(units, code, outcome):
    found = result(units["small-numbers"], "safe_table", {"code": f"safe_table = {code}"})
    assert found.outcome == outcome, found.findings


@pytest.fixture(scope="module")
def quarters() -> pd.DataFrame:
    log = datasets.open("foi_log")
    return log.groupby(log.received_on.dt.to_period("Q")).agg(
        received=("reference", "count"), on_time=("on_time", "sum")
    )


def test_the_figures_about_potholes_and_requests_are_true(units, quarters):
    unit = units["ai-at-work"]
    reports = datasets.open("street_reports")
    holes = reports[reports.category == "Pothole"].reported_on.dt.to_period("Q").value_counts().sort_index()
    received, on_time = quarters.received, quarters.on_time
    assert holes.tolist() == [250, 205, 212, 224]
    true = {*holes, received.iloc[0], received.iloc[-1], round(100 * on_time.sum() / received.sum())}
    true |= {round(100 * on_time.iloc[-1] / received.iloc[-1])}
    letter = {"14", "3", "10", "17", "18", "07700", "900123", "2231"}
    others = {
        "25",
        "4",
        "5",
        "1",
        "2",
        "2025",
        "100",
        "1,302",
    }  # minutes, tasks, points, the guide's year, a false number
    assert said(unit) - letter - others <= {str(each) for each in true}


def test_the_verdicts_on_the_summary_follow_from_the_table(units, quarters):
    unit, received = units["ai-at-work"], quarters.received
    share = quarters.on_time / received
    verdicts = {
        "every_quarter": received.is_monotonic_increasing,
        "start_end": (received.iloc[0], received.iloc[-1]) == (217, 264),
        "total": received.sum() == 1302,
        "year_on_time": round(100 * quarters.on_time.sum() / received.sum()) == 91,
        "steadily": share.is_monotonic_increasing,
    }
    answer = dict(unit.question("check_claims").answer)
    assert answer.pop("form") == "absent"
    assert answer == {claim: "right" if holds else "wrong" for claim, holds in verdicts.items()}
    assert sorted(str(received.sum())) == sorted("1302"), "the digits are no longer swapped"


@pytest.mark.parametrize(
    ("question", "value", "finding"),
    [
        ("true_total", 1032, "praise"),
        ("true_total", "1,302", "copied-from-summary"),
        ("true_total", 942, "other-column"),
        ("true_total", 300, "last-quarter-for-year"),
        ("true_total", 1974, "both-columns"),
        ("true_total", 258, "mean-for-total"),
        ("true_total", "1,000", "rounded-total"),
        ("last_quarter", 111.9, "upside-down"),
        ("last_quarter", 25.1, "of-the-year"),
        ("last_quarter", "236/264", "kind-of-answer"),
        ("last_quarter", 89, "praise"),
        ("last_quarter", "89.4%", "praise"),
        ("last_quarter", 0.894, "share-for-percent"),
        ("last_quarter", 0.9128, "wrong-value"),
        ("last_quarter", 1, "wrong-value"),
        ("last_quarter", 88.9, "first-quarter"),
        ("last_quarter", 94, "first-quarter"),
        ("last_quarter", 91.3, "year-for-quarter"),
        ("last_quarter", 10.6, "late-for-on-time"),
        ("last_quarter", 22.9, "of-the-year"),
        ("last_quarter", 236, "count-for-share"),
        ("redact_letter", ["name", "address", "phone", "only_one", "case"], "praise"),
        ("redact_letter", ["name", "address", "phone", "only_one", "case", "corner", "rang"], "praise"),
        ("redact_letter", ["name", "address", "phone", "case"], "only-one-left-in"),
        ("redact_letter", ["only_one"], "still-points"),
    ],
)
def test_every_answer_about_the_assistant_gets_what_it_deserves(units, question, value, finding):
    assert result(units["ai-at-work"], question, value).findings[0].id == finding


def test_the_mistakes_about_the_last_quarter_come_from_the_table(quarters):
    last, year = quarters.iloc[-1], quarters.sum()
    assert 100 * year.on_time / year.received == pytest.approx(91.28, abs=0.005)
    assert 100 * (1 - last.on_time / last.received) == pytest.approx(10.6, abs=0.05)
    assert 100 * last.on_time / year.received == pytest.approx(22.9, abs=0.05)
    assert (last.on_time, last.received) == (236, 264)


def test_every_unit_says_how_many_questions_it_asks(units):
    words = {11: "Eleven", 12: "Twelve", 13: "Thirteen", 14: "Fourteen"}
    marked = {1: "one of them", 2: "two of them", 3: "three of them", 5: "five of them"}
    for unit in units.values():
        first = unit.cells[0].source
        assert f"{words[len(unit.questions)]} short questions" in first, unit.id
        assert marked[sum(question.points > 0 for question in unit.questions)] in first, unit.id
        assert f"About {unit.minutes} minutes" in first, unit.id
