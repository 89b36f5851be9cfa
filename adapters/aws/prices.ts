import { GetProductsCommand, type PricingClient } from "@aws-sdk/client-pricing";
import { z } from "zod";
import { type Answer, ask } from "../../core/aws/answers";

/** Prices of a seat's resources in AWS's price list, in US dollars. */
export interface Prices {
  /** An instance on demand, per hour. */
  readonly instance: Answer<number>;
  /** A GiB of its volume, per month. */
  readonly volume: Answer<number>;
  /** Its public IPv4 address, per hour. */
  readonly address: Answer<number>;
}

/** Asks the Price List API. Never rejects: an answer may be a refusal. */
export async function readPrices(pricing: PricingClient, region: string, instanceType: string): Promise<Prices> {
  const [instance, volume, address] = await Promise.all([
    ask(priceOf(pricing, "AmazonEC2", { ...PLAIN_LINUX, regionCode: region, instanceType })),
    ask(priceOf(pricing, "AmazonEC2", { ...GP3, regionCode: region })),
    ask(priceOf(pricing, "AmazonVPC", { ...PUBLIC_ADDRESS, regionCode: region })),
  ]);
  return { instance, volume, address };
}

/** Price of a GB of a snapshot, per month. */
export async function readSnapshotPrice(pricing: PricingClient, region: string): Promise<Answer<number>> {
  return ask(priceOf(pricing, "AmazonEC2", { productFamily: "Storage Snapshot", regionCode: region }, SNAPSHOT));
}

/** The same family has archives and Outposts. Outside us-east-1 the region's short name comes first. */
const SNAPSHOT = /^([A-Z0-9]+-)?EBS:SnapshotUsage$/;

/** Without these the list has the same type with Windows, dedicated, with a database, or reserved and unused. */
const PLAIN_LINUX = { operatingSystem: "Linux", tenancy: "Shared", preInstalledSw: "NA", capacitystatus: "Used" };

const GP3 = { productFamily: "Storage", volumeApiName: "gp3" };

const PUBLIC_ADDRESS = {
  group: "VPCPublicIPv4Address",
  groupDescription: "Hourly charge for In-use Public IPv4 Addresses",
};

/** The parts of an entry of the list that are used. */
const PRODUCT = z.object({
  product: z.object({ attributes: z.object({ usagetype: z.string().default("") }) }),
  terms: z.object({
    OnDemand: z
      .record(
        z.string(),
        z.object({
          priceDimensions: z.record(
            z.string(),
            z.object({ pricePerUnit: z.object({ USD: z.coerce.number().optional() }) }),
          ),
        }),
      )
      .default({}),
  }),
});

async function priceOf(
  pricing: PricingClient,
  service: string,
  fields: Record<string, string>,
  usage = /^/,
): Promise<number> {
  const Filters = Object.entries(fields).map(([Field, Value]) => ({ Type: "TERM_MATCH" as const, Field, Value }));
  const { PriceList: list = [] }: { PriceList?: unknown[] } = await pricing.send(
    new GetProductsCommand({ ServiceCode: service, Filters }),
  );
  // Free allowances and prepaid instances have the price 0.
  const prices = [...new Set(list.flatMap((entry) => dollarsOf(String(entry), usage)))].filter((price) => price > 0);
  const [price, ...others] = prices;
  if (price === undefined || others.length > 0) {
    throw new Error(
      price === undefined ? "its price list has none" : `its price list has several: ${prices.join(", ")}`,
    );
  }
  return price;
}

/** The prices on demand in an entry of the list, which is JSON text; none if its usage does not match. */
function dollarsOf(entry: string, usage: RegExp): number[] {
  const { product, terms: kinds } = PRODUCT.parse(JSON.parse(entry));
  const terms = usage.test(product.attributes.usagetype) ? kinds.OnDemand : {};
  const dimensions = Object.values(terms).flatMap((term) => Object.values(term.priceDimensions));
  return dimensions.flatMap(({ pricePerUnit }) => pricePerUnit.USD ?? []);
}
