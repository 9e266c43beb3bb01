"""A session: cells run, values are taken, functions are called, and nothing a child says can do more than end it."""
# ruff: noqa: E501, PT012  (cases in tables, and code in strings)

import json
import signal

import pandas as pd
import pytest

from digital_council.grading.clock import TooSlow, at_most
from digital_council.grading.policy import Limits, Policy
from digital_council.grading.sandbox import Missing, Raised, Refused, Sandbox, Session, SessionEnded
from digital_council.grading.values import Opaque, encode_untrusted

JUNK = "import socket\nfor fd in range(3, 1024):\n    try:\n        socket.socket(fileno=fd).send({junk})\n    except OSError:\n        pass\n"


DRIP = """
import os, socket, time

def drip(text):
    for each in sockets:
        try:
            each.send(text)
        except OSError:  # another test's, gone or full
            pass

numbers = [fd for fd in range(3, 1024) if os.path.exists(f"/proc/self/fd/{fd}")]
sockets = [socket.socket(fileno=fd) for fd in numbers if "socket" in os.readlink(f"/proc/self/fd/{fd}")]
for each in sockets:
    each.setblocking(False)
drip(b"\\0\\0\\xff\\xff")
while True:
    time.sleep(0.2)
    drip(b"x")
"""


def test_a_cell_gives_text_a_result_and_a_table(session: Session) -> None:
    ran = session.run("print('hello')\nimport pandas as pd\npd.DataFrame({'a': [1]})")
    stream, result = ran.outputs
    assert stream == {"output_type": "stream", "name": "stdout", "text": "hello\n"}
    assert result["output_type"] == "execute_result"
    assert "<table" in result["data"]["text/html"]


def test_a_chart_comes_as_an_image(session: Session) -> None:
    ran = session.run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert [list(o["data"]) for o in ran.outputs if "image/png" in o.get("data", {})] == [["text/plain", "image/png"]]


def test_a_quiet_cell_shows_nothing_and_draws_nothing(session: Session) -> None:
    assert session.run("import matplotlib.pyplot as plt\nplt.plot([1])\nprint(1)\n2", quiet=True).outputs == []
    assert session.run("print(len(plt.get_fignums()))").outputs[0]["text"] == "0\n"


def test_a_quiet_cell_makes_no_picture_of_what_it_shows_and_the_next_loud_one_does(session: Session) -> None:
    shown = "class Shown:\n    asked = 0\n    def _repr_html_(self):\n        Shown.asked += 1\n        return 'seen'\n"
    assert session.run(f"{shown}display(Shown())\nShown()", quiet=True).outputs == []
    assert session.run("print(Shown.asked)").outputs[0]["text"] == "0\n"
    assert session.run("Shown()").outputs[0]["data"]["text/html"] == "seen"
    assert session.run("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()", quiet=True).error is None
    assert "image/png" in session.run("plt.plot([1])\nplt.show()").outputs[0]["data"]


def test_names_last_from_cell_to_cell(session: Session) -> None:
    session.run("x = {'a': (1, 2.5)}")
    session.run("x['b'] = None")
    assert session.take("x") == {"a": (1, 2.5), "b": None}


def test_a_value_is_taken_in_the_same_breath_as_its_cell(session: Session) -> None:
    ran = session.run("x = 1", take=["x", "y"])
    assert session.opened(ran.values["x"]) == 1
    with pytest.raises(Missing):
        session.opened(ran.values["y"])


def test_a_function_is_called_with_data(session: Session) -> None:
    session.run("def double(table, column='a'):\n    print('noise')\n    return table[column] * 2")
    assert session.call("double", [pd.DataFrame({"a": [1, 2]})]).tolist() == [2, 4]


def test_a_function_that_raises_says_its_line(session: Session) -> None:
    session.run("def f(x):\n    y = x\n    return y['q']", "average")
    with pytest.raises(Raised) as raised:
        session.call("f", [{}])
    assert (raised.value.error.type_name, raised.value.error.line) == ("KeyError", 3)
    assert raised.value.error.cell == "average"


def test_an_error_comes_with_its_line_and_near_names(session: Session) -> None:
    session.run("import pandas as pd\nspend = pd.DataFrame({'Net Amount': [1]})")
    error = session.run("a = 1\nspend['net amount']", "total").error
    assert error is not None
    assert (error.type_name, error.line, error.near) == ("KeyError", 2, ("Net Amount",))
    assert error.trace == (("total", 2, "spend['net amount']"),)


def test_a_function_as_a_value_is_opaque(session: Session) -> None:
    session.run("f = print")
    value = session.take("f")
    assert isinstance(value, Opaque)
    assert value.callable


def test_a_value_over_the_limit_is_refused_and_the_session_goes_on(session: Session) -> None:
    session.run("big = 'x' * 3_000_000\nsmall = 1")
    with pytest.raises(Refused, match="larger than 1 MB"):
        session.take("big")
    assert session.take("small") == 1


def test_printing_without_end_is_cut(session: Session) -> None:
    ran = session.run("for _ in range(100_000):\n    print('spam')")
    assert len(ran.outputs[0]["text"]) < 105_000
    assert "left out" in ran.outputs[0]["text"]


