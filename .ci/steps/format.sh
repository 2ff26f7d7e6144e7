# The formatting of the solution
[ -n "$is_built" ] || check "restore" dotnet restore Connectors.sln
check "formatting" dotnet format Connectors.sln --verify-no-changes --no-restore
