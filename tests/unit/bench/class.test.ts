import { describe, expect, test } from "vitest";
import { type ClassFigures, renderClassPlot, renderClassReport } from "../../../bench/class-report";
import { renderPlot } from "../../../bench/plot";
import { programOf } from "../../../bench/process-tree";
import { percentile, slope } from "../../../bench/report";

const NODE = { memory: 50e6, inotifyInstances: 6, inotifyWatches: 26, openFiles: 108, processes: 23 };

function figures(seats: number, bareSeconds: number | undefined): ClassFigures {
  return {
    seats,
    upSeconds: 20 + 5 * seats,
    readyAfter: Array.from({ length: seats }, (_, index) => 20 + index),
    operator: { memory: 300e6 + seats * 17e6, programs: { pulumi: { memory: 90e6 + seats * 14e6, cpu: 9 } } },
    node: { busy: { ...NODE, memory: 200e6 }, idle: NODE, disk: 1.3e9 },
    noOpSeconds: 1.2 + 0.2 * seats,
    noOp: [{ memory: 290e6, programs: { pulumi: { memory: 1, cpu: 0.5 + 0.07 * seats } } }],
    previewSeconds: 1,
    verifySeconds: 1,
    downSeconds: 2,
    bareSeconds,
  };
}

const HEAD = ["1", "5", "a", "seat", "more"];

/** A row of the report, cell by cell. */
function row(report: string, name: string): string[] {
  const line = report.split("\n").find((candidate) => candidate.startsWith(name)) ?? "";
  return line.slice(name.length).trim().split(/\s+/);
}

describe("the figures of a class", () => {
  test("are a column for each size, and what a seat more costs", () => {
    const report = renderClassReport([figures(1, 23), figures(5, 40)]);
    expect(row(report, "lab up: s")).toEqual(["25.0", "45.0", "5.00"]);
    expect(row(report, "manually, all at once: s")).toEqual(["23.0", "40.0", "4.25"]);
    expect(row(report, "operator memory, up: MB")).toEqual(["317", "385", "17.0"]);
    expect(row(report, "a seat ready, p50: s")).toEqual(["20.0", "22.0", "0.50"]);
    expect(row(report, "a seat ready, p95: s")).toEqual(["20.0", "24.0", "1.00"]);
    const [cpu = "", memory = ""] = report.split("\n\n").slice(1);
    expect([row(cpu, "nothing to do, CPU s"), row(cpu, "pulumi")]).toEqual([HEAD, ["0.57", "0.85", "0.070"]]);
    expect([row(memory, "lab up, most MB"), row(memory, "pulumi")]).toEqual([HEAD, ["104", "160", "14.0"]]);
  });

  test("leave open what was not measured, and what one size cannot tell", () => {
    const report = renderClassReport([figures(1, undefined)]);
    expect(row(report, "manually, all at once: s")).toEqual(["-", "-"]);
    expect(row(report, "lab up: s")).toEqual(["25.0", "-"]);
  });

  test("are drawn without a line for what was left out", () => {
    expect(renderClassPlot([figures(1, 23), figures(5, 40)])).toContain("manually");
    const plot = renderClassPlot([figures(1, undefined), figures(5, undefined)]);
    expect(plot).not.toContain("manually");
    expect(plot.match(/<polyline/g)).toHaveLength(3);
  });
});

describe("statistics", () => {
  test.each([
    [[3, 1, 2], 50, 2],
    [[1, 2, 3, 4], 50, 2],
    [Array.from({ length: 20 }, (_, index) => index + 1), 95, 19],
    [[7], 95, 7],
  ])("of %j the %ith percentile is %i", (values, percent, expected) => {
    expect(percentile(values, percent)).toBe(expected);
  });

  test("the slope is that of the line through the points", () => {
    expect(
      slope([
        [1, 10],
        [3, 14],
        [6, 20],
      ]),
    ).toBeCloseTo(2);
  });
});

describe("renderPlot", () => {
  const plot = renderPlot({
    title: "a < b & c",
    xTitle: "x",
    yTitle: "y",
    series: [
      {
        name: "one",
        points: [
          [1, 10],
          [20, 100],
        ],
      },
    ],
  });

  test("puts 0 at the foot, the greatest x at the right edge, and round numbers up the side", () => {
    expect(plot).toContain('points="84.3,284.8 470,40"');
    expect([...plot.matchAll(/text-anchor="end">([\d.]+)</g)].map(([, tick]) => tick)).toEqual([
      "0",
      "20",
      "40",
      "60",
      "80",
      "100",
    ]);
  });

  test("escapes what people wrote", () => {
    expect(plot).toContain("<title>a &lt; b &amp; c</title>");
    expect(plot).toContain(">a &lt; b &amp; c</text>");
  });
});

test.each([
  ["bash ./lab up --stack dev", "lab"],
  ["node /srv/lab/.lab/bundle/lab.cjs up", "lab"],
  ["/cache/engine/pulumi up --yes", "pulumi"],
  ["/cache/engine/nodejs-language-host -typescript=false", "language host"],
  ["node /srv/lab/node_modules/@pulumi/pulumi/cmd/run", "program"],
  ["node /srv/lab/.lab/pulumi-home/plugin-host/plugin.js", "plugin host"],
  [
    "bash /srv/lab/.lab/pulumi-home/plugins/resource-docker-v5.2.0/pulumi-resource-docker 127.0.0.1:1",
    "plugin launchers",
  ],
  ["/usr/bin/git rev-parse", "git"],
])("%s is %s", (line, program) => {
  expect(programOf(line.split(" "))).toBe(program);
});
