import { serve } from "../framework/serve";
import { command } from "./provider";

serve(command);
