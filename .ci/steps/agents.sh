# Agents and YAML prompts of Semantic Kernel: two projects outside the solution; skipped when the feed lacks their packages
agents=tests/Connectors.Grok.SemanticKernel.Agents.Tests

only_missing() { # whether all restore errors are about packages or versions that the feed lacks
  grep -q ': error ' "$work/restore" && ! grep ': error ' "$work/restore" | grep -qvE 'error NU110[123]:'
}
thread() { # an agent's thread in two processes, then the YAML prompt
  local sample=(run samples/SemanticKernelAgents --thread "$work/thread.json")
  "${sample[@]}" "My name is Alice. Remember this." && "${sample[@]}" "What's my name?" >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q Alice "$work/job" && "${sample[@]}"
}

if dotnet restore "$agents" >"$work/restore" 2>&1; then
  for project in "$agents" samples/SemanticKernelAgents; do
    check "$project: build, warnings are errors" dotnet build "$project" -p:RunAnalyzers=true
    check "$project: formatting" dotnet format whitespace "$project" --verify-no-changes --no-restore
  done
  run_tests "$agents" --no-build
  check "the agents sample, with a thread that another process continues" thread
elif only_missing; then
  tests=$(grep -rhoE --include='*.cs' '^ *\[(Fact|Theory)' "$agents" | wc -l)
  skipped=$((skipped + tests))
  echo "skipped $tests tests: the feed lacks $(grep -oE 'error NU110[123]: [^.]*package [^ ]+' "$work/restore" | sed 's/.*package //; s/\.$//' | sort -u | paste -sd ' ')"
else
  check "$agents: restore" bash -c "cat '$work/restore'; false"
fi