def test_an_endless_loop_ends_the_session_in_time(plain: Sandbox) -> None:
    with plain.session() as session, pytest.raises(SessionEnded) as end:
        session.run("while True:\n    pass")
    assert end.value.reason == "time"


def test_signals_cannot_hold_off_the_end(plain: Sandbox) -> None:
    with plain.session() as session, pytest.raises(SessionEnded):
        session.run("import signal\nfor s in range(1, 60):\n    try:\n        signal.signal(s, signal.SIG_IGN)\n"
                    "    except (OSError, ValueError):\n        pass\nwhile True:\n    pass")  # fmt: skip


@pytest.mark.parametrize(
    "code", ["import os\nos._exit(0)", "import os\nos.kill(os.getpid(), 9)", "import os\nos.abort()"]
)
def test_a_cell_that_ends_its_process_ends_only_the_session(plain: Sandbox, code: str) -> None:
    with plain.session() as session, pytest.raises(SessionEnded) as end:
        session.run(code)
    assert end.value.reason == "ended"
    with plain.session() as session:
        assert session.run("x = 1", take=["x"]).error is None


def test_system_exit_is_an_error_like_another(session: Session) -> None:
    error = session.run("import sys\nsys.exit(0)").error
    assert error is not None
    assert error.type_name == "SystemExit"
    assert session.run("x = 1").error is None


@pytest.mark.parametrize("junk", ["b'junk' * 100", "b'\\xff' * 8", "b'\\0\\0\\0\\4DCV1'", "b'\\0' * 4"])
def test_junk_on_the_protocol_ends_only_the_session(plain: Sandbox, junk: str) -> None:
    with plain.session() as session, pytest.raises(SessionEnded):
        session.run(JUNK.format(junk=junk))
        session.run("x = 1")
        session.run("x = 1")


def test_a_dripping_reply_is_not_waited_for(plain: Sandbox) -> None:
    with plain.session() as session, pytest.raises(SessionEnded):
        session.run(DRIP)


@pytest.mark.parametrize(
    "lie",
    [
        "{'error': 5, 'outputs': 7, 'values': 3}",
        "{'error': {'line': 'x', 'near': [[]], 'trace': [[1]]}, 'outputs': [{'output_type': 'stream', 'text': ['a']}]}",
        "{'error': None, 'outputs': [{'output_type': 'display_data', 'data': {'application/javascript': 'alert(1)'}}], 'values': {}}",
        "[]",
        "None",
    ],
)
def test_a_lying_reply_is_rebuilt_as_data(plain: Sandbox, lie: str) -> None:
    code = f"import digital_council.grading.inside_untrusted as m\nm.Server.run_untrusted = lambda self, request: {lie}"
    with plain.session() as session:
        session.run(code)
        try:
            ran = session.run("x = 1")
        except SessionEnded:
            return
        assert all("application/javascript" not in o.get("data", {}) for o in ran.outputs)
        assert ran.error is None or isinstance(ran.error.type_name, str)


def test_the_total_time_bounds_many_short_cells(plain: Sandbox) -> None:
    policy = Policy(limits=Limits(seconds_cell=2, seconds_total=1))
    with Sandbox(plain.warm, policy).session() as session, pytest.raises(SessionEnded):
        for _ in range(10):
            session.run("import time\ntime.sleep(0.4)")


def test_a_module_beside_the_submission_shadows_nothing(plain: Sandbox) -> None:
    with plain.session(
        {"pandas.py": b"raise SystemExit", "random.py": b"x = 1", "colorsys.py": b"poisoned = 1"}
    ) as session:
        ran = session.run("import colorsys\nhasattr(colorsys, 'poisoned')")
    assert ran.outputs[0]["data"]["text/plain"] == "False"


def test_a_value_that_takes_too_long_to_read_is_refused_and_the_session_goes_on(session: Session) -> None:
    frame = encode_untrusted([[number] for number in range(20_000)], session.bounds)
    assert len(session.opened({"value": frame})) == 20_000
    patient, session.policy = session.policy, Policy(limits=Limits(seconds_cell=1e-4))
    with pytest.raises(Refused, match="too long"):
        session.opened({"value": frame})
    session.policy = patient
    session.run("x = 1")
    assert session.take("x") == 1


def test_a_clock_ends_what_swallows_every_error() -> None:
    def stubborn() -> None:
        while True:
            try:
                json.loads("[" + "1," * 1000 + "1]")
            except Exception:
                continue

    with pytest.raises(TooSlow), at_most(0.05):
        stubborn()
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!true",
        "%config InlineBackend.figure_format = 'retina'",
        "exit()",
        "%cd -q .",
        "%bookmark x",
    ],
)
def test_what_notebooks_begin_with_ends_no_cell(session: Session, line: str) -> None:
    ran = session.run(f"{line}\ntotal = 49")
    assert ran.error is None
    assert session.take("total") == 49


def test_a_program_started_by_a_cell_shows_what_it_prints(session: Session) -> None:
    assert session.run("word = 'tree'\n!echo {word}s").outputs[0]["text"] == "trees\n"
