#!/usr/bin/env bash
# Installs Trivy and its vulnerability database as trivy.json has them. May be run again: what is in place stays.
# When it cannot, the last line on stderr names the setting, what happened, and the words of the program that failed.
set -euo pipefail

plan=/etc/lab-nodes/trivy.json
library=/usr/local/lib/lab-nodes
program=$library/trivy
# What everybody calls: trivy.sh, which puts the link to the database back before it goes on to the program.
command=/usr/local/bin/trivy
store=/var/lib/trivy
# What this Trivy reads: SchemaVersion in its pkg/db.
schema=2
# What registries and networks say when the same may work a little later.
temporary='TOOMANYREQUESTS|too many requests|(^|[^0-9])(429|50[0234])([^0-9]|$)|timeout|timed out|connection reset|EOF'

# The setting in whose name we work, and whether it was said why we end.
subject=trivy.archive
refused=no

refuse() {
  refused=yes
  echo "install-trivy: $1: $2" >&2
  exit 1
}

# A command that failed on its own, as all do on a full disk, has said why: the setting is still to be named.
finish() {
  local code=$?
  rm -rf "$store"/work.*
  if [ "$code" != 0 ] && [ "$refused" = no ]; then
    echo "install-trivy: $subject: failed, for the reason above" >&2
  fi
}

one_line() {
  local -a words
  read -r -d '' -a words <<< "$1" || true
  echo "${words[*]}" | cut -c 1-1000
}

# Runs a program for a setting; when it fails, so do we, with its words on one line.
try() {
  local setting=$1 what=$2 said
  shift 2
  said=$("$@" 2>&1) || refuse "$setting" "$what: $(one_line "$said")"
}

planned() { jq --raw-output "$1 // empty" "$plan"; }

refuse_malware() {
  local found
  found=$(grep -oE '(^|[^0-9.])0\.69\.[456]([^0-9]|$)' <<< "$version $archive" | grep -oE '0\.69\.[456]' | head -n 1) || return 0
  refuse trivy.archive "Trivy $found carried malware and is never installed"
}

# Gives in $fetched the path of an artefact, which is a URL or on the node already.
fetch() {
  local setting=$1 artefact=$2
  case $artefact in
    http://* | https://*)
      fetched=$work/download
      try "$setting" "$artefact cannot be downloaded" \
        wget --no-verbose --tries=3 --waitretry=2 --timeout=20 --output-document="$fetched" -- "$artefact"
      ;;
    *)
      fetched=$artefact
      [ -e "$fetched" ] || refuse "$setting" "there is no $fetched on the node"
      ;;
  esac
}

require_sum() {
  local setting=$1 name=$2 file=$3 expected=$4 found
  found=$(sha256sum < "$file" | cut -d ' ' -f 1)
  [ "$found" = "$expected" ] || refuse "$setting" "$name has the sum $found, expected $expected"
}

version_of() { "$1" --version 2>&1 | awk '$1 == "Version:" { print $2; exit }'; }

install_program() {
  local sha256 found
  sha256=$(planned .sha256)
  if [ "$(cat "$store/program.sha256" 2> /dev/null)" = "$sha256" ] && [ "$(version_of "$program")" = "$version" ]; then
    return
  fi
  fetch trivy.archive "$archive"
  require_sum trivy.sha256 "$archive" "$fetched" "$sha256"
  try trivy.archive "$archive cannot be unpacked" \
    tar --extract --gzip --no-same-owner --file "$fetched" --directory "$work" trivy
  chmod 0755 "$work/trivy"
  found=$(version_of "$work/trivy") || true
  [ "$found" = "$version" ] ||
    refuse trivy.archive "$archive holds Trivy ${found:-of no version that it tells}, this lab is made for $version"
  mv "$work/trivy" "$program"
  echo "$sha256" > "$store/program.sha256"
}

# Asks each repository, one after the other: Trivy itself goes on to the next one for a few kinds of failure only.
# Succeeds when one has answered; else $words is what was said.
ask_repositories() {
  local repository said
  words=''
  for repository in "${repositories[@]:-}"; do
    if said=$("$program" image --download-db-only --quiet --cache-dir "$work" \
      ${repository:+--db-repository "$repository"} 2>&1); then
      return
    fi
    words+=" $said"
  done
  return 1
}

