"""`python -m bot`."""

import sys


def _needed(error: ModuleNotFoundError) -> str:
    """What to say where a package is not installed; an own module that is missing is a fault of ours."""
    if error.name is None or error.name.partition(".")[0] == "bot":
        raise error
    return f"yongwen: {error.name} is not installed; python3 scripts/run COMMAND installs all, then runs it"


if __name__ == "__main__":
    try:
        try:
            from bot.cli import main
        except ModuleNotFoundError as error:
            sys.exit(_needed(error))
        sys.exit(main())
    except KeyboardInterrupt:  # while everything was still being imported
        sys.exit(130)
