# All tests of the solution, the fault matrix and the minimum coverage

need node nodejs npm
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need initdb postgresql
need pgbouncer pgbouncer
need redis-server redis-server
need chromium chromium

# The folder for screenshots of the browser tests.
export WEB_SCREENSHOTS="$PWD/artifacts/screenshots"
mkdir -p "$WEB_SCREENSHOTS"

build Connectors.sln
run_tests Connectors.sln --no-build -p:Coverage=true --results-directory "$work/coverage"
all_ran() { # checks that each test project of the solution ran at least one test
  local missing=0 name
  for name in $(dotnet sln Connectors.sln list | sed -n 's#^tests/.*/\(.*\)\.csproj$#\1#p' | grep -vE "TrimSmoke|ColdStart"); do
    grep -qE "^(Passed|Failed)!.* - $name\.dll" "$work/tests-of-Connectors.sln" || { echo "$name ran no test"; missing=1; }
  done
  return $missing
}
check "each test project ran" all_ran

matrix() { sed -n '/<!-- matrix: begin -->/,/<!-- matrix: end -->/p' tests/README.md; [ "$(sed -n '/<!-- matrix: begin -->/,/<!-- matrix: end -->/p' tests/README.md | grep -c '^| ')" -ge 100 ]; }
check "the fault matrix, which the tests verify" matrix
cat "$work/out"

check "coverage: Mapping and Serialization 100 %, the core 95 %" dotnet run .ci/coverage.cs -- "$work/coverage"
cat "$work/out"
