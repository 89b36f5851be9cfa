import { expect, test, vi } from "vitest";
import type * as Installations from "../../components/installations";
import { awsClass, awsConfig } from "../support/aws-class";

vi.mock("../../components/installations", async (original) => {
  const module = await original<typeof Installations>();
  const aws = { images: { "eu-central-1": { amd64: "ami-10cced00" } } };
  return { ...module, pinned: () => ({ ...module.pinned(), aws }) };
});

/** The parameters and images of AWS that a class of this type asked for. */
async function askedFor(instanceType: string) {
  const { calls } = await awsClass("preview", awsConfig({ aws: { instanceType } }));
  return calls.filter(({ token }) => /:getParameter$|:getAmi$/.test(token)).map(({ inputs }) => inputs);
}

test("machines start from the image that the lock file has for region and architecture, if it is Canonical's", async () => {
  expect(await askedFor("t3.medium")).toEqual([
    { filters: [{ name: "image-id", values: ["ami-10cced00"] }], owners: ["099720109477"] },
  ]);
});

test("for another architecture it is asked which image is current", async () => {
  expect((await askedFor("t4g.medium"))[0]).toMatchObject({ name: expect.stringContaining("/current/arm64/") });
});
