#!/usr/bin/env bash
# A desk's day, as a script: each step says how many requests it took, for how long, and what came of it, and ends the script where that is
# something else than it should be.
#
#   URL=http://localhost:3000 TOKEN=… bash docs/desk-day.sh
#
# The token has the scope content:publish, or admin. The stories are named by an id of their own, so the script can be run again.
set -euo pipefail

URL=${URL:-http://localhost:3000}
: "${TOKEN:?set TOKEN to a token with content:publish}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
json='Content-Type: application/json'
requests=0

ask() {
  requests=$((requests + 1))
  curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" "$@" > "$folder/answer" || { cat "$folder/answer" >&2; exit 1; }
}
begin() {
  requests=0
  begun=$(date +%s%N)
}
# report NAME, WANTED, FOUND
report() {
  local took=$((($(date +%s%N) - begun) / 1000000))
  printf '%-44s %3d request(s) %5d.%03d s   %s\n' "$1" "$requests" $((took / 1000)) $((took % 1000)) "$3"
  [ "$2" = "$3" ] || { echo "it should be: $2" >&2; exit 1; }
}
count() { { grep -o "$1" "$folder/answer" || true; } | wc -l | tr -d ' '; }
value() { grep -o "\"$1\":[0-9]*" "$folder/answer" | head -1 | cut -d : -f 2; }

# Three hundred stories of a wire: fifty have a typo, a hundred are about ports.
for number in $(seq 1 300); do
  topic=Shipping; word=received
  [ "$number" -le 50 ] && word=recieved
  [ "$number" -gt 200 ] && topic=Ports
  printf '{"method":"PUT","path":"/v1/articles/ext:wire-%d?publish=true","body":{"headline":"Wire %d: the cargo was %s","authors":[{"name":"Wire Desk"}],"topics":[{"name":"%s"}],"sections":[{"heading":"What happened","body":[{"type":"paragraph","text":"The harbour master %s it at dawn, %d boxes in all."}]}]}}\n' \
    "$number" "$number" "$word" "$topic" "$word" "$number"
done > "$folder/wire.ndjson"

begin
ask -X POST "$URL/v1/batch" -H 'Content-Type: application/x-ndjson' --data-binary "@$folder/wire.ndjson"
report 'import 300 stories' 300 "$(count '"status":20[01]')"

begin
ask "$URL/v1/events?sort=-seq&limit=1"
last=$(value seq)
ask -X POST "$URL/v1/batch" -H 'Content-Type: application/x-ndjson' --data-binary "@$folder/wire.ndjson"
ask "$URL/v1/events?after=$last&count=true&limit=1"
report 'import them again: changes' 0 "$(value total)"

begin
ask -X POST "$URL/v1/articles/changes" -H "$json" \
  -d '{"filter":{"q":"recieved"},"replaceText":{"find":"recieved","with":"received","wholeWord":true},"apply":"both","minor":true,"note":"Typo"}'
report 'mend a typo in 50 published stories' 50 "$(value changed)"

ids=$(seq -s , -f 'wire-%g' 1 100)
begin
ask -X POST "$URL/v1/articles/changes" -H "$json" -H 'X-Change-Set: retag-cargo' \
  -d "{\"filter\":{\"externalId\":\"$ids\"},\"addTopics\":[{\"name\":\"Cargo\"}],\"removeTopics\":[{\"name\":\"Shipping\"}],\"apply\":\"both\",\"minor\":true}"
report 'retag 100 stories' 100 "$(value changed)"

begin
ask -X POST "$URL/v1/topics/ports/merge" -H "$json" -H 'X-Change-Set: merge-ports' -d '{"into":{"slug":"shipping"}}'
report 'merge two topics that 100 stories name' 100 "$(value articles)"

begin
ask -X PUT "$URL/v1/highlight-lists/ext:front-page" -H "$json" \
  -d '{"title":"Front page","items":[{"target":{"type":"article","externalId":"wire-1"}}]}'
ask -X PUT "$URL/v1/highlight-lists/ext:front-page?publish=false" -H "$json" \
  -d '{"title":"Front page","items":[{"target":{"type":"article","externalId":"wire-300"}},{"target":{"type":"article","externalId":"wire-299"}}]}'
ask -X POST "$URL/v1/highlight-lists/ext:front-page/publish" -H "$json" -d "{\"at\":\"$(date -u -d 'tomorrow 06:00' +%Y-%m-%dT%H:%M:%SZ)\"}"
ask "$URL/v1/highlight-lists/ext:front-page"
report 'replace the front page, tomorrow at six' 1 "$(count '"type":"article"')"

begin
ask -X POST "$URL/v1/change-sets/retag-cargo/revert"
report 'undo the retagging (100 stories, 1 topic)' 101 "$(value reverted)"
