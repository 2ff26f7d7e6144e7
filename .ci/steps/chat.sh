# The chat sample: turns, conversations that continue in another process, and invalid input
build samples/Chat

uuid='[0-9a-f]\{8\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{12\}'
chat() { run samples/Chat "$@"; }
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
lists_conversations() { # --database alone names a file, and no file is created to list it
  chat --database "$work/kept.db" /conversations "/search Alice" </dev/null >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q '^1 conversation\.' "$work/job" && grep -q '1 you: My name is Alice' "$work/job"
}
copies_the_earlier_file() { # conversations beside the program, where earlier builds stored them, are copied once to the user's data folder
  cp -r artifacts/bin/Chat/debug "$work/program" && rm -f "$work/program/conversations.db"*
  chat --conversation old --database "$work/program/conversations.db" "My name is Alice. Remember this." </dev/null >"$work/job" 2>&1 || { cat "$work/job"; return 1; }
  local run
  for run in 1 2; do XDG_DATA_HOME="$work/data" dotnet "$work/program/Chat.dll" --conversation old "What's my name?" </dev/null 2>&1 || return 1; done >"$work/job"
  cat "$work/job"; [ "$(grep -c '^Your name is Alice' "$work/job")" -eq 2 ] && [ "$(grep -c '^Copied the conversations' "$work/job")" -eq 1 ] && [ -s "$work/data/grok-chat/conversations.db" ]
}
deletes_without_asking() { # nobody can answer when the commands come from a pipe
  printf 'Hello\n/delete\n' | timeout 60 dotnet "$(dll samples/Chat)" >"$work/job" 2>&1; local code=$?
  cat "$work/job"; [ $code -eq 0 ] && grep -q '^Deleted 1 stored response' "$work/job"
}
pane() { tmux -u -L "chat-$$-$columns" -f /dev/null "$@"; }
types() { pane send-keys -l "$1" && pane send-keys "${2:-Enter}"; }
pastes() { printf '%s\n' "$@" | pane load-buffer - && pane paste-buffer -p; }
shows() { # shows PATTERN [COUNT]: waits until COUNT lines of the terminal match
  local n
  for n in $(seq 200); do
    pane capture-pane -p -S - >"$work/pane"; [ "$(grep -cE -- "$1" "$work/pane")" -ge "${2:-1}" ] && return; sleep 0.1
  done
  echo "The terminal of $columns columns does not show '$1':"; cat "$work/pane"; return 1
}
in_a_terminal() { # in_a_terminal COLUMNS: pasted and typed lines, /history, /help, /delete and Ctrl+C
  local columns=$1 file="$work/terminal-$1.db"
  printf 'My name is Alice. Remember this.\nWhat is 101*3?\n/fork 1\n' | chat --conversation t --database "$file" >"$work/job" 2>&1 || { cat "$work/job"; return 1; }
  pane new-session -d -x "$columns" -y 50 "dotnet run --no-build --project samples/Chat -- --conversation t --database $file; echo exit \$?; sleep 60" || return 1
  shows '^›' && pastes 'First pasted line' 'and a second one,' && types 'then a typed one \' && types 'and the last one: what is my name?' && shows '^\[3\]' && shows '^  and a second one,$' &&
    types /history && shows '^│ 1 first · \$0' && shows '^  2 after 1 · \$0' && shows '^▶ 3 after 1 · \$0' && shows '^    First pasted line and a second' &&
    types /help && shows '^ {6,}.*head$' && shows '^      send the message|^  Enter  +send the message' &&
    types /delete && shows '^\[y/N\]' && types n && shows '^Nothing was deleted' && types /delete && shows '^\[y/N\]' 2 && types y && shows '^Deleted 1 stored' &&
    types 'unsent text' C-c && pane send-keys C-c && shows '^Press Ctrl\+C again' && pane send-keys C-c && shows '^exit 0'
  local code=$?
  pane kill-server; return $code
}
check "two turns have two ids" remembers
check "the second answer contains the name" second_answer
check "the second request contains only the new message" sends_only_new_messages
check "without storage, the history and its encrypted reasoning are sent" sends_the_history
check "a conversation continues in another process" continues_in_another_process
check "the history is a tree" shows_the_tree
check "a conversation is compacted" compacts
check "conversations of a file are listed and searched" lists_conversations
check "conversations beside the program are copied to the data folder" copies_the_earlier_file
check "piped /delete does not ask" deletes_without_asking
if command -v tmux >/dev/null 2>&1; then
  check "in a terminal of 80 columns" in_a_terminal 80
  check "in a terminal of 40 columns" in_a_terminal 40
else
  skipped=$((skipped + 2)); echo "skipped in terminals of 80 and 40 columns: tmux is not installed"
fi
check "invalid input: missing file of conversations" rejects exist --database "$work/none.db" /conversations
check "invalid input: nothing to compact" rejects compact /compact
check "invalid input: two conversations" rejects conversation --continue x --conversation y hi
check "invalid input: no conversations in that file" rejects database --conversation y --database README.md hi
check "invalid input: no key" rejects XAI_API_KEY --endpoint https://example.com hi
check "invalid input: plain http" rejects https --endpoint http://example.com hi
check "invalid input: unreachable" rejects reached --endpoint http://127.0.0.1:1 hi
check "invalid input: missing image" rejects image --image "$work/none.png" hi
check "invalid input: unknown model" rejects model --model grok-unheard-of hi
check "invalid input: unknown option" rejects option --frobnicate hi
