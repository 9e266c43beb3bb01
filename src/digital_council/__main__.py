"""The `council` command. Each room adds its own subcommands; a room is imported only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from digital_council.errors import CouncilError, UsageError

COMMANDS = {
    "serve": ("digital_council.hub.serve", "start the whole product on this machine"),
    "doctor": ("digital_council.hub.doctor", "check what the product needs and say how to mend it"),
    "grade": ("digital_council.grading.command", "grade any nbgrader course folder"),
    "courses": ("digital_council.grading.proving", "list, build, check and start courses"),
    "datasets": ("digital_council.datasets.command", "list, show, check and build datasets"),
    "apps": ("digital_council.apps.command", "list, publish, share, roll back and retire apps"),
    "search": ("digital_council.search.command", "find lessons, datasets and apps in a running portal"),
    "progress": ("digital_council.progress.command", "ask a running portal for your teams' progress"),
    "backup": ("digital_council.hub.backup", "write the whole state to one file"),
    "restore": ("digital_council.hub.restore", "bring the state back from such a file"),
}
"""Each module has `add_parser(subparsers)`, which sets the parser's default `run` to a function of the arguments."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line and end with status 2."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(f"{message}; see `{self.prog} --help`")


def installed(command: str) -> bool:
    """Whether the command's module is there; it is not imported, for importing its room takes long."""
    parts = COMMANDS[command][0].split(".")[1:]
    return Path(__file__).parent.joinpath(*parts).with_suffix(".py").exists()


def parser(asked: str | None) -> Parser:
    """The parser; of the subcommands only the one asked for is imported and described in full."""
    whole = Parser(prog="council", description="Digital Council: courses, live apps and open data.")
    subparsers = whole.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for command, (module, help_line) in COMMANDS.items():
        if command == asked and installed(command):
            importlib.import_module(module).add_parser(subparsers)
        elif installed(command):
            subparsers.add_parser(command, help=help_line)
    return whole


def run(words: Sequence[str]) -> int:
    """Do what the words say; raises CouncilError."""
    asked = next((word for word in words if not word.startswith("-")), None)
    chosen = parser(asked)
    arguments = chosen.parse_args(words)
    if arguments.command is None:
        chosen.print_help()
        return UsageError.exit_code
    return int(arguments.run(arguments) or 0)


def main(words: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 findings, 2 usage, 3 could not run. Errors are one line on stderr."""
    try:
        return run(sys.argv[1:] if words is None else words)
    except CouncilError as error:
        print(f"council: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 3
    except BrokenPipeError:  # the reader of our output, `head` say, has gone
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
