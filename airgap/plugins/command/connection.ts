import { type CheckFailure, type PropertyMap, type PropertyValue, UNKNOWN } from "../framework/provider";
import { refuseUnknownInputs } from "../framework/refusals";
import { isMap, object, text, withoutNulls } from "../framework/values";

/** How to reach a machine by SSH. */
export type Connection = Readonly<ReturnType<typeof toConnection>>;

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
];

const DEFAULTS = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" } as const;

/** Fills in the defaults and checks the input `connection`. */
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
export function toConnection(inputs: PropertyMap) {
  const values: PropertyMap = { ...DEFAULTS, ...withoutNulls(object(inputs.connection)) };
  return {
    host: text(values.host) ?? "",
    port: Number(values.port),
    user: text(values.user) ?? DEFAULTS.user,
    password: text(values.password),
    privateKey: text(values.privateKey),
    privateKeyPassword: text(values.privateKeyPassword),
    agentSocketPath: text(values.agentSocketPath) ?? process.env["SSH_AUTH_SOCK"],
    /** Public key that the server must show, in authorized_keys form; any key will do without it. */
    hostKey: text(values.hostKey),
    /** Failed attempts after which to give up; -1 for never. */
    dialErrorLimit: Number(values.dialErrorLimit),
    /** Longest time of one attempt; 0 for no limit. */
    perDialTimeoutSeconds: Number(values.perDialTimeout),
  };
}

function checkFields(connection: PropertyMap): CheckFailure[] {
  const subject = "connection of command:remote:Command";
  const failures = refuseUnknownInputs(connection, { subject, inputs: INPUTS, path: "connection" });
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
