import { serve } from "../framework/serve";
import { dockerProvider } from "./provider";

serve(dockerProvider);
