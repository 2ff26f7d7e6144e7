# No package of the solution is vulnerable or deprecated
[ -n "$is_built" ] || check "restore" dotnet restore Connectors.sln
check "no vulnerable or deprecated packages" dotnet run .ci/audit.cs
grep '^skipped' "$work/out"
skipped=$((skipped + $(grep -c '^skipped' "$work/out")))
