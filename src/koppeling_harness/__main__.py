"""`python -m koppeling_harness` is the command `koppeling`."""

from koppeling_harness.cli.main import main

if __name__ == "__main__":
    main()
