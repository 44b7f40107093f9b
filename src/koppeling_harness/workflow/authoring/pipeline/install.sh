# what cannot be installed is no verdict: 11, and never the 1 of a failed integration
python -m pip install --disable-pip-version-check{{index}} --constraint koppeling-constraints.txt "$HARNESS" || exit 11
