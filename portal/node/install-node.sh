#!/usr/bin/env bash
# Run as root on the portal's machine: checks and installs Node.js from an npm package.
#   LAB_NODE_ARCHIVE  file with the package, in base64
#   LAB_NODE_SHA512   SHA-512 of the package, in hexadecimal
#   LAB_NODE_FOLDER   target folder
set -euo pipefail
folder=${LAB_NODE_FOLDER:?}
trap 'rm -rf "$folder.new" "$LAB_NODE_ARCHIVE"' EXIT
rm -rf "$folder.new"
mkdir --parents "$folder.new"
base64 --decode "${LAB_NODE_ARCHIVE:?}" > "$folder.new/package.tgz"
echo "${LAB_NODE_SHA512:?}  $folder.new/package.tgz" | sha512sum --check --quiet
tar --extract --gzip --file "$folder.new/package.tgz" --directory "$folder.new" --strip-components=1 --no-same-owner \
  package/bin/node package/LICENSE
rm "$folder.new/package.tgz"
chmod 755 "$folder.new" "$folder.new/bin" "$folder.new/bin/node"
"$folder.new/bin/node" --version > /dev/null
echo "$LAB_NODE_SHA512" > "$folder.new/sha512"
rm -rf "$folder"
mv "$folder.new" "$folder"
