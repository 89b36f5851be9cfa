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

module.exports = { leavePromisesWithoutStacks, leaveOutDebugMessages, leaveOutPlaces };
