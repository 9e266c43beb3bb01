"""The shell in which a learner's cells run: IPython with no history, no configuration and no screen.

Everything in this module shares a process with learner code once a cell has run, so nothing it says is believed
outside: its outputs and errors are data, bounded and rebuilt by the sandbox.
"""

import base64
import io
import os
import subprocess
import sys
import warnings
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

INLINE = "module://matplotlib_inline.backend_inline"
CUT = "\n[more output than may be shown was left out]\n"


class Outputs:
    """The outputs of one cell as nbformat's records, up to a limit of bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.records: list[dict[str, Any]] = []
        self.left = limit
        self.quiet = False

    def begin(self, quiet: bool) -> None:
        self.records, self.left, self.quiet = [], self.limit, quiet

    def stream(self, name: str, text: str) -> None:
        if self.quiet or self.left <= 0:
            return
        piece = text[: self.left]
        self.left -= len(piece)
        if self.left <= 0:
            piece += CUT
        last = self.records[-1] if self.records else None
        if last and last["output_type"] == "stream" and last["name"] == name:
            last["text"].append(piece)
        else:
            self.records.append({"output_type": "stream", "name": name, "text": [piece]})

    def display(self, kind: str, data: dict[str, Any], metadata: dict[str, Any], count: int | None = None) -> None:
        if self.quiet or self.left <= 0:
            return
        data = {str(mime): _text(body) for mime, body in data.items()}
        self.left -= sum(len(body) if isinstance(body, str) else len(repr(body)) for body in data.values())
        if self.left <= 0:
            self.records.append({"output_type": "stream", "name": "stderr", "text": [CUT]})
            return
        record = {"output_type": kind, "data": data, "metadata": dict(metadata)}
        self.records.append(record if count is None else record | {"execution_count": count})

    def take(self) -> list[dict[str, Any]]:
        return [r | {"text": "".join(r["text"])} if r["output_type"] == "stream" else r for r in self.records]


def _text(body: Any) -> Any:
    return base64.b64encode(body).decode() if isinstance(body, bytes) else body


class Stream(io.TextIOBase):
    """Stands for sys.stdout or sys.stderr."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, outputs: Outputs, name: str) -> None:
        self.outputs, self.channel = outputs, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.outputs.stream(self.channel, str(text))
        return len(text)


class Results(DisplayHook):  # type: ignore[misc]
    """Takes the value of a cell's last line."""

    def start_displayhook(self) -> None:
        self._is_active = True

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.outputs.display("execute_result", format_dict, md_dict or {}, self.prompt_count)

    def finish_displayhook(self) -> None:
        self._is_active = False


class Displays(DisplayPublisher):  # type: ignore[misc]
    """Takes what `display` and the charts publish."""

    def publish(self, data: Any, metadata: Any = None, *args: Any, **kwargs: Any) -> None:
        self.shell.outputs.display("display_data", data, metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.records.clear()


class Formats(DisplayFormatter):  # type: ignore[misc]
    """Makes pictures and tables only of what somebody will see: `plt.show()` alone costs a tenth of a second."""

    def format(self, obj: Any, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        if self.parent.outputs.quiet:
            return {}, {}
        data, metadata = super().format(obj, include, exclude)
        return data, metadata


class Compiler(CachingCompiler):  # type: ignore[misc]
    """Names compiled code after its cell, so that a traceback tells which lines are the learner's."""

    cell = "cell"

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"<cell {self.cell}>"


class Shell(InteractiveShell):  # type: ignore[misc]
    """An IPython that keeps its outputs instead of printing them."""

    outputs: Outputs

    def init_profile_dir(self, profile_dir: Any) -> None:
        self.profile_dir = None

    def init_virtualenv(self) -> None:
        pass

    def init_display_formatter(self) -> None:
        self.display_formatter = Formats(parent=self)
        self.configurables.append(self.display_formatter)

    def enable_gui(self, gui: Any = None) -> None:
        """Nothing: there is no screen, and `%matplotlib inline` asks for none."""

    def system(self, cmd: str) -> None:
        """Run a program and show what it prints; IPython would want a terminal for it, and there is none."""
        ran = subprocess.run(
            self.var_expand(cmd, depth=1), shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        sys.stdout.write(ran.stdout.decode("utf-8", "replace"))
        self.user_ns["_exit_code"] = ran.returncode

    def ask_exit(self) -> None:
        """Nothing: a cell that says exit() has ended by then."""

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: errors are told in the learner's words, from the error itself."""

    def _format_exception_for_storage(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Nothing: a formatted traceback for the history costs a tenth of a second and nobody reads it."""
        return {}

    def showsyntaxerror(self, *args: Any, **kwargs: Any) -> None:
        """Nothing, as above."""


def new_shell(output_bytes: int = 1 << 20) -> Shell:
    """Make the one shell of this process, with charts inline; done before the fork, it costs each session nothing."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 50
    # Warnings of libraries on being set up are not the learner's.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shell: Shell = Shell.instance(
            config=config,
            displayhook_class=Results,
            display_pub_class=Displays,
            compiler_class=Compiler,
            ipython_dir=os.path.join(os.sep, "tmp"),
        )
        shell.outputs = Outputs(output_bytes)
        shell.db = {}  # where `%cd` and its like remember things; there is no profile to keep them in
        if "matplotlib.pyplot" in sys.modules:
            _inline_charts(shell)
        else:
            os.environ["MPLBACKEND"] = INLINE  # so that a cell which imports it has charts inline too
        _fail_once(shell)
    warnings.filterwarnings("ignore", message="To exit: use")
    return shell


def _fail_once(shell: Shell) -> None:
    """Load what a first cell and a first error need now, in the warm parent, rather than in every fork."""
    for code in ("None", "1 / 0"):
        shell.run_cell(code, store_history=False, silent=True)
    shell.displayhook.compute_format_data(0)
    shell.last_execution_result = None
    shell.outputs.begin(quiet=False)


def _inline_charts(shell: Shell) -> None:
    import matplotlib

    matplotlib.use(INLINE)
    import matplotlib.pyplot
    from matplotlib_inline.backend_inline import configure_inline_support, flush_figures
    from matplotlib_inline.config import InlineBackend

    configure_inline_support(shell, "inline")  # type: ignore[no-untyped-call]
    InlineBackend.instance(parent=shell).print_figure_kwargs = {"bbox_inches": "tight"}
    _draw_once()

    def finish() -> None:
        if shell.outputs.quiet:
            matplotlib.pyplot.close("all")
        else:
            flush_figures()  # type: ignore[no-untyped-call]

    # The sandbox draws only what somebody will see: a chart costs a tenth of a second.
    shell.events.unregister("post_execute", flush_figures)
    shell.events.register("post_execute", finish)


def _draw_once() -> None:
    """Load fonts and drawing code now, in the warm parent, rather than in every fork."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3, 2), layout="constrained")
    for axes in figure.subplots(1, 2):
        axes.bar_label(axes.barh(["a", "b"], [1, 1000], label="c"))
        axes.annotate("$10^2$", (0, 0), arrowprops={"arrowstyle": "-"})  # mathematics takes long to load
        axes.set(title="a", xlabel="b", xscale="log")
        axes.legend()
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")


def redirect_untrusted(outputs: Outputs) -> None:
    """Send Python's streams to the outputs, and the process's own to nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)
    sys.stdin = io.StringIO()
    sys.stdout = Stream(outputs, "stdout")  # type: ignore[assignment]
    sys.stderr = Stream(outputs, "stderr")  # type: ignore[assignment]
