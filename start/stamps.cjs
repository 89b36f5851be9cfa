/** Whether a file is still the one that something was made from. */
const fs = require("node:fs");

/** Another one after every change, also one that keeps size and time: nobody can set back a file's change time. */
function stampOf(path) {
  const { ino, size, ctimeNs, mtimeNs } = fs.statSync(path, { bigint: true });
  return `${ino} ${size} ${ctimeNs} ${mtimeNs}`;
}

module.exports = { stampOf };
