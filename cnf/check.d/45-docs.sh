#!/usr/bin/env bash
# Pages that are made from the code are current
. "${top:?run it with ./check}/cnf/check.sh"
cd "$top"

check 'docs/configuration.md says what the bundles read (else: cnf/configuration-page >docs/configuration.md)' \
  diff docs/configuration.md <(cnf/configuration-page)
