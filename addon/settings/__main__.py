"""Prints what the settings say of themselves: `python -m addon.settings sample` or `… reference`."""

import argparse
import sys

from addon.settings.reference import reference, sample

if __name__ == "__main__":
    documents = {"sample": sample, "reference": reference}
    parser = argparse.ArgumentParser(prog="python -m addon.settings", description=__doc__)
    parser.add_argument("document", choices=documents, help="config/sluice.toml, or the table of its README")
    sys.stdout.write(documents[parser.parse_args().document]())
