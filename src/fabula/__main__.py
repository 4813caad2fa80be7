"""``python -m fabula`` is the command ``fabula``."""

from fabula.cli.main import main

main()
