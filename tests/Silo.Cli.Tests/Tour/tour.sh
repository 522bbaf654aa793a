#!/usr/bin/env bash
# Uses Silo as its documents describe: every verb of the command line and every route of the HTTP API, with the refusals that they promise.
#   tour.sh PROGRAM CLONE FOLDER
# PROGRAM is silo as it was built, CLONE the repository, FOLDER an empty folder that gets all the files. What was used is written to FOLDER/verbs
# and FOLDER/routes, for the caller to hold against what there is. Ends with code 1 at the first thing that is not as documented.
set -u
PROGRAM=$1
CLONE=$2
FOLDER=$3
cd "$FOLDER" || exit 1

OUT=$FOLDER/out       # what the last call printed
ERR=$FOLDER/err       # what it said to people
NOBODY=http://127.0.0.1:9
NO_TASK=0192f0c1-2f6e-7000-8000-000000000000
children=()

fail() {
  echo "tour.sh, line ${BASH_LINENO[1]}: $*"
  echo "--- it printed:"
  head -c 4000 "$OUT"
  echo "--- it said:"
  head -c 4000 "$ERR"
  exit 1
}

end_children() {
  local child
  for child in "${children[@]}"; do kill -KILL "$child" 2>/dev/null; done
  wait
}
trap end_children EXIT

# silo EXPECTED_CODE VERB...
silo() {
  local expected=$1 code
  shift
  "$PROGRAM" "$@" >"$OUT" 2>"$ERR" </dev/null
  code=$?
  echo "$*" >>verbs
  [ "$code" -eq "$expected" ] || fail "silo $* ended with $code, and $expected was expected"
}

# In the clone itself, for what is a program of its own there.
clone_silo() {
  local expected=$1 code
  shift
  "$CLONE/silo" "$@" >"$OUT" 2>"$ERR" </dev/null
  code=$?
  echo "$*" >>verbs
  [ "$code" -eq "$expected" ] || fail "./silo $* ended with $code, and $expected was expected"
}

prints() { grep -qE -- "$1" "$OUT" || fail "its output has no /$1/"; }
says() { grep -qE -- "$1" "$ERR" || fail "its messages have no /$1/"; }

# api EXPECTED_STATUS METHOD PATH [CURL OPTIONS]: PATH is below /api/v1 unless it begins with two slashes.
api() {
  local expected=$1 method=$2 path=$3 status
  shift 3
  case $path in //*) path=${path#/} ;; *) path=/api/v1$path ;; esac
  status=$(curl -sS -o "$OUT" -w '%{http_code}' -X "$method" "${auth[@]}" "$@" "$SILO_SERVER$path" 2>"$ERR")
  echo "$status $method ${path%%\?*}" >>routes
  [ "$status" = "$expected" ] || fail "$method $path was answered with $status, and $expected was expected"
}

json() { api "$1" "$2" "$3" -H 'Content-Type: application/json' -d "$4"; }

# field NAME: the first value of that name in what was printed, without quotes.
field() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]*)" "$OUT" | head -n 1 | cut -d: -f2- | tr -d '"'; }

as() { auth=(-H "Authorization: Bearer $1"); }

without_a_server() {
  silo 0 --help
  prints 'submit'
  silo 0 --version
  silo 2 frobnicate
  says "There is no verb 'frobnicate'"
  silo 0 submit --help
  prints '--priority'

  silo 0 completion bash
  silo 0 completion zsh
  silo 0 completion fish
  silo 2 completion tcsh

  silo 0 config show --origin
  prints 'server'
  silo 0 config show --json
  silo 0 config schema
  prints 'json-schema\.org'
  silo 0 config reference
  printf '{"slotz":3}\n' >wrong.json
  silo 2 config show --config wrong.json
  says 'slots'

  silo 0 doctor --data data --listen 127.0.0.1:0
  silo 1 doctor --data data --listen 127.0.0.1:0 --server "$NOBODY"
  silo 5 health --server "$NOBODY"
  silo 5 tasks --server "$NOBODY"
  silo 5 submit echo 1 --server "$NOBODY"

  silo 2 demo /no/such/folder
  silo 2 demo --cluster --store sqlite
  silo 7 demo --cluster
  says 'no cluster server'
  silo 2 sim
  silo 2 bench
  silo 2 serve
  clone_silo 0 sim --seeds 60 --json
  prints '"violations":0'
  clone_silo 0 bench
  prints throughput
}

