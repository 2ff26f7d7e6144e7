# The whitespace of the solution; style and analyzers are errors of the build
[ -n "$is_built" ] || check "restore" dotnet restore Connectors.sln
check "formatting" dotnet format whitespace Connectors.sln --verify-no-changes --no-restore
