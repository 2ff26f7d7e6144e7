# The budgets for allocated bytes; those for time are only shown
check "budgets" dotnet run -c Release --project tests/Connectors.Grok.Benchmarks -- --check --allocations-only
sed -n '/^| Work/,$p' "$work/out"
