# The README's main job, in the chat sample: turns, conversations that continue in another process, and bad input
build samples/Chat

uuid='[0-9a-f]\{8\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{12\}'
chat() { dotnet run --no-build --project samples/Chat -- "$@"; }
alice() { chat "$@" "My name is Alice. Remember this." "What's my name?"; }
remembers() { # the second answer knows the name, and each answer has an id of its own
  alice >"$work/job" 2>&1 </dev/null || { cat "$work/job"; return 1; }
  cat "$work/job"
  [ "$(grep -o "$uuid" "$work/job" | sort -u | wc -l)" -ge 2 ] && [ "$(grep -c Alice "$work/job")" -ge 1 ]
}
second_answer() { # --json: one object a turn
  alice --json >"$work/job" 2>/dev/null </dev/null && cat "$work/job" && [ "$(wc -l <"$work/job")" -eq 2 ] && tail -n 1 "$work/job" | grep -q 'Alice'
}
sends_only_what_is_new() {
  alice --show-wire >"$work/job" 2>&1 </dev/null; cat "$work/job"
  grep 'previous_response_id' "$work/job" | grep -q "What's my name" && ! grep 'previous_response_id' "$work/job" | grep -q 'My name is Alice'
}
carries_the_history() {
  alice --no-store --encrypted-reasoning --show-wire >"$work/job" 2>&1 </dev/null; cat "$work/job"
  ! grep -q 'previous_response_id' "$work/job" && grep "What's my name" "$work/job" | grep 'encrypted_content' | grep -q 'My name is Alice'
}
continues_yesterdays() { # two processes over one file, each with an emulator of its own: resent in full once, by id afterwards
  local kept=(--conversation ticket-4711 --database "$work/kept.db")
  chat "${kept[@]}" "My name is Alice. Remember this." </dev/null >"$work/job" 2>&1 || { cat "$work/job"; return 1; }
  chat "${kept[@]}" --show-wire "What's my name?" "What is 6 times 7?" /history </dev/null >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q '^Your name is Alice' "$work/job" && [ "$(grep -c 'sent anew' "$work/job")" -eq 1 ] &&
    grep '6 times 7' "$work/job" | grep 'previous_response_id' | grep -qv 'Alice' && grep -q '▶ 3 after 2.*\$.*stored until' "$work/job" && grep -q '1 first.*gone from the server' "$work/job"
}
shows_the_tree() { # commands piped in, forks and totals included
  printf '/fork 1\nWhat is 101*3?\n/history\n' | chat --conversation ticket-4711 --database "$work/kept.db" >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q '▶ 4 after 1' "$work/job" && grep -q '^ticket-4711: 4 turns' "$work/job"
}
refuses() { # refuses WORD ARGS...: one line that contains the word, and exit code 2
  local word=$1; shift
  chat "$@" >"$work/job" 2>"$work/errors" </dev/null; local code=$?
  grep -v '^No XAI_API_KEY' "$work/errors" >"$work/err"; cat "$work/err"; [ $code -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qi -- "$word" "$work/err"
}
check "two turns, two ids" remembers
check "the second answer remembers" second_answer
check "the second request holds only what is new" sends_only_what_is_new
check "without storage, the history and its encrypted reasoning are sent" carries_the_history
check "a conversation continues in another process" continues_yesterdays
check "its history is a tree" shows_the_tree
check "bad input: two conversations" refuses conversation --continue x --conversation y hi
check "bad input: no conversations in that file" refuses database --conversation y --database README.md hi
check "bad input: no key" refuses XAI_API_KEY --endpoint https://example.com hi
check "bad input: plain http" refuses https --endpoint http://example.com hi
check "bad input: unreachable" refuses reached --endpoint http://127.0.0.1:1 hi
check "bad input: missing image" refuses image --image "$work/none.png" hi
check "bad input: unknown model" refuses model --model grok-unheard-of hi
check "bad input: unknown option" refuses option --frobnicate hi
