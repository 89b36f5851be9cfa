import { serve } from "../../../../airgap/plugins/framework/serve";
import { createAwsProvider } from "./provider";

serve(createAwsProvider());
