#!/usr/bin/env bash
# Runs shellcheck on every shell file of the repository, tracked or new: *.sh, and files whose first line names sh or bash.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

ensure_shellcheck() {
  if command -v shellcheck >/dev/null; then
    return
  fi
  if [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
    echo "shellcheck is missing: installing it with apt-get" >&2
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends shellcheck >&2
    return
  fi
  echo "shellcheck is missing. Install it and run this again, for example: sudo apt-get install shellcheck" >&2
  exit 1
}

is_shell_file() {
  local file=$1 first_line=""
  # Deleted files are still listed until the deletion is staged; links are checked where they point to.
  if [[ ! -f "$file" || -L "$file" ]]; then
    return 1
  fi
  if [[ "$file" == *.sh ]]; then
    return 0
  fi
  # Without a program for each of a thousand files. `read` drops the zero bytes of binary files.
  IFS= read -r -n 200 first_line <"$file" || true
  [[ "$first_line" =~ ^#!.*[/[:space:]](ba|da)?sh([[:space:]]|$) ]]
}

ensure_shellcheck
files=()
while IFS= read -r -d '' file; do
  if is_shell_file "$file"; then
    files+=("$file")
  fi
done < <(git ls-files -z --cached --others --exclude-standard)

if [[ ${#files[@]} == 0 ]]; then
  echo "shellcheck: found no shell files, not even this one: is this a git working tree?" >&2
  exit 1
fi
if ! shellcheck -- "${files[@]}"; then
  echo "shellcheck: findings above, in ${#files[@]} shell files checked" >&2
  exit 1
fi
echo "shellcheck: ${#files[@]} shell files, no findings"
