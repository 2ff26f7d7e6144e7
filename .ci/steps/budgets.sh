# The budgets for allocated bytes; times are shown but not checked
check "budgets" dotnet run -c Release --project tests/Connectors.Grok.Benchmarks -- --check --allocations-only
sed -n '/^| Work/,$p' "$work/out"
