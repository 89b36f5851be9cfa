import { DeleteKeyPairCommand, DescribeKeyPairsCommand, ImportKeyPairCommand } from "@aws-sdk/client-ec2";
import { text } from "../../../../airgap/plugins/framework/values";
import { orGone, uniqueName } from "./api";
import { type Kind, tagOutputs } from "./kind";
import { tagMap, tagSpecifications } from "./tags";

/** `aws:ec2/keyPair:KeyPair`. */
export const keyPair: Kind = {
  name: "key pair",
  inputs: ["keyName", "keyNamePrefix", "publicKey"],
  required: ["publicKey"],
  oneOf: ["keyName", "keyNamePrefix"],
  tagged: "tagged",
  tagsId: (seen) => text(seen.keyPairId),
  replaceOnChanges: ["keyName", "keyNamePrefix", "publicKey"],
  outputs: ["arn", "keyName", "fingerprint", "keyPairId", "keyType"],
  async create({ ec2 }, inputs) {
    const { KeyName: name = "" } = await ec2.send(
      new ImportKeyPairCommand({
        KeyName: text(inputs.keyName) ?? uniqueName(inputs.keyNamePrefix),
        PublicKeyMaterial: Buffer.from(text(inputs.publicKey) ?? ""),
        TagSpecifications: tagSpecifications("key-pair", inputs.tags),
      }),
    );
    return name;
  },
  async find(aws, id) {
    const answer = await orGone(aws.ec2.send(new DescribeKeyPairsCommand({ KeyNames: [id] })));
    const found = answer?.KeyPairs?.[0];
    if (found === undefined) {
      return undefined;
    }
    return {
      arn: `arn:aws:ec2:${aws.region}:${aws.account}:key-pair/${id}`,
      fingerprint: found.KeyFingerprint ?? null,
      keyName: found.KeyName ?? null,
      keyPairId: found.KeyPairId ?? null,
      keyType: found.KeyType ?? null,
      ...tagOutputs(tagMap(found.Tags)),
    };
  },
  async remove({ ec2 }, id, _state, { signal }) {
    await orGone(ec2.send(new DeleteKeyPairCommand({ KeyName: id }), { abortSignal: signal }));
  },
};
