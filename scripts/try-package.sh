#!/usr/bin/env bash
# Packs the package as it would be published, and runs it with npx from an empty folder, as a new user would.
set -euo pipefail
# npm passes its settings, such as engine-strict, to scripts; a new user's terminal has none of them.
unset "${!npm_@}"
repository=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

(cd "$repository" && npm pack --silent --pack-destination "$folder" >/dev/null)
cd "$folder"
cp "$repository/fixtures/todo/input.yaml" openapi.yaml
npx --yes --package="$(echo "$folder"/*.tgz)" openapi-to-mcp generate --url openapi.yaml --oauth-server https://auth.example.com
cd todo-api-mcp-server
npm install --silent
npm run --silent build
npm run --silent start -- --stdio </dev/null
# Without a resource URL, and reachable from everywhere, the server must report what is missing.
if HOST=0.0.0.0 PORT=0 timeout 10 npm run --silent start 2>refusal; then
  echo 'It started on every address without MCP_RESOURCE_URL.'
  exit 1
fi
grep -q '^  MCP_RESOURCE_URL must be set' refusal
echo "The packed generator made a server that builds and starts."
