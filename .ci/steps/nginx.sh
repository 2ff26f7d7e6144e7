# The ten-line program behind Debian's nginx: the pieces of an answer arrive one by one
build samples/Minimal
need nginx nginx

nginx_front() { # nginx_front PORT APP: starts nginx with its default settings in front of the application; the path /buffered ignores what the application asks for
  cat >"$work/nginx.conf" <<EOF
daemon off; pid $work/nginx.pid; error_log $work/nginx.log;
events {}
http {
  access_log off; client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
  server {
    listen 127.0.0.1:$1;
    location / { proxy_pass http://127.0.0.1:$2; }
    location /buffered/ { proxy_pass http://127.0.0.1:$2/; proxy_ignore_headers X-Accel-Buffering; }
  }
}
EOF
  nginx -c "$work/nginx.conf" -e "$work/nginx.log" &
  front=$!
}
pieces() { # pieces URL MESSAGE [OPTION...]: the number of times that curl received a part of the answer
  curl -sN --noproxy "*" --trace-ascii "$work/trace" -o "$work/job" "$1" -d "$2" "${@:3}" || return 1
  awk '/^<= Recv data/ { n++ } END { print n + 0 }' "$work/trace"
}
through_nginx() {
  local app=$((port + 10000)) number direct passed_on buffered code=0
  XAI_BASE_URL="http://127.0.0.1:$port/v1" dotnet "$(dll samples/Minimal)" --urls "http://127.0.0.1:$app" >"$work/minimal" 2>&1 &
  local job=$!
  nginx_front $((port - 10000)) $app
  for number in $(seq 100); do curl -sf --noproxy "*" -o "$work/job" "http://127.0.0.1:$app/chat/t0" -d "Hello." && break; sleep 0.2; done
  direct=$(pieces "http://127.0.0.1:$app/chat/t1" "My name is Alice. Remember this.") &&
    passed_on=$(pieces "http://127.0.0.1:$((port - 10000))/chat/t2" "My name is Alice. Remember this.") &&
    buffered=$(pieces "http://127.0.0.1:$((port - 10000))/buffered/chat/t3" "My name is Alice. Remember this.") &&
    pieces "http://127.0.0.1:$((port - 10000))/chat/t2" "\"What's my name?\"" -H "content-type: application/json" >/dev/null || code=1
  kill $job "$front"; wait $job "$front" 2>/dev/null
  echo "received separately, without nginx: $direct pieces"
  echo "received separately, through nginx: $passed_on pieces"
  echo "received separately, through nginx that ignores the header: $buffered pieces"
  grep -A3 "^fail" "$work/minimal"; cat "$work/nginx.log"; sed -n 's/^data: //p' "$work/job" | tr -d '\n'
  [ $code -eq 0 ] && [ "$passed_on" -ge 5 ] && [ "$buffered" -lt "$passed_on" ] && sed -n 's/^data: //p' "$work/job" | tr -d '\n' | grep -q Alice
}

if command -v nginx >/dev/null 2>&1; then
  start_emulator --token-delay 50 --thinking-delay 0
  check "the ten-line program behind nginx: pieces arrive one by one, as text and as JSON" through_nginx
  grep '^received separately' "$work/out"
  kill "$emulator"; wait "$emulator" 2>/dev/null
else
  skipped=$((skipped + 1)); echo "skipped the check behind nginx: nginx is not installed"
fi
