# The committed lock files are restored, and the solution builds without a warning
outside="samples/SemanticKernelAgents/SemanticKernelAgents.csproj tests/Connectors.Grok.SemanticKernel.Agents.Tests/Connectors.Grok.SemanticKernel.Agents.Tests.csproj"
in_solution() { # every project is in the solution, except those that some feeds lack the packages of
  diff <(git ls-files '*.csproj' | sort) <({ dotnet sln Connectors.sln list | grep 'csproj$'; tr ' ' '\n' <<<"$outside"; } | sort)
}
check "every project is in the solution, except two" in_solution
check "restore: the lock files are as committed" dotnet restore Connectors.sln --locked-mode
check "build, warnings are errors" dotnet build Connectors.sln --no-restore && is_built=yes
