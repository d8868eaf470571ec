#!/usr/bin/env bash
# Pages that are made from the code are current
. "${top:?run it with ./check}/cnf/check.sh"
cd "$top"

check 'docs/configuration.md says what the bundles read (else: cnf/configuration-page >docs/configuration.md)' \
  diff docs/configuration.md <(cnf/configuration-page)
check 'docs/registers.md says what the register tables say (else: cnf/register-page >docs/registers.md)' \
  diff docs/registers.md <(cnf/register-page)

# Written by FxmacModelAndQemuAgreeTest, which the build stage runs where there is QEMU.
judges=net.testkit/target/fxmac-judges.md
if [[ -f $judges ]]; then
  check 'docs/fxmac-judges.md says what QEMU and the model were seen to do (else: cp net.testkit/target/fxmac-judges.md docs/)' diff docs/fxmac-judges.md "$judges"
else
  skip 'docs/fxmac-judges.md' 'the test that makes it has not run: it needs QEMU'
fi
