import pandas as pd

from digital_council.courses.questions import Choice, Function, Misconception, Number, Value

BINS = pd.DataFrame({"ward": ["Acton", "Hanwell", "Perivale"], "Missed bins": [12, 7, 30]})


def over(table, most):
    return int((table["Missed bins"] > most).sum())


def at_least(table, most):
    return int((table["Missed bins"] >= most).sum())


def inputs(rng):
    for _ in range(5):
        table = pd.DataFrame({"Missed bins": rng.integers(0, 50, 20)})
        yield [table, int(table["Missed bins"].iloc[0])]


QUESTIONS = [
    Choice("worst", "Which ward?", options={"a": "Acton", "b": "Hanwell", "c": "Perivale"}, answer="c", points=1),
    Value("total", "How many in all?", answer=49, points=2),
    Function("over", "How many wards are over?", answer=over, examples=[[BINS, 10]], inputs=inputs, points=2,
             misconceptions=[Misconception("at-least", "That counts wards at the line too.", "Use > and not >=.",
                                           gives=at_least)]),
    Number("mean", "The mean?", answer=49 / 3, tolerance=0.01, points=1, code=True),
]
