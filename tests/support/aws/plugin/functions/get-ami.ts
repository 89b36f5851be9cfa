import { DescribeImagesCommand, type Image } from "@aws-sdk/client-ec2";
import type { FunctionHandler, PropertyMap } from "../../../../../airgap/plugins/framework/provider";
import { texts, truth } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";
import { tagMap } from "../tags";
import { apiFilters } from "./filters";

/** `aws:ec2/getAmi:getAmi`. */
export const getAmi: FunctionHandler<Aws> = {
  inputs: ["filters", "includeDeprecated", "mostRecent", "owners"],
  async call(aws, inputs) {
    const owners = texts(inputs.owners);
    const filters = apiFilters(inputs.filters);
    const { Images: images = [] } = await aws.ec2.send(
      new DescribeImagesCommand({
        IncludeDeprecated: truth(inputs.includeDeprecated) ?? false,
        ...(filters.length === 0 ? {} : { Filters: filters }),
        ...(owners.length === 0 ? {} : { Owners: owners }),
      }),
    );
    return imageOutputs(aws, onlyOne(images, truth(inputs.mostRecent) === true ? "most recent" : "single"));
  },
};

/** The official plugin's own words for none and for several. */
function onlyOne(images: readonly Image[], which: "most recent" | "single"): Image {
  const [first, ...others] = [...images].sort((a, b) => (b.CreationDate ?? "").localeCompare(a.CreationDate ?? ""));
  if (first === undefined) {
    throw new Error("Your query returned no results. Please change your search criteria and try again.");
  }
  if (others.length > 0 && which === "single") {
    throw new Error(
      "Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.",
    );
  }
  return first;
}

function imageOutputs({ region }: Aws, image: Image): PropertyMap {
  const id = image.ImageId ?? "";
  return {
    id,
    imageId: id,
    arn: `arn:aws:ec2:${region}::image/${id}`,
    architecture: image.Architecture ?? "",
    creationDate: image.CreationDate ?? "",
    description: image.Description ?? "",
    name: image.Name ?? "",
    ownerId: image.OwnerId ?? "",
    public: image.Public ?? false,
    region,
    rootDeviceName: image.RootDeviceName ?? "",
    rootDeviceType: image.RootDeviceType ?? "",
    state: image.State ?? "",
    tags: tagMap(image.Tags),
    virtualizationType: image.VirtualizationType ?? "",
  };
}
