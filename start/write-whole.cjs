/** How the files are written that later starts read. */
const { renameSync, writeFileSync } = require("node:fs");

/** Renamed into place: two starts at once must never read half a file. */
function writeWhole(file, content) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

module.exports = { writeWhole };
