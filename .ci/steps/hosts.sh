# The samples against the emulator of each host, by configuration alone
build samples/Chat
build samples/Minimal

chat() { run samples/Chat "$@"; }
minimal() { # two requests to the minimal sample, whose settings are in the environment
  local app=$((port + 10000)) number
  dotnet "$(dll samples/Minimal)" --urls "http://127.0.0.1:$app" >"$work/minimal" 2>&1 &
  local job=$!
  for number in $(seq 100); do curl -s --noproxy "*" -o "$work/job" "http://127.0.0.1:$app/" && break; sleep 0.2; done
  for number in "My name is Alice. Remember this." "What's my name?"; do
    curl -sN --noproxy "*" "http://127.0.0.1:$app/chat/t1" -H 'content-type: application/json' -d "\"$number\"" >"$work/job"
  done
  kill $job; wait $job 2>/dev/null
  sed -n 's/^data: //p' "$work/job" | tr -d '\n'; cat "$work/minimal"
  sed -n 's/^data: //p' "$work/job" | tr -d '\n' | grep -q Alice
}
remembers() { # the chat sample on new messages, and on a conversation that continues in another process
  local kept=(--conversation hosts --database "$work/hosts-$port.db")
  chat "$@" "${kept[@]}" "My name is Alice. Remember this." </dev/null >"$work/job" 2>&1 || { cat "$work/job"; return 1; }
  chat "$@" "${kept[@]}" "What is 6 times 7?" "What's my name?" </dev/null >"$work/job" 2>&1 || { cat "$work/job"; return 1; }
  cat "$work/job"; grep -q '^Your name is Alice' "$work/job"
}
samples_at() { # samples_at NAME HOST PATH MODEL [VARIABLE=VALUE...] [-- CHAT-OPTION...]
  local name=$1 host=$2 path=$3 model=$4; shift 4
  start_emulator --host "$host" --api-key host-key --token-delay 0 --thinking-delay 0
  (
    export XAI_API_KEY=host-key XAI_BASE_URL="http://127.0.0.1:$port$path" GROK_MODEL=$model Grok__Model=$model
    while [ $# -gt 0 ] && [ "$1" != -- ]; do export "${1?}"; shift; done
    [ $# -eq 0 ] || shift
    check "$name: the chat sample" remembers "$@"
    check "$name: the minimal sample" minimal
    echo "$passed $failed" >"$work/counts"
  )
  read -r passed failed <"$work/counts"
  kill "$emulator"; wait "$emulator" 2>/dev/null
}

samples_at Foundry "foundry; deployment=chat:grok-4.7" /openai/v1 chat Grok__ModelNames__chat=grok-4.7
samples_at Google google /v1/projects/p/locations/global/endpoints/openapi xai/grok-4.7 Grok__Store=false -- --no-store
samples_at Bedrock bedrock /openai/v1 us.xai.grok-4.7
samples_at OpenRouter openrouter /api/v1 x-ai/grok-4.7 Grok__Store=false -- --no-store
samples_at "OpenRouter, no setting about storing" openrouter /api/v1 x-ai/grok-4.7
