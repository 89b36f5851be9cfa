import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { LabClone } from "../support/lab-clone";
import { expectSuccess } from "../support/lab-facts";

/** As Play with Docker has its posts. The images are those that every node has. */
const POST = `---
title: Names of images
---

# Another name

An image can have several names.

\`\`\`.term1
docker image tag hello:v0.1 morning:v1
\`\`\`

# Its words

\`\`\`.term1
docker container run --rm morning:v1
\`\`\`
`;

/** What no post says, and an instructor adds. */
const CHECK = `
<!--
check:
  see: an image named morning:v1
  command: docker image inspect morning:v1
  exit: 0
  hint: Click the command.
-->
`;

/** Makes a lesson of a post by `lab lesson import`, adds a check, and gives its folder. */
export async function importedLesson(lab: LabClone): Promise<string> {
  const [post, folder] = [join(lab.directory, "post.markdown"), join(lab.directory, "names")];
  writeFileSync(post, POST);
  const imported = expectSuccess(await lab.lab("lesson", "import", post, folder));
  expect(imported.stdout).toContain('"Names of images": 2 steps, 2 commands');
  appendFileSync(join(folder, "1-another-name.md"), CHECK);
  expectSuccess(await lab.lab("lesson", "check", folder));
  return folder;
}
