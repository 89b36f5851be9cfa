import { createServer } from "node:http";
import { join } from "node:path";
import { pack } from "tar-stream";
import { expect, onTestFinished, test } from "vitest";
import { readOsRelease } from "../../../../adapters/docker/base-os";
import { temporaryFolder } from "../../cli/support";

const TEXT = 'ID=debian\nVERSION_ID="13"\n';

/** An Engine with one image, which has these files; a text that begins with -> is a link. */
async function engineWith(files: Readonly<Record<string, string>>) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://engine");
    requests.push(`${request.method} ${url.pathname.replace(/^\/v[\d.]+/, "")}`);
    const content = files[url.searchParams.get("path") ?? ""];
    const body = { create: request.url?.includes("/create"), archive: request.url?.includes("/archive") };
    if (body.create) {
      request.resume().on("end", () => response.writeHead(201).end('{"Id":"one"}'));
    } else if (body.archive && content !== undefined) {
      const tar = pack();
      const name = "os-release";
      if (content.startsWith("->")) {
        tar.entry({ name, type: "symlink", linkname: content.slice(2) });
      } else {
        tar.entry({ name }, content);
      }
      tar.finalize();
      tar.pipe(response);
    } else {
      response.writeHead(request.method === "DELETE" ? 204 : 404).end(request.method === "DELETE" ? "" : "{}");
    }
  });
  const socket = join(temporaryFolder(), "engine.sock");
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  return { host: `unix://${socket}`, requests };
}

test.each([
  [{ "/usr/lib/os-release": TEXT }, TEXT],
  [{ "/usr/lib/os-release": "->../initrd-release", "/etc/os-release": TEXT }, TEXT],
  [{ "/etc/os-release": TEXT }, TEXT],
  [{ "/etc/os-release": "->../usr/lib/os-release" }, "none"],
  [{}, "none"],
])("what an image with %j says of itself", async (files, said) => {
  const { host, requests } = await engineWith(files);
  expect(await readOsRelease(host, "class:1")).toBe(said);
  expect(requests.at(-1)).toBe("DELETE /containers/one");
});
