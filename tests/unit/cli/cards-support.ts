import type { SeatCard } from "../../../cli/workflows/cards/card";

/** A card at a place of its own. */
export const CARD: SeatCard = {
  seat: "seat03",
  host: "203.0.113.7",
  port: 22,
  password: "abcd-efgh-2345",
  privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n",
  fingerprint: "SHA256:q5UFGOeUiUP37PNEIAn2JVD5S140P4zrxQ59gIsNwC0",
};

/** A card of a local class. */
export const LOCAL_CARD: SeatCard = { ...CARD, seat: "seat01", host: "127.0.0.1", port: 2201 };