# Registries count requests, and a class asks in the same second: each node waits a time of its own before it asks again.
download_database() {
  local words seconds
  local -a repositories
  mapfile -t repositories < <(planned '.database.repositories[]')
  for seconds in 10 20 40 0; do
    if ask_repositories; then
      return
    fi
    if [ "$seconds" = 0 ] || ! grep -qiE "$temporary" <<< "$words"; then
      break
    fi
    sleep $((seconds + RANDOM % seconds))
  done
  refuse trivy.databaseRepositories "the database cannot be downloaded: $(one_line "$words")"
}

unpack_database() {
  local archive sha256
  archive=$(planned .database.archive)
  sha256=$(planned .database.sha256)
  fetch trivy.databaseArchive "$archive"
  if [ -d "$fetched" ]; then
    [ -f "$fetched/trivy.db" ] || refuse trivy.databaseArchive "there is no trivy.db in $archive"
    require_sum trivy.databaseSha256 "$archive/trivy.db" "$fetched/trivy.db" "$sha256"
    try trivy.databaseArchive "$archive cannot be copied" cp "$fetched/trivy.db" "$fetched/metadata.json" "$work/db"
  else
    require_sum trivy.databaseSha256 "$archive" "$fetched" "$sha256"
    try trivy.databaseArchive "$archive cannot be unpacked" \
      tar --extract --gzip --no-same-owner --file "$fetched" --directory "$work/db" trivy.db metadata.json
  fi
}

require_schema() {
  local found
  found=$(jq .Version "$work/db/metadata.json" 2>&1) || true
  [ "$found" = "$schema" ] ||
    refuse "$1" "the database has the schema $(one_line "$found"), Trivy $version takes $schema"
}

install_database() {
  local kind wanted
  kind=$(planned .database.kind)
  wanted=$(planned '.database.sha256 // .database.kind')
  if [ "$(cat "$store/database" 2> /dev/null)" = "$wanted" ] && [ -f "$store/db/trivy.db" ]; then
    return
  fi
  subject=$([ "$kind" = baked ] && echo trivy.databaseArchive || echo trivy.databaseRepositories)
  mkdir "$work/db"
  case $kind in
    registry) download_database ;;
    baked) unpack_database ;;
  esac
  require_schema "$subject"
  chmod 0755 "$work/db"
  chmod 0644 "$work"/db/*
  rm -rf "$store/db"
  mv "$work/db" "$store/db"
  echo "$wanted" > "$store/database"
}

# A Java database without an entry. Without any, Trivy ends at the first Java archive of an image, since it may not
# download one; with this one it knows the archives that Maven has described inside them.
# The tables are those of trivy-java-db, schema 1. Dated long ago: who allows the download gets the real one.
make_java_database() {
  if [ -f "$store/java-db/metadata.json" ]; then
    return
  fi
  mkdir "$work/java-db"
  python3 -c '
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("CREATE TABLE artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT)")
database.execute("CREATE TABLE indices(artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT)")
database.close()' "$work/java-db/trivy-java.db"
  local old=2000-01-01T00:00:00Z
  echo "{\"Version\":1,\"NextUpdate\":\"$old\",\"UpdatedAt\":\"$old\",\"DownloadedAt\":\"$old\"}" > "$work/java-db/metadata.json"
  chmod 0755 "$work/java-db"
  chmod 0644 "$work"/java-db/*
  rm -rf "$store/java-db"
  mv "$work/java-db" "$store/java-db"
}

# Every user's Trivy finds the one database; it opens it for reading alone. trivy.sh copies the one for Java.
link_database() {
  local home
  for home in /root /home/student /etc/skel; do
    mkdir -p "$home/.cache/trivy"
    [ -L "$home/.cache/trivy/db" ] || rm -rf "$home/.cache/trivy/db"
    ln -sfn "$store/db" "$home/.cache/trivy/db"
    chown --no-dereference --reference="$home" "$home/.cache" "$home/.cache/trivy" "$home/.cache/trivy/db"
  done
}

# A login on a node carries TRIVY_SKIP_DB_UPDATE, which is for students.
for variable in $(compgen -e TRIVY_); do
  unset "$variable"
done
trap finish EXIT
# Not under /tmp: that is memory on some nodes, and a whole Trivy is 170 MB.
mkdir -p "$store"
rm -rf "$store"/work.*
work=$(mktemp -d "$store/work.XXXXXX")
version=$(planned .version)
archive=$(planned .archive)
refuse_malware
install_program
install_database
make_java_database
link_database
ln -sfn "$library/trivy.sh" "$command"
