#!/usr/bin/env bash
# Build of every bundle, unit and integration tests
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
cd "$top"

rm -rf net.*/target/surefire-reports net.*/target/failsafe-reports

# Failed tests do not end the build: the others are run as well, and all of them are counted below.
check 'build' maven verify --errors -Dmaven.test.failure.ignore=true -Dhotnic.long="$([[ -n ${HOTNIC_LONG:-} ]] && echo true || echo false)"

# shellcheck disable=SC2016 # the dollars are awk's
# One line a test, from the reports. A tag a record: reports write long attributes and stack traces over many lines.
find net.*/target -path '*-reports/*' -name 'TEST-*.xml' -print0 | sort -z | xargs -0 -r awk -v stage="$check_stage" '
  BEGIN { RS = "<"; OFS = "\t" }
  function attribute(name,    text) {
    if (!match($0, "[ \n]" name "=\"[^\"]*\"")) return ""
    text = substr($0, RSTART, RLENGTH)
    sub("^[ \n]" name "=\"", "", text)
    sub("\"$", "", text)
    gsub("&lt;", "<", text); gsub("&gt;", ">", text); gsub("&quot;", "\"", text); gsub("&apos;", "\047", text); gsub("&#10;|[\t\n\r]", " ", text); gsub("&amp;", "\\&", text)
    return text
  }
  function done() { if (test != "") print stage, status, test, reason; test = "" }
  /^testcase[ \n]/ {
    done()
    test = attribute("classname") "." attribute("name"); status = "pass"; reason = ""
  }
  /^(failure|error)[ \n>]/ && test != "" { status = "fail"; reason = attribute("message"); if (reason == "") reason = attribute("type") }
  /^skipped[ \n>\/]/ && test != "" { status = "skip"; reason = attribute("message") }
  /^\/testcase>/ { done() }
  END { done() }
' >>"$check_results"