keys() {
  silo 2 keys new everybody
  silo 2 keys new everybody --scope everything
  silo 0 keys new admin --scope read,submit,operate --json
  ADMIN=$(field key)
  field line >keyfile
  silo 0 keys new node --scope worker --json
  WORKER=$(field key)
  field line >>keyfile
  silo 0 keys new reader --scope read
  READER=$(head -n 1 "$OUT")
  tail -n 1 "$OUT" >>keyfile
}

serve() {
  mkdir -p files && echo 'one line' >files/a.txt
  silo 2 up --listen 0.0.0.0:0
  says '--api-key'
  mkfifo announced
  "$PROGRAM" up --json --listen 127.0.0.1:0 --data data --slots 2 --files-root files --api-key-file keyfile --allow-process /bin/echo >announced 2>up.err </dev/null &
  children+=($!)
  UP=$!
  echo up >>verbs
  read -r -t 120 announcement <announced || { cp up.err "$ERR" && fail 'silo up announced nothing'; }
  echo "$announcement" >"$OUT"
  SILO_SERVER=$(field url)
  SILO_SERVER=${SILO_SERVER%/}
  export SILO_SERVER
  silo 1 up --listen "${SILO_SERVER#http://}" --data other
  says 'cannot be listened on'
  silo 1 up --listen 127.0.0.1:0 --data data
  says 'open in another process|another process'
}

who_may_call() {
  auth=()
  api 200 GET //
  api 200 GET //health/live
  api 401 GET /tasks
  prints key_missing
  as nobody
  api 401 GET /tasks
  prints key_invalid
  as "$READER"
  api 200 GET /tasks
  json 403 POST /tasks '{"type":"echo"}'
  prints scope_missing
  api 403 POST /nodes/local/drain
  silo 4 tasks
  silo 4 submit echo 1 --api-key "$READER"
  silo 4 worker --name two --api-key "$ADMIN"
  export SILO_API_KEY=$ADMIN
  as "$ADMIN"
  api 200 POST /session -c cookies
  auth=()
  api 200 GET /session -b cookies
  prints '"name":"admin"'
  api 200 GET /tasks -b cookies
  api 403 POST "/tasks" -b cookies -H 'Content-Type: application/json' -d '{"type":"echo"}'
  prints origin_not_allowed
  api 204 DELETE /session -b cookies -H 'Sec-Fetch-Site: same-origin'
  api 401 GET /session -b cookies
  as "$ADMIN"
  api 200 GET //health/ready
  api 200 GET //metrics
  prints "^silo_"
  api 404 GET /nothing
  api 405 DELETE /tasks
  api 200 GET /openapi.json
  cp "$OUT" openapi.json
}

submit_and_watch() {
  silo 0 submit file.digest '{"path":"a.txt"}' --wait
  prints "$(sha256sum files/a.txt | cut -d' ' -f1)"
  silo 2 submit file.digest '{"path":"../keyfile"}'
  says 'path'
  silo 2 submit nosuchtype
  silo 2 submit echo '{'
  silo 2 submit echo 1 --priority 101
  silo 0 submit process '{"file":"/bin/echo","arguments":["out","loud"]}' --wait
  prints 'out loud'
  silo 2 submit process '{"file":"/bin/cat"}'
  says '--allow-process'
  silo 2 submit http '{"url":"ftp://example.org/"}'
  silo 1 submit fail '{"message":"as asked","retry":false}' --wait
  says 'as asked'
  silo 124 submit sleep '{"milliseconds":600000}' --wait 50ms --label tour=long
  silo 0 tasks --label tour=long --json
  LONG=$(field id)
  silo 0 submit echo '{"n":1}' --key once --json
  local first
  first=$(field id)
  silo 0 submit echo '{"n":1}' --key once
  prints "$first"
  silo 6 submit echo '{"n":2}' --key once
  silo 0 task "$first" --watch
  silo 0 task "$first" --result
  prints '^\{"n":1\}$'
  silo 6 task "$LONG" --result
  silo 3 task "$NO_TASK"
  silo 0 cancel "$LONG"
  silo 1 task "$LONG" --watch
  silo 6 cancel "$LONG"
  silo 3 cancel "$NO_TASK"
  silo 0 submit echo 1 --delay 1d --json
  LATER=$(field id)
  silo 0 tasks --state scheduled
  prints "$LATER"
  silo 2 tasks --state asleep
  silo 0 cancel "$LATER"
  silo 1 task "$LATER" --watch
  silo 0 retry "$LATER"
  silo 0 task "$LATER" --watch
  silo 6 retry "$LATER"
  silo 3 retry "$NO_TASK"
}

