"""First program inside a bubblewrap: names the user, gives up all privilege, becomes the program asked for.

Run by path with `python -I -S`, so it may import the standard library and its neighbour `privilege` only.
"""

import os
import sys
from pathlib import Path

DATABASE = Path("/run/identity")  # where /etc/passwd and /etc/group point; a small tmpfs of its own


def write_identity(uid: int, gid: int, name: str, home: str) -> None:
    """Let programs look up the one user there is."""
    for file, text in (
        ("passwd", f"{name}:x:{uid}:{gid}:{name}:{home}:/bin/sh\n"),
        ("group", f"{name}:x:{gid}:\n"),
    ):
        (DATABASE / file).write_text(text)
        (DATABASE / file).chmod(0o444)


def main(arguments: list[str]) -> None:
    """`UID GID PROGRAM ARGUMENTS…`; never returns."""
    import privilege  # type: ignore[import-not-found]  # beside this file

    uid, gid, argv = int(arguments[0]), int(arguments[1]), arguments[2:]
    write_identity(uid, gid, os.environ.get("USER", "user"), os.environ.get("HOME", "/"))
    if os.geteuid() != uid:
        privilege.become(uid, gid)
    privilege.renounce()
    os.umask(0o077)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        sys.exit(f"{argv[0]} could not be started in the sandbox: {error.strerror}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main(sys.argv[1:])
