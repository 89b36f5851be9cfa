import { isMap } from "../framework/properties";
import { type CheckFailure, type PropertyMap, type PropertyValue, UNKNOWN } from "../framework/provider";
import { refuseUnknownInputs } from "../framework/refusals";

/** How to reach a machine by SSH. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly privateKey: string | undefined;
  readonly privateKeyPassword: string | undefined;
  readonly agentSocketPath: string | undefined;
  /** Public key that the server must show, in authorized_keys form; any key will do without it. */
  readonly hostKey: string | undefined;
  /** Failed attempts after which to give up; -1 for never. */
  readonly dialErrorLimit: number;
  /** Longest time of one attempt; 0 for no limit. */
  readonly perDialTimeoutSeconds: number;
}

const INPUTS = [
  "agentSocketPath",
  "dialErrorLimit",
  "host",
  "hostKey",
  "password",
  "perDialTimeout",
  "port",
  "privateKey",
  "privateKeyPassword",
  "user",
] as const;

const DEFAULTS = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" } as const;

/** Fills in the defaults and tells what is wrong with the input `connection`. */
export function checkConnection(inputs: PropertyMap): { inputs: PropertyMap; failures: CheckFailure[] } {
  const given = inputs["connection"] ?? null;
  if (given === UNKNOWN) {
    return { inputs, failures: [] };
  }
  if (!isMap(given)) {
    const reason = 'the input "connection" is missing; give at least connection: { host: "..." }';
    return { inputs, failures: [{ property: "connection", reason }] };
  }
  const connection = { ...DEFAULTS, ...withoutNulls(given) };
  return { inputs: { ...inputs, connection }, failures: checkFields(connection) };
}

/** The connection of checked inputs, or of a state, where it may lack defaults. */
export function toConnection(inputs: PropertyMap): Connection {
  const given = isMap(inputs["connection"]) ? withoutNulls(inputs["connection"]) : {};
  const values: PropertyMap = { ...DEFAULTS, ...given };
  const text = (name: (typeof INPUTS)[number]) => (typeof values[name] === "string" ? values[name] : undefined);
  return {
    host: text("host") ?? "",
    port: Number(values["port"]),
    user: text("user") ?? DEFAULTS.user,
    password: text("password"),
    privateKey: text("privateKey"),
    privateKeyPassword: text("privateKeyPassword"),
    agentSocketPath: text("agentSocketPath") ?? process.env["SSH_AUTH_SOCK"],
    hostKey: text("hostKey"),
    dialErrorLimit: Number(values["dialErrorLimit"]),
    perDialTimeoutSeconds: Number(values["perDialTimeout"]),
  };
}

function checkFields(connection: PropertyMap): CheckFailure[] {
  const refused = refuseUnknownInputs(connection, { subject: "connection of command:remote:Command", inputs: INPUTS });
  const failures = refused.map(({ property, reason }) => ({ property: `connection.${property}`, reason }));
  const { host, port } = connection;
  if (host !== UNKNOWN && (typeof host !== "string" || host === "")) {
    const reason = "connection.host is missing; give the name or address of the machine";
    failures.push({ property: "connection.host", reason });
  }
  if (port !== UNKNOWN && !isPort(port)) {
    const reason = `connection.port is ${JSON.stringify(port)}; it must be a whole number from 1 to 65535`;
    failures.push({ property: "connection.port", reason });
  }
  return failures;
}

function isPort(value: PropertyValue | undefined): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function withoutNulls(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
}
