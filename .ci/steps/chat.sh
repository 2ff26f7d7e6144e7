# The chat sample: turns, conversations that continue in another process, and invalid input
build samples/Chat

uuid='[0-9a-f]\{8\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{12\}'
chat() { dotnet run --no-build --project samples/Chat -- "$@"; }
alice() { chat "$@" "My name is Alice. Remember this." "What's my name?"; }
remembers() { # the second answer contains the name, and each answer has a different id
  alice >"$work/job" 2>&1 </dev/null || { cat "$work/job"; return 1; }
  cat "$work/job"
  [ "$(grep -o "$uuid" "$work/job" | sort -u | wc -l)" -ge 2 ] && [ "$(grep -c Alice "$work/job")" -ge 1 ]
}
second_answer() { # --json: one object per turn
  alice --json >"$work/job" 2>/dev/null </dev/null && cat "$work/job" && [ "$(wc -l <"$work/job")" -eq 2 ] && tail -n 1 "$work/job" | grep -q 'Alice'
}
sends_only_new_messages() {
  alice --show-wire >"$work/job" 2>&1 </dev/null; cat "$work/job"
  grep 'previous_response_id' "$work/job" | grep -q "What's my name" && ! grep 'previous_response_id' "$work/job" | grep -q 'My name is Alice'
}
sends_the_history() {
  alice --no-store --encrypted-reasoning --show-wire >"$work/job" 2>&1 </dev/null; cat "$work/job"
  ! grep -q 'previous_response_id' "$work/job" && grep "What's my name" "$work/job" | grep 'encrypted_content' | grep -q 'My name is Alice'
}
continues_in_another_process() { # two processes with one file and separate emulators: resent in full once, then continued by id
  local kept=(--conversation ticket-4711 --database "$work/kept.db")
  chat "${kept[@]}" "My name is Alice. Remember this." </dev/null >"$work/job" 2>&1 || { cat "$work/job"; return 1; }
  chat "${kept[@]}" --show-wire "What's my name?" "What is 6 times 7?" /history </dev/null >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q '^Your name is Alice' "$work/job" && [ "$(grep -c 'was resent' "$work/job")" -eq 1 ] &&
    grep '6 times 7' "$work/job" | grep 'previous_response_id' | grep -qv 'Alice' && grep -q '▶ 3 after 2.*\$.*stored until' "$work/job" && grep -q '1 first.*missing on the server' "$work/job"
}
shows_the_tree() { # piped commands, including forks and totals
  printf '/fork 1\nWhat is 101*3?\n/history\n' | chat --conversation ticket-4711 --database "$work/kept.db" >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q '▶ 4 after 1' "$work/job" && grep -q '^ticket-4711: 4 turns' "$work/job"
}
compacts() { # /compact, and an answer from the summary
  printf 'My name is Alice. Remember this.\nWhat is 101*3?\n/compact\nWhat'"'"'s my name?\n/history\n' | chat --show-wire >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q '^2 turns compacted, [0-9,]* → [0-9,]* tokens' "$work/job" && grep -q '^Your name is Alice' "$work/job" &&
    grep "What's my name" "$work/job" | grep -q '"type":"compaction"' && grep -q '3 after 2 *compacted' "$work/job"
}
rejects() { # rejects WORD ARGS...: expects exit code 2 and one error line that contains the word
  local word=$1; shift
  chat "$@" >"$work/job" 2>"$work/errors" </dev/null; local code=$?
  grep -v '^No XAI_API_KEY' "$work/errors" >"$work/err"; cat "$work/err"; [ $code -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qi -- "$word" "$work/err"
}
check "two turns have two ids" remembers
check "the second answer contains the name" second_answer
check "the second request contains only the new message" sends_only_new_messages
check "without storage, the history and its encrypted reasoning are sent" sends_the_history
check "a conversation continues in another process" continues_in_another_process
check "the history is a tree" shows_the_tree
check "a conversation is compacted" compacts
check "invalid input: nothing to compact" rejects compact /compact
check "invalid input: two conversations" rejects conversation --continue x --conversation y hi
check "invalid input: no conversations in that file" rejects database --conversation y --database README.md hi
check "invalid input: no key" rejects XAI_API_KEY --endpoint https://example.com hi
check "invalid input: plain http" rejects https --endpoint http://example.com hi
check "invalid input: unreachable" rejects reached --endpoint http://127.0.0.1:1 hi
check "invalid input: missing image" rejects image --image "$work/none.png" hi
check "invalid input: unknown model" rejects model --model grok-unheard-of hi
check "invalid input: unknown option" rejects option --frobnicate hi
