# The Agent Framework sample: every scenario, and sessions that a second process continues
build samples/AgentFramework
build src/Connectors.Grok.Emulator

agent() { run samples/AgentFramework --folder "$work/agents" "$@"; }
scenarios() { # all scenarios in one process, over an emulator that outlives it
  XAI_BASE_URL="http://127.0.0.1:$port/v1" agent >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && [ "$(grep -c '^== ' "$work/job")" -eq 12 ] && [ "$(grep -c '^Your name is Alice' "$work/job")" -eq 5 ] &&
    grep -qx 303 "$work/job" && grep -qx 'Approve refund?' "$work/job" && grep -qx '1 compaction' "$work/job" && grep -qx '4 messages' "$work/job" &&
    grep -q '^editor: ' "$work/job" && grep -q '^lawyer: ' "$work/job" && [ "$(grep -c '^critic: ' "$work/job")" -eq 2 ] && grep -q '^billing: ' "$work/job"
}
continues() { # continues SCENARIO: the second process does not say the name again
  agent "$1" "What is 6*7?" >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q '^6\*7 equals 42' "$work/job" && grep -q '^Your name is Alice' "$work/job"
}
continues_at_the_service() { XAI_BASE_URL="http://127.0.0.1:$port/v1" continues plain; }
approves() { agent approval >"$work/job" 2>&1; local code=$?; cat "$work/job"; [ $code -eq 0 ] && grep -q 'Refunded' "$work/job"; }

start_emulator --token-delay 0 --thinking-delay 0
check "the Agent Framework sample: all scenarios" scenarios
check "a session over the client, which another process continues" continues_at_the_service
kill "$emulator"; wait "$emulator" 2>/dev/null
# The next processes have an emulator of their own, which does not know the conversations.
check "a conversation, which another process continues" continues conversation
check "a session over history tracking, which another process continues" continues tracking
check "an approval, which another process gives" approves
