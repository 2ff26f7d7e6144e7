# The packages: reproducibility and SBOMs, a trimmed program, and the code of the documents as programs that use the packages
build src/Connectors.Grok.Emulator

pack() { # pack FOLDER: packs the projects as for a release, each built once; the step `build` has run the analyzers
  local filter=$PWD/packages.slnf
  echo "{\"solution\":{\"path\":\"Connectors.sln\",\"projects\":[$(dotnet sln Connectors.sln list | grep '^src/' | sed 's/.*/"&"/' | paste -sd ',')]}}" >"$filter"
  CI=true dotnet pack "$filter" -p:RunAnalyzers=false -o "$1"; local code=$?
  rm "$filter"; return $code
}
pack_elsewhere() ( # packs the same files in another directory; the branch must not change the packages
  git clone -q . "$work/again" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work/again" && cd "$work/again" && git checkout -q --detach || return 1
  local origin; origin=$(git -C "$OLDPWD" remote get-url origin 2>/dev/null) && git remote set-url origin "$origin" || git remote remove origin
  pack "$work/again/feed"
)
check "dotnet pack" pack "$work/feed"
check "dotnet pack in another directory" pack_elsewhere
check "packages contain a correct SBOM and are identical from both directories" dotnet run .ci/packages.cs -- "$work/feed" "$work/again/feed"

start_emulator
trimmed() {
  # The warnings are those of the linker, which reads the whole program; the analyzers ran in the step `build`.
  dotnet publish tests/Connectors.Grok.TrimSmoke -r linux-x64 --self-contained -p:RunAnalyzers=false -o "$work/trimmed" >"$work/job" 2>&1 || { cat "$work/job"; return 1; }
  cat "$work/job"; ! grep -qE 'warning|IL[23][0-9]{3}' "$work/job" && XAI_BASE_URL="http://127.0.0.1:$port/v1" "$work/trimmed/Connectors.Grok.TrimSmoke"
}
check "a trimmed program without reflection-based JSON publishes without warnings" trimmed

# The programs restore to a separate cache, which contains no older packages of the same version.
program() { # program DOCUMENT: prints the C# blocks as one program
  awk '/^```csharp/ { c = 1; next } /^```/ { c = 0 } c && /^using [A-Za-z.]+;/' "$1" | sort -u
  awk '/^```csharp/ { c = 1; n++; if (n > 1) print "{"; next } /^```/ { if (c && n > 1) print "}"; c = 0 } c && !/^using [A-Za-z.]+;/' "$1"
}
create() { # create FOLDER DOCUMENT PACKAGE...: creates a project outside the repository with the code of a document and references to the packages
  local folder=$1 readme=$PWD/$2; shift 2
  mkdir -p "$folder" && cd "$folder" && dotnet new console --no-restore -f net10.0 >/dev/null && program "$readme" >Program.cs || return 1
  echo "<configuration><packageSources><add key=\"packed\" value=\"$work/feed\" /></packageSources></configuration>" >nuget.config
  for package in "$@"; do dotnet add package "$package" --prerelease || return 1; done
}
run_program() { # run_program [OPTION...]: builds and runs the project in the current folder; the output is in $work/job
  dotnet build -warnaserror "$@" || return 1
  XAI_BASE_URL="http://127.0.0.1:$port/v1" dotnet run --no-build >"$work/job" 2>&1; local code=$?
  cat "$work/job"; return $code
}
readme() (
  export NUGET_PACKAGES="$work/packages"
  create "$work/readme" docs/getting-started.md Connectors.Grok Connectors.Grok.Sqlite Connectors.Grok.Postgres Connectors.Grok.Redis Connectors.Grok.Emulator || return 1
  printf '%%PDF-1.4\nThe total was 42.\n%%%%EOF\n' >invoice.pdf # which the page uploads
  # The stores for PostgreSQL and Redis are only constructed; they connect with the first call.
  echo 'await using (var nodes = new Connectors.Grok.Postgres.PostgresConversationStore("Host=127.0.0.1;Database=app")) Console.WriteLine(nodes);' >>Program.cs
  echo 'await using (var cluster = new Connectors.Grok.Redis.RedisConversationStore("127.0.0.1:6379")) Console.WriteLine(cluster);' >>Program.cs
  run_program && [ "$(grep -c Alice "$work/job")" -ge 2 ] && grep -q 303 "$work/job" && grep -q 'Quota after 1 request' "$work/job" &&
    grep -q '^ticket-4712 is kept' "$work/job" && grep -q 'PostgresConversationStore$' "$work/job" && grep -q 'RedisConversationStore$' "$work/job"
)
kernel_readme() ( # uses the plugin of the sample; Semantic Kernel marks the conversion from IChatClient as experimental
  export NUGET_PACKAGES="$work/packages"
  local core; core=$(sed -n 's/.*Include="Microsoft.SemanticKernel.Core" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)
  local plugin=$PWD/samples/SemanticKernel/WeatherPlugin.cs
  create "$work/kernel" src/Connectors.Grok.SemanticKernel/README.md Connectors.Grok.SemanticKernel && dotnet add package Microsoft.SemanticKernel.Core -v "$core" || return 1
  cp "$plugin" . && sed -i '1i using Sample;' Program.cs && run_program -p:NoWarn=SKEXP0001 && grep -q 'Rain in Oslo' "$work/job"
)
check "a program that uses the packages runs the code of docs/getting-started.md" readme
check "a program that uses the packages runs the code of the Semantic Kernel README" kernel_readme
