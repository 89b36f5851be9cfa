import { Classroom } from "./components/classroom";
import { openDelivery } from "./components/delivery/open-delivery";
import { dockerInstallation, trivyInstallation } from "./components/installations";
import { loadConfig } from "./components/load-config";
import { openTarget } from "./components/machines/open-target";
import { portalSpec } from "./components/portal-spec";
import { expiryOf, extensionOf } from "./config/expiry";

/** The whole product: a class of seats, each with a node1 that is proven ready and has the lesson's images. */
export = async () => {
  // Every problem of the config at once, before the first resource.
  const config = loadConfig();
  const now = new Date();

  // Where machines come from: asks the Engine what it is, and whether it has capacity for the class.
  const target = await openTarget(config);

  // One node1 per seat and spare: machine, cloud-init, readiness gate, images.
  const classroom = new Classroom("lab", {
    target,
    seats: config.seats,
    spares: config.spares,
    moved: config.moved,
    docker: dockerInstallation(config.node.dockerPackage, target.mirror ?? config.images.mirror),
    trivy: trivyInstallation(config.trivy, target.machines),
    imageBase: config.images.base,
    delivery: await openDelivery(config),
    portal: portalSpec(config, now),
    passwords: config.access.password,
    expiry: expiryOf(config),
    extension: extensionOf(config, now),
  });

  return { seats: classroom.seats, spares: classroom.spares };
};
