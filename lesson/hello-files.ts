import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ImageBase } from "./names";

const FOLDERS: Readonly<Record<ImageBase, string>> = {
  lesson: "images/hello/v0.1",
  debian: "images/debian/hello/v0.1",
};

/** The two files that students write, read from the build context of the declared image, so that they cannot differ. */
export function helloFiles(imageBase: ImageBase): { readonly indexJs: string; readonly dockerfile: string } {
  const read = (name: string) => readFileSync(join(__dirname, "..", FOLDERS[imageBase], name), "utf8");
  return { indexJs: read("index.js"), dockerfile: read("Dockerfile") };
}
