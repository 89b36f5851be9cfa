import { serve } from "../framework/serve";
import { tls } from "./provider";

serve(tls);