queues() {
  silo 0 queues
  prints default
  silo 3 queues night
  silo 0 queues night --strategy weighted --concurrency 1
  silo 2 queues night --strategy moonlight
  silo 0 queues night --paused true
  silo 0 submit echo 1 --queue night --json
  local waits
  waits=$(field id)
  silo 124 task "$waits" --watch 50ms
  silo 0 queues night --paused false
  silo 0 task "$waits" --watch
  api 200 GET /queues
  api 200 GET /queues/night
  prints '"strategy":"weighted"'
  json 200 PUT /queues/night '{"strategy":"round-robin"}'
  json 422 PUT /queues/night '{"strategy":"moonlight"}'
  prints unknown_strategy
  api 404 GET /queues/nosuchqueue
}

nodes() {
  "$PROGRAM" worker --name two --slots 1 --files-root files --api-key "$WORKER" >worker.log 2>&1 </dev/null &
  children+=($!)
  local worker=$!
  echo worker >>verbs
  silo 0 submit echo '"from two"' --node two --wait
  prints 'from two'
  silo 0 nodes
  prints '^two'
  silo 0 drain two
  prints draining
  silo 0 drain two --resume
  silo 3 drain nosuchnode
  api 200 GET /nodes
  api 200 GET /nodes/two
  api 404 GET /nodes/nosuchnode
  api 200 POST /nodes/two/drain
  api 200 POST /nodes/two/resume
  silo 6 nodes remove two
  api 409 DELETE /nodes/two
  kill -TERM "$worker"
  wait "$worker" || fail 'a worker that is told to stop ends with code 0'
  silo 0 nodes remove two
  silo 3 nodes remove two
  api 404 DELETE /nodes/two
}

tasks_over_http() {
  local id
  json 201 POST /tasks '{"type":"echo","payload":{"a":1}}'
  id=$(field id)
  api 200 GET "/tasks/$id?wait=30"
  prints '"state":"succeeded"'
  api 200 GET "/tasks/$id/result"
  prints '^\{"a":1\}$'
  api 200 GET "/tasks/$id/logs"
  json 201 POST '/tasks?wait=30' '{"type":"echo"}'
  prints '"state":"succeeded"'
  json 200 POST /tasks '[{"type":"echo"},{"type":"echo","labels":{"tour":"array"}}]'
  api 200 GET '/tasks?label=tour:array&limit=1'
  api 200 GET '/tasks?state=succeeded&queue=default&type=echo&node=local&createdFrom=2020-01-01T00:00:00Z&limit=2'
  prints '"next":'
  api 200 GET "/tasks?limit=2&after=$(field next)"
  api 400 GET '/tasks?after=nowhere'
  prints bad_cursor
  api 422 GET '/tasks?state=asleep'
  api 404 GET "/tasks/$NO_TASK"
  api 404 GET "/tasks/$NO_TASK/result"
  api 404 GET "/tasks/$NO_TASK/logs"
  api 400 GET /tasks/not-an-id
  prints bad_id
  json 400 POST /tasks '{"type":"echo"'
  prints invalid_json
  json 400 POST /tasks '{"type":"echo","prioritty":3}'
  prints unknown_field
  json 422 POST /tasks '{"type":"ecko"}'
  prints unknown_type
  api 415 POST /tasks -d 'type=echo'
  head -c 1100000 /dev/zero | tr '\0' x | sed 's/.*/{"type":"echo","payload":"&"}/' >large.json
  api 413 POST /tasks -H 'Content-Type: application/json' --data-binary @large.json
  prints payload_too_large

  printf '{"type":"echo"}\n\n{"type":"ecko"}\n{"type":"echo"}\n' >lines
  api 200 POST /tasks -H 'Content-Type: application/x-ndjson' --data-binary @lines
  prints '"line":3'
  [ "$(grep -c '"id"' "$OUT")" -eq 2 ] || fail 'a stream is answered line by line'

  json 201 POST /tasks '{"type":"echo","delaySeconds":3600}'
  id=$(field id)
  api 409 GET "/tasks/$id/result"
  prints not_finished
  api 409 POST "/tasks/$id/retry"
  prints not_retryable
  api 202 POST "/tasks/$id/cancel"
  api 200 GET "/tasks/$id?wait=30"
  prints '"state":"cancelled"'
  api 409 POST "/tasks/$id/cancel"
  prints already_settled
  api 200 POST "/tasks/$id/retry"
  api 200 GET /overview
  prints '"epoch"'
  api 200 GET /scaling
  prints '"load"'
}

