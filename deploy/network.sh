#!/usr/bin/env bash
# Makes what four validators and the signer need, once: genesis block, validator keys, the list of peers, signing keys.
set -euo pipefail
[ -f /network/ready ] && { cat /network/accounts.env; exit 0; }

rm -rf /network/made
besu operator generate-blockchain-config --config-file=/setup/qbft.json --to=/network/made --private-key-file-name=key
cp /network/made/genesis.json /network/genesis.json

peers=""
number=0
for folder in /network/made/keys/*/; do
  number=$((number + 1))
  mkdir -p "/network/validator-$number"
  mv "$folder/key" "/network/validator-$number/key"
  public=$(sed 's/^0x//' "$folder/key.pub")
  peers+="${peers:+,}\"enode://$public@172.28.64.1$number:30303\""
done
[ "$number" = 4 ]
echo "[$peers]" > /network/static-nodes.json

: > /network/accounts.env
for role in ADMIN AUTOMATION RESTORER; do
  key=$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
  printf '0x%s' "$key" > /tmp/key
  printf 'type: file-raw\nkeyType: SECP256K1\nprivateKey: "0x%s"\n' "$key" > "/keys/${role,,}.yaml"
  besu public-key export-address --node-private-key-file=/tmp/key --to=/tmp/address
  echo "SENTINEL_${role}_ACCOUNT=$(cat /tmp/address)" >> /network/accounts.env
done
rm -rf /tmp/key /network/made
# The nodes and the signer do not run as root.
chown -R 1000:1000 /network
chmod 755 /keys && chmod 644 /keys/*.yaml
touch /network/ready
cat /network/accounts.env
