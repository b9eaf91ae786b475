#!/usr/bin/env bash
# Runs validator number $1. Gas costs nothing: a consortium pays for its nodes, not for its transactions.
set -euo pipefail
exec besu \
  --data-path="/network/validator-$1" \
  --genesis-file=/network/genesis.json \
  --static-nodes-file=/network/static-nodes.json \
  --p2p-host="172.28.64.1$1" \
  --p2p-port=30303 \
  --discovery-enabled=false \
  --rpc-http-enabled \
  --rpc-http-host=0.0.0.0 \
  --rpc-http-port=8545 \
  --rpc-http-api=ETH,NET,WEB3,QBFT \
  --host-allowlist='*' \
  --min-gas-price=0
