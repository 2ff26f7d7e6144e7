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
create() { # create FOLDER DOCUMENT PACKAGE[/VERSION]...: creates a project outside the repository with the code of a document and references to the packages
  local folder=$1 readme=$PWD/$2; shift 2
  mkdir -p "$folder" && cd "$folder" && dotnet new console --no-restore -f net10.0 >/dev/null && program "$readme" >Program.cs || return 1
  echo "<configuration><packageSources><add key=\"packed\" value=\"$work/feed\" /></packageSources></configuration>" >nuget.config
  # The last package is added as a user does it. The others are written to the project before, because each command restores twice.
  local package version
  for package in "${@:1:$#-1}"; do
    version=$(cd "$work/feed" && ls "$package".[0-9]*.nupkg 2>/dev/null) version=${version#"$package".} version=${version%.nupkg}
    [[ $package != */* ]] || version=${package#*/}
    sed -i "s#</Project>#<ItemGroup><PackageReference Include=\"${package%/*}\" Version=\"$version\" /></ItemGroup></Project>#" ./*.csproj
  done
  dotnet add package "${@: -1}" --prerelease
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
  create "$work/kernel" src/Connectors.Grok.SemanticKernel/README.md "Microsoft.SemanticKernel.Core/$core" Connectors.Grok.SemanticKernel || return 1
  cp "$plugin" . && sed -i '1i using Sample;' Program.cs && run_program -p:NoWarn=SKEXP0001 && grep -q 'Rain in Oslo' "$work/job"
)
check "a program that uses the packages runs the code of docs/getting-started.md" readme
check "a program that uses the packages runs the code of the Semantic Kernel README" kernel_readme

# The tool, installed from the packed file, for clients in other languages. The examples are those of its README.
block() { awk -v fence="\`\`\`$1" -v number="$2" '$0 == fence { count++; inside = count == number; next } /^```/ { inside = 0 } inside' src/Connectors.Grok.Emulator.Tool/README.md; }
start_tool() { # start_tool OPTION...: starts the installed tool as process $tool, at the base address $url
  "$work/tool/grok-emulator" --urls http://127.0.0.1:0 "$@" >"$work/tool.log" 2>&1 &
  tool=$!
  for _ in $(seq 100); do grep -q "is an emulator" "$work/tool.log" && break; sleep 0.2; done
  url=$(sed -n 's/ is an emulator.*//p' "$work/tool.log"); [ -n "$url" ]
}
stop_tool() { kill "$tool"; wait "$tool" 2>/dev/null; }
post() { curl -s --noproxy '*' -H 'content-type: application/json' -d '{"model":"grok-4.7","input":"Hello"}' "$@" "$url/responses"; }
install_tool() {
  NUGET_PACKAGES="$work/packages" dotnet tool install Connectors.Grok.Emulator.Tool --tool-path "$work/tool" --source "$work/feed" --prerelease && "$work/tool/grok-emulator" --help
}
scripted_tool() {
  block json 1 >"$work/replies.json" && start_tool --script "$work/replies.json" && post >"$work/job"; stop_tool
  cat "$work/job"; grep -q 'Plain text for the first request' "$work/job"
}
strict_tool() {
  start_tool --strict-key && [ "$(post -o /dev/null -w '%{http_code}')" = 401 ] &&
    post -H "authorization: Bearer $(sed -n 's/^Key: //p' "$work/tool.log")" -o /dev/null -w '%{http_code}' >"$work/job"; stop_tool
  cat "$work/job" "$work/tool.log"; [ "$(cat "$work/job")" = 200 ]
}
recorded_tool() { # recorded_tool COMMAND...: runs a client against a recorded emulator, then against the recording
  local file=$work/recorded.jsonl
  start_tool --record "$file" --upstream "http://127.0.0.1:$port/v1" && XAI_BASE_URL=$url XAI_API_KEY=xai-planted-key-1234 "$@" >"$work/live"; stop_tool
  start_tool --replay "$file" --speed 0 && XAI_BASE_URL=$url XAI_API_KEY=xai-planted-key-1234 "$@" >"$work/job"; stop_tool
  cat "$work/live" "$work/job"; grep -q Alice "$work/job" && cmp "$work/live" "$work/job" && [ "$(stat -c %a "$file")" = 600 ] && ! grep -q planted "$file"
}
if check "the tool installs from the packed file" install_tool; then
  check "the tool answers from a script" scripted_tool
  check "the tool requires the key that it prints" strict_tool
  if command -v python3 >/dev/null; then
    block python 2 >"$work/example.py"
    check "the tool records and replays for a Python client" recorded_tool python3 "$work/example.py"
  fi
  if command -v npm >/dev/null && npm install --prefix "$work/node" --no-audit --no-fund --loglevel=error "openai@$(sed -n 's/.*"openai": "\(.*\)".*/\1/p' tests/Connectors.Grok.Emulator.Clients/node/package.json)" >"$work/npm" 2>&1; then
    block js 1 >"$work/node/example.mjs"
    check "the tool records and replays for a Node client" recorded_tool node "$work/node/example.mjs"
  fi
fi
