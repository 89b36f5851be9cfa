/** Keeps AWS's SDK from printing, at the first client, that its newer versions will want a newer Node.js. */
export function quietSdk(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}
