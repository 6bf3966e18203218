"""`python -m gates` does what `gates` does."""

from gates.cli.main import main

if __name__ == "__main__":
    main()
