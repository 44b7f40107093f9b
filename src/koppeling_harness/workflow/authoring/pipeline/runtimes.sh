lacking=""
{{programs}}
for package in $lacking; do
  # what cannot be installed is set aside by the run, which names it and says 12
  { $(command -v sudo) apt-get update -q && $(command -v sudo) apt-get install -qy --no-install-recommends "$package"; } || echo "$package was not installed"
done
