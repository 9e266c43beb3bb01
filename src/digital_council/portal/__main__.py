"""The portal's process, as the hub starts it: `python -m digital_council.portal`."""

from __future__ import annotations

import logging
import sys


def main() -> int:
    """Serve until told to stop; 3 and one line on stderr when that is not possible."""
    # Imported here: the grading workers import this module again, and need nothing of the portal.
    from digital_council.errors import CouncilError
    from digital_council.portal.serving import serve
    from digital_council.settings import State

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        serve(State())
    except CouncilError as error:
        print(f"portal: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
