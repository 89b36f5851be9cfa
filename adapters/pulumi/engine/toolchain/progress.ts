/** Tells from Go's own lines how far a build is: first downloads are counted, then compiled packages. */
export interface BuildProgress {
  /** A line that Go printed. Gives what to show, or nothing when the line does not move things on. */
  line(text: string): string | undefined;
}

/** Counts "go: downloading MODULE VERSION" against the modules that go.mod names (not all of them are needed). */
export function downloadProgress(modules: number): BuildProgress {
  let count = 0;
  return {
    line(text) {
      if (!text.startsWith("go: downloading ")) {
        return undefined;
      }
      count += 1;
      return `${count} of up to ${Math.max(count, modules)} modules downloaded`;
    },
  };
}

/** Counts the import paths that `go build -v` prints against all that the program is made of. */
export function compileProgress(packages: ReadonlySet<string>): BuildProgress {
  const compiled = new Set<string>();
  return {
    line(text) {
      const path = text.trim();
      if (!packages.has(path) || compiled.has(path)) {
        return undefined;
      }
      compiled.add(path);
      return `${compiled.size} of ${packages.size} packages`;
    },
  };
}

/** What to show of a failed build: its last lines, without the mere names of packages and downloads. */
export function errorTail(output: readonly string[], packages: ReadonlySet<string>, count = 20): string {
  const telling = output.filter(
    (line) => line.trim() !== "" && !packages.has(line.trim()) && !line.startsWith("go: downloading "),
  );
  return telling.slice(-count).join("\n");
}
