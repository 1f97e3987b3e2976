"""`python -m reviewbot`, and the `reviewbot` script.

Law: nothing but the door to `cli`.
"""

from reviewbot.cli import main

if __name__ == "__main__":
    main()
