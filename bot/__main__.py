"""`python -m bot`."""

import sys

if __name__ == "__main__":
    try:
        from bot.cli import main

        sys.exit(main())
    except KeyboardInterrupt:  # while everything was still being imported
        sys.exit(130)
