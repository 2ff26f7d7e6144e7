# The solution restores with the committed lock files and builds without warnings
outside="tests/Connectors.Grok.AppHost.Tests/Connectors.Grok.AppHost.Tests.csproj samples/SemanticKernelAgents/SemanticKernelAgents.csproj tests/Connectors.Grok.SemanticKernel.Agents.Tests/Connectors.Grok.SemanticKernel.Agents.Tests.csproj"
in_solution() { # every project is in the solution, except those whose packages some feeds lack
  diff <(git ls-files '*.csproj' | sort) <({ dotnet sln Connectors.sln list | grep 'csproj$'; tr ' ' '\n' <<<"$outside"; } | sort)
}
check "every project is in the solution, except three" in_solution
check "restore: the lock files are as committed" dotnet restore Connectors.sln --locked-mode
check "build, warnings are errors" dotnet build Connectors.sln --no-restore && is_built=yes
