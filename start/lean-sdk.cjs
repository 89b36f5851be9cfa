/**
 * What Pulumi's SDK does for those who look for a mistake in it, left out where nobody does: a third of the program's time
 * in a class of twenty. docs/adr/0017 has the figures.
 */

/** It keeps the stack of each of its promises, in case one is never settled; that is shown with this variable alone. */
function leavePromisesWithoutStacks(debuggable) {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS !== undefined) {
    return;
  }
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/**
 * It tells the engine of every step that it takes, secrets in plain text among them, a call for each. The engine shows
 * them with `--debug` alone, which `lab` never gives: it says so by this variable.
 */
function leaveOutDebugMessages(log) {
  if (process.env.LAB_DEBUG_MESSAGES === "none") {
    log.debug = () => Promise.resolve();
  }
}

/**
 * It tells the engine for each resource where in the program it was declared, with the whole stack, and the engine keeps
 * that in the state: a tenth of a class. No command shows it, and moving a line would change the state.
 */
function leaveOutPlaces(Resource) {
  Resource.stackTrace = () => [];
}

/**
 * It turns V8's debugger on in every program, to be ready to serialize its functions, as for a Lambda. Ours has none, and
 * with the debugger on everything takes longer: a program that does serialize one has it turned on then.
 */
function leaveDebuggerOff(sdk) {
  const file = sdk.resolve("./runtime/closure/v8Hooks");
  let loaded;
  const hooks = () => {
    if (loaded === undefined) {
      delete require.cache[file];
      loaded = sdk(file);
    }
    return loaded;
  };
  const exports = {
    isInitializedAsync: async () => undefined,
    getSessionAsync: () => hooks().getSessionAsync(),
    getScriptUrl: (id) => hooks().getScriptUrl(id),
  };
  require.cache[file] = { id: file, filename: file, loaded: true, children: [], paths: [], exports };
}

module.exports = { leaveDebuggerOff, leavePromisesWithoutStacks, leaveOutDebugMessages, leaveOutPlaces };
