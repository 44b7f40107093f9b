code=0
mkdir -p shards report reports
koppeling merge shards --reports report || code=$?
cat report/*/summary.md > summary.md 2>/dev/null ||
  echo "No verdict: exit code $code. \`koppeling explain $code\` says what that means; the log says why." > summary.md
cp -R report/. reports/
# of the records what something still follows from; how many nights are kept beside it
koppeling records prune reports --keep 30 || echo "nothing was pruned: exit code $?"
