import { serve } from "../framework/serve";
import { cloudinit } from "./provider";

serve(cloudinit);
