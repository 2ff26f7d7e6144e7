# The emulator as a resource of Aspire: one test project outside the solution; skipped when the feed lacks its packages
aspire=tests/Connectors.Grok.AppHost.Tests

lacks_packages() { # whether all restore errors are about packages or versions that the feed lacks
  grep -q ': error ' "$work/restore" && ! grep ': error ' "$work/restore" | grep -qvE 'error NU110[123]:'
}

if dotnet restore "$aspire" >"$work/restore" 2>&1; then
  check "$aspire: build, warnings are errors" dotnet build "$aspire" --no-restore -p:RunAnalyzers=true
  check "$aspire: formatting" dotnet format whitespace "$aspire" --verify-no-changes --no-restore
  run_tests "$aspire" --no-build
elif lacks_packages; then
  tests=$(grep -rhoE --include='*.cs' '^ *\[(Fact|Theory)' "$aspire" | wc -l)
  skipped=$((skipped + tests)); echo "skipped $tests tests: the feed lacks Aspire.Hosting or what it depends on"
else
  check "$aspire: restore" bash -c "cat '$work/restore'; false"
fi
