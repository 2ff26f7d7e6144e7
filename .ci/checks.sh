# Functions of the steps: counted checks, test runs, and helpers.

passed=0 failed=0 skipped=0
is_built= # whether the step `build` built the whole solution in this run

fail() { failed=$((failed + 1)); echo "FAILED  $1" | tee -a "$work/failures"; } # shown again at the end of the run

check() { # check NAME COMMAND...: runs a command as a check; its output is in $work/out and is shown on failure
  local name=$1; shift
  if "$@" >"$work/out" 2>&1; then passed=$((passed + 1)); echo "ok      $name"
  else fail "$name"; sed 's/^/        /' "$work/out" | tail -60; false
  fi
}

build() { # build PROJECT: builds the project, unless the step `build` ran
  [ -n "$is_built" ] || check "build of $1" dotnet build "$1"
}

dll() { echo "artifacts/bin/${1##*/}/debug/${1##*/}.dll"; } # dll PROJECT: prints the path of its built program

run() { dotnet "$(dll "$1")" "${@:2}"; } # run PROJECT [ARGUMENT...]: as `dotnet run --no-build`, without the two seconds of evaluating the project

count() { grep -oE "$1: +[0-9]+" "$2" | grep -oE '[0-9]+' | awk '{ n += $1 } END { print n + 0 }'; }

run_tests() { # run_tests PROJECT [OPTION...]: runs the tests, prints the counts of each test project, and adds them to the totals
  local log=$work/tests-of-$(basename "$1")
  dotnet test "$@" 2>&1 | tee "$log" | grep -E '^(  (Failed|Error)|   )' | grep -v cobertura
  sed -nE 's/^(Passed|Failed|Skipped)!.*Failed: +([0-9]+), Passed: +([0-9]+), Skipped: +([0-9]+).* - (.*)\.dll.*/\5: \3 passed, \2 failed, \4 skipped/p' "$log" | sort
  if [ "$(count Passed "$log")" -eq 0 ]; then fail "$1: no test ran"; tail -20 "$log"; fi
  passed=$((passed + $(count Passed "$log"))) failed=$((failed + $(count Failed "$log"))) skipped=$((skipped + $(count Skipped "$log")))
  awk '/^  Failed / { lines = 12 } lines-- > 0' "$log" >>"$work/failures"
}

start_emulator() { # start_emulator [OPTION...]: starts an emulator process $emulator on $port
  port=$((20000 + RANDOM % 10000)) # below the range of outgoing connections
  dotnet "$(dll src/Connectors.Grok.Emulator)" --urls "http://127.0.0.1:$port" "$@" >"$work/emulator" 2>&1 &
  emulator=$!
  for _ in $(seq 100); do grep -q "is an emulator" "$work/emulator" && break; sleep 0.2; done
}

need() { # need COMMAND PACKAGE...: installs Debian packages that tests need; if that fails, those tests are skipped with the reason
  command -v "$1" >/dev/null 2>&1 && return
  [ "${CI:-}" = true ] && [ "$(id -u)" -eq 0 ] && { apt-get update && apt-get install -y --no-install-recommends "${@:2}"; } >"$work/apt" 2>&1
}
