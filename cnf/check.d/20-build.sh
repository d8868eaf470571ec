#!/usr/bin/env bash
# Build of every bundle, unit and integration tests
. "${top:?run it with ./check}/cnf/check.sh"
. "$top/cnf/build.sh"
cd "$top"

# The reports of surefire and failsafe, in whichever folder a module puts them.
reports() {
  find net.* -maxdepth 3 -path '*/target/*' -name 'TEST-*.xml' -print0 | sort -z
}
reports | xargs -0 -r rm

# What is built here need not be built again by ./run. Failed tests do not end the build: the others are run as well, and all of them are counted below.
build() {
  build_begins && maven "$@" && build_is_done
}
long=()
[[ -z ${HOTNIC_LONG:-} ]] || long=(-Dhotnic.long=true '-Dhotnic.limit=30 m')
check 'build' build verify --errors -Dmaven.test.failure.ignore=true "${long[@]}"

# shellcheck disable=SC2016 # the dollars are awk's
# One line a test. A tag is a record: reports write long attributes and stack traces over many lines. net.itest runs its tests once on each framework.
reports | xargs -0 -r awk -v stage="$check_stage" '
  BEGIN { RS = "<"; OFS = "\t" }
  function attribute(name,    text) {
    if (!match($0, "[ \n]" name "=\"[^\"]*\"")) return ""
    text = substr($0, RSTART, RLENGTH)
    sub("^[ \n]" name "=\"", "", text)
    sub("\"$", "", text)
    gsub("&lt;", "<", text); gsub("&gt;", ">", text); gsub("&quot;", "\"", text); gsub("&apos;", "\047", text); gsub("&#10;|[\t\n\r]", " ", text); gsub("&amp;", "\\&", text)
    return text
  }
  # Of "some.Type: Assumption failed: the reason" the reason, first line.
  function gist(text) { sub(/\n.*/, "", text); sub(/^[[:alnum:]_.$]+: /, "", text); sub(/^Assumption failed: /, "", text); sub(/^skipped: /, "", text); return text }
  function done() { if (test != "") print stage, status, test, reason; test = "" }
  /^testcase[ \n]/ {
    done()
    framework = match(FILENAME, "failsafe-[a-z]+") ? " on " substr(FILENAME, RSTART + 9, RLENGTH - 9) : ""
    test = attribute("classname") "." attribute("name") framework; status = "pass"; reason = ""
  }
  /^(failure|error)[ \n>]/ && test != "" { status = "fail"; reason = gist(attribute("message")); if (reason == "") reason = attribute("type") }
  /^skipped[ \n>\/]/ && test != "" { status = "skip"; reason = gist(attribute("message")) }
  /^!\[CDATA\[/ && status == "skip" && reason == "" { reason = gist(substr($0, 9)) }
  /^\/testcase>/ { done() }
  END { done() }
' >>"$check_results"
