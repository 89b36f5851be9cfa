import { PolicyPack } from "@pulumi/policy";
import { RULES } from "./rules";

new PolicyPack("lab-nodes", {
  enforcementLevel: "mandatory",
  policies: RULES.map(({ name, description, violations }) => ({
    name,
    description,
    validateResource: ({ type, props }, report) => {
      for (const violation of violations({ type, props })) {
        report(violation);
      }
    },
  })),
});