# The stream has no end of its own: curl is stopped when what was waited for has come.
events() {
  local line stream since='' id
  mkfifo told
  curl -sSN "${auth[@]}" "$SILO_SERVER/api/v1/events?queue=default" >told 2>"$ERR" &
  stream=$!
  children+=("$stream")
  exec 4<told
  read -r -t 60 line <&4
  [ "${line:0:1}" = : ] || fail 'a comment comes at once'
  while [ -z "$since" ] && read -r -t 60 line <&4; do
    case $line in id:*) since=${line#id: } ;; esac
  done
  json 201 POST /tasks '{"type":"echo"}'
  id=$(field id)
  while read -r -t 60 line <&4; do
    case $line in *'"kind":"recorded"'*"$id"* | *"$id"*'"kind":"recorded"'*) break ;; esac
  done
  case ${line:-} in *"$id"*) ;; *) fail "the stream did not tell of task $id" ;; esac
  kill "$stream"
  wait "$stream" 2>/dev/null
  exec 4<&-
  echo '200 GET /api/v1/events' >>routes
  api 400 GET '/events?colour=blue'
  silo 0 events --json --since "$since" --count 1
  prints "$id"
  silo 2 events --count none
}

# A node as a program in any language would be one.
node_protocol() {
  local incarnation id dispatch
  as "$READER"
  json 403 POST /nodes/three/register '{"instance":"i-1","slots":1,"types":["tour.work"]}'
  as "$WORKER"
  json 200 POST /nodes/three/register '{"instance":"i-1","slots":1,"types":["tour.work"]}'
  prints '"status":"ok"'
  incarnation=$(field incarnation)
  json 422 POST /nodes/three/register '{"instance":"i-1","slots":-1,"types":["tour.work"]}'
  json 200 POST /nodes/three/beat "{\"incarnation\":$incarnation,\"running\":0,\"lastLease\":0}"
  json 200 POST /nodes/three/adopt "{\"registration\":{\"instance\":\"i-1\",\"slots\":1,\"types\":[\"tour.work\"]},\"incarnation\":$incarnation,\"number\":1,\"held\":[]}"
  as "$ADMIN"
  json 201 POST /tasks '{"type":"tour.work","payload":{"page":7}}'
  as "$WORKER"
  json 200 POST /nodes/three/lease "{\"incarnation\":$incarnation,\"number\":1,\"max\":1,\"waitSeconds\":30}"
  prints '"payload":\{"page":7\}'
  id=$(field id)
  dispatch=$(field dispatch)
  json 200 POST /nodes/three/progress "{\"incarnation\":$incarnation,\"items\":[{\"id\":\"$id\",\"attempt\":1,\"percent\":50,\"message\":\"half\",\"logs\":[\"a line\"]}]}"
  json 200 POST /nodes/three/complete "{\"incarnation\":$incarnation,\"reports\":[{\"id\":\"$id\",\"attempt\":1,\"dispatch\":$dispatch,\"end\":\"succeeded\",\"result\":{\"done\":7},\"ranSeconds\":0.1}],\"returned\":[]}"
  prints recorded
  json 200 POST /nodes/three/leave "{\"incarnation\":$incarnation}"
  json 200 POST /nodes/three/beat "{\"incarnation\":$incarnation,\"running\":0,\"lastLease\":1}"
  prints fenced
  as "$ADMIN"
  api 200 GET "/tasks/$id/result"
  prints '^\{"done":7\}$'
  api 200 DELETE /nodes/three
  api 404 GET /nodes/three
}

local_workers() {
  silo 3 workers follow --data managed
  silo 0 workers start -c 1 -d --data managed --name w --slots 1 --api-key "$WORKER"
  silo 0 workers status --data managed --json
  prints 'w-1'
  silo 0 workers stats --data managed
  silo 6 workers start -c 1 -d --data managed
  silo 0 workers scale 2 --data managed
  silo 0 workers logs --data managed
  silo 0 workers restart --data managed
  silo 0 workers stop --data managed
  silo 3 workers status --data managed
}

stop() {
  silo 0 health
  silo 0 doctor --data data --listen 127.0.0.1:0
  kill -TERM "$UP"
  wait "$UP" || fail 'a server that is told to stop ends with code 0'
  silo 5 tasks
}

without_a_server
keys
serve
who_may_call
submit_and_watch
queues
nodes
tasks_over_http
events
node_protocol
local_workers
stop
echo 'as documented'
