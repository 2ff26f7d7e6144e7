# The Semantic Kernel sample with the emulator
build samples/SemanticKernel

kernel() { # a history in two processes, then a plugin and a prompt file
  local sample=(run samples/SemanticKernel --history "$work/history.json")
  "${sample[@]}" "My name is Alice. Remember this." && "${sample[@]}" "What's my name?" >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q Alice "$work/job" && "${sample[@]}" >"$work/job" 2>&1 && cat "$work/job" && grep -q 'Rain in Oslo' "$work/job" && grep -q '    1: https' "$work/job"
}
check "the Semantic Kernel sample, with a history that another process continues" kernel
