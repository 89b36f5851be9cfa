import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { create } from "xmlbuilder2";
import { renderJunit } from "../../../cli/workflows/verify/junit";
import { writeOutput } from "../../../cli/workflows/verify/request";
import { READINESS } from "../../support/readiness";
import { runtimeIn, temporaryFolder } from "./support";
import { blocked, failed, passed, STEPS, seatVerdict, verdictOn } from "./verify-double";

const [ONE, TWO, THREE] = STEPS as [(typeof STEPS)[0], (typeof STEPS)[0], (typeof STEPS)[0]];

test("is a suite for each seat with a case for each step", () => {
  const good = seatVerdict(1, [passed(ONE), passed(TWO), passed(THREE, ["a sample\n database"])]);
  const bad = { ...seatVerdict(2, [passed(ONE), failed(TWO), blocked(THREE)]), ready: null };
  expect(renderJunit(verdictOn(good, bad))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="lab spring" tests="6" failures="1" errors="0" skipped="1" time="2.500">
  <testsuite name="seat01" hostname="node1" tests="3" failures="0" errors="0" skipped="0" time="1.250" timestamp="2026-11-23T09:10:11">
    <properties>
      <property name="os" value="Debian GNU/Linux 12 (bookworm)"/>
      <property name="architecture" value="amd64"/>
      <property name="docker" value="20.10.24"/>
      <property name="trivy" value="0.74.0"/>
      <property name="vulnerability database" value="2026-11-23T06:00:00Z"/>
      <property name="note" value="a sample database"/>
    </properties>
    <testcase classname="spring.seat01" name="1 A container" time="0.500"/>
    <testcase classname="spring.seat01" name="2 An image from it" time="0.500"/>
    <testcase classname="spring.seat01" name="3 A scan" time="0.500"/>
  </testsuite>
  <testsuite name="seat02" hostname="seat02-node1" tests="3" failures="1" errors="0" skipped="1" time="1.250" timestamp="2026-11-23T09:10:11">
    <testcase classname="spring.seat02" name="1 A container" time="0.500"/>
    <testcase classname="spring.seat02" name="2 An image from it" time="0.400">
      <failure message="docker run figlet: expected large letters" type="failed">command:  docker run figlet
expected: large letters
found:    exit code 125: no such image
output:
Unable to find image
</failure>
    </testcase>
    <testcase classname="spring.seat02" name="3 A scan" time="0.400">
      <skipped message="a step that it needs failed: docker run figlet: expected large letters"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test("a step that was not performed is skipped, and is still a case: CI systems compare runs by name", () => {
  const stopped = { ...seatVerdict(1, [passed(ONE)]), ready: null };
  const xml = renderJunit(verdictOn(stopped));
  expect(xml).toContain('tests="3" failures="0" errors="0" skipped="2"');
  expect(xml.match(/<skipped message="not performed: the run was stopped before it"\/>/g)).toHaveLength(2);
});

describe("what nodes print", () => {
  test("of themselves commands no terminal that shows the file, and runs in one direction", () => {
    const seat = seatVerdict(1, [passed(ONE)]);
    const ready = {
      ...READINESS,
      hostname: "node1\u001b]0;x\u0007\u009b31m\u202e\n&lt;",
      os: "Debian\u009b2J\u202e\nsecond",
    };
    const file = join(temporaryFolder(), "verdict.xml");
    writeOutput(runtimeIn("/program"), file, renderJunit(verdictOn({ ...seat, ready })));
    const xml = readFileSync(file, "utf8");
    expect(xml).toContain('hostname="node1 &amp;lt;"');
    expect(xml).toContain('name="os" value="Debian"');
    expect(xml).not.toMatch(/[\u007f-\u009f\u202a-\u202e]/);
  });

  const NASTY = "<b>&amp; \"'\u001b[31mred\u001b[0m\u0000\u0008\u000c]]>\ud800\ufffe é 😀";

  test("is escaped, and what no XML can hold is taken out", () => {
    const step = { ...failed(TWO, NASTY), notes: [NASTY] };
    const xml = renderJunit(verdictOn(seatVerdict(1, [passed(ONE), step])));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ud800-\udbff](?![\udc00-\udfff])|\ufffe/);
    expect(xml).toContain("found:    &lt;b&gt;&amp;amp; \"'red]]&gt;");
    expect(xml).toContain("value=\"&lt;b&gt;&amp;amp; &quot;'red]]&gt;");
    expect(xml).toContain("é 😀");
  });

  test("is read back as it was", () => {
    const found = "<1> & \"2\" '3' &lt;4&gt; &amp;\nnext line ]]>";
    const document = create(renderJunit(verdictOn(seatVerdict(1, [failed(TWO, found)]))));
    const failure = document.find((node) => node.node.nodeName === "failure", false, true);
    expect(failure?.node.textContent).toContain(`found:    ${found}\noutput:\n`);
  });
});
