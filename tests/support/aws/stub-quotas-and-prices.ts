import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { z } from "zod";

/** vCPU limits by quota code: what moto has nothing of. */
const QUOTA_NAMES: Readonly<Record<string, string>> = {
  "L-1216C47A": "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
  "L-34B43A08": "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests",
};

/** What the stub answers. */
export interface StubAnswers {
  /** vCPUs by quota code; a code that is not here has no quota. */
  readonly quotas: Readonly<Record<string, number>>;
  /** US dollars an hour by instance type, in every region; a type that is not here has no price. */
  readonly prices: Readonly<Record<string, number>>;
  /** US dollars for a GiB of gp3 a month. Undefined: the list has none. */
  readonly gp3?: number;
  /** US dollars for a GB of a snapshot a month. Undefined: the list has none. */
  readonly snapshot?: number;
  /** US dollars for a public IPv4 address an hour. Undefined: the list has none. */
  readonly address?: number;
  /** What every question is answered with instead: `AccessDeniedException`, say. */
  readonly fault?: string;
}

/** A STUB, written by us, of two AWS APIs: it says what a test told it to, and proves nothing about the real ones. */
export interface StubQuotasAndPrices {
  readonly endpoint: string;
  /** Leads the clients of these two services here; all others go on to where they went. */
  readonly environment: Readonly<Record<string, string>>;
  /** Operations that were called, e.g. `GetServiceQuota`. */
  readonly calls: readonly string[];
  stop(): Promise<void>;
}

const QUOTA_REQUEST = z.object({ ServiceCode: z.string(), QuotaCode: z.string() });
const FILTER = z.object({ Type: z.string(), Field: z.string(), Value: z.string() });
const PRODUCTS_REQUEST = z.object({ ServiceCode: z.string(), Filters: z.array(FILTER).default([]) });

/** An answer in AWS's JSON protocol. */
interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Starts the stub for Service Quotas (of `ec2` alone) and the Price List API. */
export async function startStubQuotasAndPrices(answers: StubAnswers): Promise<StubQuotasAndPrices> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    reply(request, answers, calls)
      .catch((error: unknown) => fault("ValidationException", String(error)))
      .then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
      });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    environment: { AWS_ENDPOINT_URL_SERVICE_QUOTAS: endpoint, AWS_ENDPOINT_URL_PRICING: endpoint },
    calls,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

async function reply(request: IncomingMessage, answers: StubAnswers, calls: string[]): Promise<Reply> {
  const body = await json(request);
  const target = String(request.headers["x-amz-target"]);
  calls.push(target.split(".")[1] ?? target);
  if (answers.fault !== undefined) {
    return fault(answers.fault, `User: arn:aws:iam::123456789012:user/ana is not authorized to perform: ${target}`);
  }
  switch (target) {
    case "ServiceQuotasV20190624.GetServiceQuota":
      return quota(QUOTA_REQUEST.parse(body), answers);
    case "AWSPriceListService.GetProducts":
      return products(PRODUCTS_REQUEST.parse(body), answers);
    default:
      return fault("UnknownOperationException", `the stub does not know ${target}`);
  }
}

function quota({ ServiceCode, QuotaCode }: z.infer<typeof QUOTA_REQUEST>, { quotas }: StubAnswers): Reply {
  const Value = quotas[QuotaCode];
  if (ServiceCode !== "ec2" || Value === undefined) {
    return fault("NoSuchResourceException", `The request failed because the specified quota does not exist`);
  }
  const QuotaName = QUOTA_NAMES[QuotaCode] ?? QuotaCode;
  const Quota = { ServiceCode, QuotaCode, QuotaName, Value, Unit: "None", Adjustable: true, GlobalQuota: false };
  return { status: 200, body: { Quota } };
}

/** Products of a service that have every value asked for. */
function products({ ServiceCode, Filters }: z.infer<typeof PRODUCTS_REQUEST>, answers: StubAnswers): Reply {
  const sold = priceList(answers)[ServiceCode];
  if (sold === undefined) {
    return fault("NotFoundException", `the stub does not sell ${ServiceCode}`);
  }
  // In every region the same.
  const asked = Filters.filter(({ Field }) => Field !== "regionCode");
  const found = sold.filter(({ attributes }) => asked.every(({ Field, Value }) => attributes[Field] === Value));
  return { status: 200, body: { FormatVersion: "aws_v1", PriceList: found.map((one) => JSON.stringify(entry(one))) } };
}

interface Product {
  readonly attributes: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly dollars: number;
}

/** What is sold, with what a careless question would find, too: the same type as Windows, on a host of one's own, reserved. */
function priceList({ prices, gp3, snapshot, address }: StubAnswers): Readonly<Record<string, readonly Product[]>> {
  const instances = Object.entries(prices).flatMap(([instanceType, dollars]) => {
    const plain = {
      productFamily: "Compute Instance",
      instanceType,
      operatingSystem: "Linux",
      tenancy: "Shared",
      preInstalledSw: "NA",
      capacitystatus: "Used",
    };
    const dear = { unit: "Hrs", dollars: dollars * 2 };
    return [
      { attributes: plain, unit: "Hrs", dollars },
      { attributes: { ...plain, operatingSystem: "Windows" }, ...dear },
      { attributes: { ...plain, tenancy: "Dedicated" }, ...dear },
      { attributes: { ...plain, preInstalledSw: "SQL Std" }, ...dear },
      { attributes: { ...plain, capacitystatus: "UnusedCapacityReservation" }, ...dear },
    ];
  });
  const volume = { volumeApiName: "gp3", productFamily: "Storage" };
  const address_ = { group: "VPCPublicIPv4Address", groupDescription: IN_USE };
  return {
    AmazonEC2: [
      ...instances,
      ...(gp3 === undefined ? [] : [{ attributes: volume, unit: "GB-Mo", dollars: gp3 }]),
      { attributes: { ...volume, productFamily: "System Operation" }, unit: "IOPS-Mo", dollars: 0.006 },
      { attributes: { ...volume, volumeApiName: "gp2" }, unit: "GB-Mo", dollars: 0.119 },
      ...(snapshot === undefined ? [] : [{ attributes: snapshots("SnapshotUsage"), unit: "GB-Mo", dollars: snapshot }]),
      { attributes: snapshots("SnapshotArchiveStorage"), unit: "GB-Mo", dollars: 0.0125 },
      { attributes: snapshots("SnapshotUsage.outposts"), unit: "GB-Mo", dollars: 0.12 },
    ],
    AmazonVPC: [
      ...(address === undefined ? [] : [{ attributes: address_, unit: "Hrs", dollars: address }]),
      { attributes: { ...address_, groupDescription: "of another kind" }, unit: "Hrs", dollars: 0.008 },
    ],
  };
}

/** As the list has them in Frankfurt. */
function snapshots(usage: string): Record<string, string> {
  return { productFamily: "Storage Snapshot", usagetype: `EUC1-EBS:${usage}` };
}

const IN_USE = "Hourly charge for In-use Public IPv4 Addresses";

/** The list has a family beside its attributes, and yet takes it as a filter. */
function entry({ attributes: { productFamily, ...attributes }, unit, dollars }: Product): object {
  const rate = { unit, pricePerUnit: { USD: dollars.toFixed(10) }, beginRange: "0", endRange: "Inf" };
  return {
    product: { productFamily, attributes },
    serviceCode: "AmazonEC2",
    terms: { OnDemand: { "STUB.TERM": { priceDimensions: { "STUB.TERM.RATE": rate } } } },
  };
}

function fault(type: string, message: string): Reply {
  return { status: 400, body: { __type: type, message } };
}
