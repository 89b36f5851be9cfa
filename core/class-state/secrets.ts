import { z } from "zod";

/** A secret as `pulumi stack export --show-secrets` writes it: a signature that Pulumi has for all of them, and JSON. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const secretSchema = z.object({ [SIGNATURE]: z.literal(SECRET), plaintext: z.string() });

/** A text from a state, be it secret or not. Throws for what is no text, and for a secret that was not shown. */
export function plainText(value: unknown): string {
  const secret = secretSchema.safeParse(value);
  const text: unknown = secret.success ? JSON.parse(secret.data.plaintext) : value;
  if (typeof text !== "string") {
    throw new Error(
      "a text was expected in the state, and something else, or a secret that is still encrypted, was found",
    );
  }
  return text;
}
