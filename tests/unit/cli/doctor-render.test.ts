import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { type Finding, renderFindings } from "../../../cli/workflows/doctor/render";

const REGION: Finding = { subject: "aws.region", verdict: "good", text: "eu-central-1", advice: undefined };
const PRICE: Finding = {
  subject: "price",
  verdict: "warning",
  text: "AWS did not return it (AccessDeniedException: you are not authorized)",
  advice: "it needs the permission pricing:GetProducts; AWS's price pages have it, too",
};
const QUOTA: Finding = {
  subject: "vCPU quota",
  verdict: "bad",
  text: "20 seats with 2 vCPUs each need 40; your account may have 32",
  advice: "ask for more:\naws service-quotas request-service-quota-increase --quota-code L-1216C47A --desired-value 44",
};

function rendered(findings: Finding[], columns?: number): string {
  return stripVTControlCharacters(renderFindings("A lab", findings, columns));
}

describe("findings", () => {
  test("are aligned, with what to do under each, and one word at the end", () => {
    expect(rendered([REGION, PRICE, QUOTA])).toMatchInlineSnapshot(`
      "  ✓ aws.region  eu-central-1
        ! price       AWS did not return it (AccessDeniedException: you are not authorized)
                      it needs the permission pricing:GetProducts; AWS's price pages have it, too
        ✗ vCPU quota  20 seats with 2 vCPUs each need 40; your account may have 32
                      ask for more:
                      aws service-quotas request-service-quota-increase --quota-code L-1216C47A --desired-value 44

      A lab would not come up: see ✗ above.
      "
    `);
  });

  test("fit a terminal, and break between words; a command on a line of its own stays one", () => {
    expect(rendered([PRICE, QUOTA], 72)).toMatchInlineSnapshot(`
      "  ! price       AWS did not return it (AccessDeniedException: you are
                      not authorized)
                      it needs the permission pricing:GetProducts; AWS's
                      price pages have it, too
        ✗ vCPU quota  20 seats with 2 vCPUs each need 40; your account may
                      have 32
                      ask for more:
                      aws service-quotas request-service-quota-increase --quota-code L-1216C47A --desired-value 44

      A lab would not come up: see ✗ above.
      "
    `);
  });

  test.each([
    [[REGION], "A lab would come up."],
    [[REGION, PRICE], "A lab would come up, as far as could be checked: see ! above."],
    [[PRICE, QUOTA], "A lab would not come up: see ✗ above."],
  ])("%# end with a verdict", (findings, verdict) => {
    expect(rendered(findings).trimEnd().split("\n\n").at(-1)).toBe(verdict);
  });
});
