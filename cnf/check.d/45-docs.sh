#!/usr/bin/env bash
# Pages that are made from the code are current
. "${top:?run it with ./check}/cnf/check.sh"
cd "$top"

check 'docs/configuration.md says what the bundles read (else: cnf/configuration-page >docs/configuration.md)' \
  diff docs/configuration.md <(cnf/configuration-page)
check 'docs/registers.md says what the register tables say (else: cnf/register-page >docs/registers.md)' \
  diff docs/registers.md <(cnf/register-page)
