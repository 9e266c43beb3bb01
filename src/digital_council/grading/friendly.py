"""What went wrong, in plain words: no traceback, the line in the learner's own cell, and what to try next."""

from collections.abc import Callable

from digital_council.courses.findings import NOT_YET, Finding, LearnerRaised

from .records import CellError, clean

ENDED = {
    "time": (
        "Your code ran for too long and was stopped.",
        "Look for a loop that never ends, or for work done row by row that could be done on a whole column.",
    ),
    "memory": (
        "Your code used more memory than there is for one attempt.",
        "Look for a list or a table that grows on every turn of a loop, or a join that repeats rows.",
    ),
    "processes": (
        "Your code tried to start too many other programs.",
        "The lesson needs none: work with the tables it gives you.",
    ),
    "ended": (
        "Your code stopped the checker before it could finish.",
        "Take out anything that ends the program, such as exit(), quit() or os._exit().",
    ),
}


class Explained(LearnerRaised):
    """A learner's error with its explanation ready."""

    def __init__(self, id: str, title: str, detail: str = "", error: CellError | None = None) -> None:
        error = error or CellError("Error", title)
        super().__init__(error.type_name, error.message, error.line)
        self.id, self.title, self.detail, self.error = id, title, detail, error

    def finding(self, question: str) -> Finding:
        return Finding(question, NOT_YET, self.id, self.title, self.detail, "error")


def ended(reason: str) -> Explained:
    """The explanation of a session that the learner's code ended."""
    title, detail = ENDED.get(reason, ENDED["ended"])
    return Explained(f"stopped-{reason}", title, detail)


def explained(error: CellError, cells: dict[str, str] | None = None, here: str | None = None) -> Explained:
    """An error in words; `cells` names other cells for the learner, `here` is the one that was being run."""
    kind = next((k for k in (error.type_name, *error.bases) if k in WORDS), "")
    if kind == "MemoryError":  # told alike, whether Python ran out of memory or the watchdog saw it first
        return ended("memory")
    sentence, advice = WORDS[kind](error) if kind else (f"Your code stopped with an error ({error.type_name}).", "")
    said = "" if kind in QUIET else clean(error.message.split("\n")[0], 200)
    parts = [_where(error, cells or {}, here), advice, f"Python says: {said}" if said else ""]
    # The id is counted per question: a name of the learner's own making is not one.
    return Explained(f"error-{kind.lower() or 'other'}", sentence, " ".join(p for p in parts if p), error)


def _where(error: CellError, cells: dict[str, str], here: str | None) -> str:
    if error.line is None:
        return ""
    elsewhere = cells.get(error.cell or "") if error.cell != here else None
    place = f"Line {error.line} of {elsewhere or 'your cell'}"
    return f"{place} says “{error.source.strip()}”." if error.source.strip() else f"{place}."


def _near(error: CellError, otherwise: str) -> str:
    return f"Did you mean {' or '.join(error.near)}?" if error.near else otherwise


def _quoted(error: CellError) -> str:
    found = error.message.split("'")
    return found[1] if len(found) > 2 else error.message


def _name(error: CellError) -> tuple[str, str]:
    advice = _near(error, "Check its spelling, and that it is set before this line.")
    return f"There is nothing called {clean(_quoted(error), 60)} yet.", advice


def _key(error: CellError) -> tuple[str, str]:
    name = clean(error.message.strip("'\""), 60)
    return f"There is no column or key called {name}.", _near(error, "Check its spelling and its capital letters.")


def _attribute(error: CellError) -> tuple[str, str]:
    return "Something after a dot does not exist.", _near(error, "Check its spelling, and what stands before the dot.")


def _syntax(error: CellError) -> tuple[str, str]:
    return "Python cannot read your code.", "Look for a missing bracket, quotation mark or colon here or just above."


def _indent(error: CellError) -> tuple[str, str]:
    return "A line is not indented as Python expects.", "Lines of one block start at the same place: use four spaces."


def _plain(sentence: str, advice: str = "") -> Callable[[CellError], tuple[str, str]]:
    return lambda error: (sentence, advice)


NO_NETWORK = ("Your code asks for the network, and there is none here.", "Open the council's data by name instead.")

WORDS: dict[str, Callable[[CellError], tuple[str, str]]] = {
    "IndentationError": _indent,
    "SyntaxError": _syntax,
    "UnboundLocalError": _name,
    "NameError": _name,
    "KeyError": _key,
    "AttributeError": _attribute,
    "IndexError": _plain("Your code asks for a place that is not there.", "Positions start at 0 and end one early."),
    "ZeroDivisionError": _plain("Your code divides by nought.", "Decide what the answer should be when there is none."),
    "RecursionError": _plain("A function goes on calling itself.", "Check the case in which it should stop."),
    "ModuleNotFoundError": _plain("That library is not here.", "The lesson needs only what its first cell imports."),
    "FileNotFoundError": _plain("There is no such file.", "Open the council's data by name, as the lesson does."),
    "gaierror": _plain(*NO_NETWORK),
    "URLError": _plain(*NO_NETWORK),
    "ConnectionError": _plain(*NO_NETWORK),
    "BlockingIOError": _plain(*ENDED["processes"]),
    "UnknownDatasetError": _plain("There is no dataset of that name.", "Check its spelling."),
    "EOFError": _plain("Nobody is there to answer input().", "Write the value into your code instead."),
    "MemoryError": _plain(ENDED["memory"][0]),
    "SystemExit": _plain(*ENDED["ended"]),
    "KeyboardInterrupt": _plain("Your code was stopped."),
    "PermissionError": _plain("That is not allowed here.", "The lesson needs no files or programs of its own."),
    "OverflowError": _plain("A number grew too large."),
    "TypeError": _plain("Two kinds of thing do not go together here.", "Check whether one of them is text."),
    "ValueError": _plain("A value is not of the kind this step can use."),
    "NotImplementedError": _plain("This part has not been written yet."),
    "AssertionError": _plain("A check in your own code failed."),
}

# Where the sentence has said it, Python's own words would only repeat it.
QUIET = frozenset({"", "NameError", "UnboundLocalError", "KeyError", "EOFError", "SystemExit", "MemoryError"}) - {""}
