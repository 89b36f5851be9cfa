import { addSettingFlags, changesOf, defineCommand } from "./define-command";

export const doctorCommand = defineCommand({
  name: "doctor",
  description: "Check whether a class with these settings can be created; create and save nothing",
  flags: addSettingFlags,
  run(context, options) {
    const { doctor } = require("../workflows/doctor/index") as typeof import("../workflows/doctor/index");
    return doctor(context, changesOf(options));
  },
});
