import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { probeDownload, probeHttps } from "../../../../adapters/files/network";

/** A web server that answers with the status its path names; /moved sends one to /206. Gives its address and what it was asked. */
async function server(): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const web = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.range ?? ""}`.trim());
    const path = request.url ?? "";
    response.writeHead(path === "/moved" ? 302 : Number(path.slice(1)), { location: "/206" });
    response.end(path === "/206" ? "x" : undefined);
  });
  await new Promise<void>((done) => {
    web.listen(0, "127.0.0.1", done);
  });
  onTestFinished(() => {
    web.closeAllConnections();
    web.close();
  });
  const address = web.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`, asked };
}

describe("a download", () => {
  test("can be had where its first byte can, also from where its host sends one", async () => {
    const { url, asked } = await server();
    expect(await probeDownload(`${url}/moved`)).toEqual({
      reachable: true,
      detail: expect.stringMatching(/^answered in \d\.\d s$/),
    });
    expect(asked).toEqual(["GET /moved bytes=0-0", "GET /206 bytes=0-0"]);
  });

  test.each([401, 403, 404, 503])("cannot where the answer is %i", async (status) => {
    const { url } = await server();
    expect(await probeDownload(`${url}/${status}`)).toEqual({ reachable: false, detail: `answered HTTP ${status}` });
  });
});

test.each([
  [401, true],
  [404, true],
  [403, false],
  [503, false],
])("a host that answers %i to a stranger is there: %s", async (status, reachable) => {
  const { url, asked } = await server();
  expect((await probeHttps(`${url}/${status}`)).reachable).toBe(reachable);
  expect(asked).toEqual([`HEAD /${status}`]);
});
