"""A nbgrader course of what is hard to mark apart: marks that are numbers, tables, files, classes, questions asked."""
# ruff: noqa: E501  (cells in strings)

from course_maker import check, locked, solution

CELLS = [
    locked("setup", "import numpy as np\nimport pandas as pd"),
    solution("evens", "def evens(n):\n    return np.arange(n) * 2.0"),
    check("evens_test", "np.testing.assert_allclose(evens(4), [0, 2, 4, 6])"),
    solution("shares", "shares = pd.Series([1, 2, 3])"),
    check("shares_test", "assert (shares == pd.Series([1, 2, 3])).all()"),
    solution("share", "share = 1.0"),
    check("share_test", "2 * share", 2),
    solution("tidy", "def tidy(items):\n    return sorted(items)"),
    check("tidy_test", "given = [3, 1, 2]\nassert tidy(given) == sorted(given)"),
    solution("total", "def total(items):\n    return sum(items)"),
    check("total_test", "wanted = 61\nassert total(n for n in (20, 41)) == wanted"),
    solution("purse", "class Purse:\n    def __init__(self, pence):\n        self.pence = pence\n    def __eq__(self, other):\n        return isinstance(other, Purse) and other.pence == self.pence\n    def doubled(self):\n        return Purse(2 * self.pence)"),
    check("purse_test", "assert isinstance(Purse(1), Purse)\nassert Purse(3).doubled() == Purse(6)"),
    solution("save", "def save(number):\n    with open('kept.txt', 'w') as kept:\n        kept.write(str(number))"),
    check("save_test", "save(3)\nwith open('kept.txt') as kept:\n    np.testing.assert_allclose(float(kept.read()), 3)"),
    check("near_test", "save(4)\nwith open('kept.txt') as kept:\n    assert abs(float(kept.read()) - 4) < 1e-9"),
    solution("ask", "def ask():\n    return 2 * int(input('How many? '))"),
    check("ask_test", "from unittest.mock import patch\nwith patch('builtins.input', return_value='4'):\n    assert ask() == 8"),
]  # fmt: skip
BESIDE = {"purse_test", "save_test", "near_test", "ask_test"}
