# The budgets for allocated bytes; the times of the same rows are shown but not checked
check "budgets" env -u DOTNET_TieredPGO dotnet run -c Release -p:RunAnalyzers=false --project tests/Connectors.Grok.Benchmarks -- --check --allocations-only
sed -n '/^| Work/,$p' "$work/out"
