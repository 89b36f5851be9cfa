/**
 * Has `require` of a module give a stand-in, which loads the module when something is asked of it. Members that are
 * functions or classes can be named: these may even be taken out, as by `const { Span } = require(...)`, and load it when
 * they are called; members in `own` are ours, and never load it. A module that is loaded already, or cannot be found, is
 * left alone.
 */
function loadLater(requireFrom, name, functions = [], own = {}) {
  const file = resolve(requireFrom, name);
  if (file === undefined || file in require.cache) {
    return;
  }
  let real;
  const load = () => {
    if (real === undefined) {
      delete require.cache[file];
      real = { exports: requireFrom(file) };
    }
    return real.exports;
  };
  const standIns = functions.map((member) => [member, standInForFunction(() => load()[member])]);
  const members = new Map([...standIns, ...Object.entries(own)]);
  const exports = standInForModule(load, members);
  require.cache[file] = { id: file, filename: file, loaded: true, children: [], paths: [], exports };
}

function resolve(requireFrom, name) {
  try {
    return requireFrom.resolve(name);
  } catch {
    return undefined;
  }
}

function standInForModule(load, members) {
  // An arrow function may be called, and has no fixed properties that would have to be told.
  return new Proxy(() => undefined, {
    apply: (_, self, values) => Reflect.apply(load(), self, values),
    get: (_, property) => {
      // Asked by `import * as` as soon as the module is required; "no" would have every property copied at once.
      if (property === "__esModule") {
        return true;
      }
      if (members.has(property)) {
        return members.get(property);
      }
      return property === "default" && !("default" in load()) ? load() : load()[property];
    },
    has: (_, property) => property in load(),
    ownKeys: () => Reflect.ownKeys(load()),
    getOwnPropertyDescriptor: (_, property) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(load(), property);
      // A proxy may not report a fixed property that its own target lacks.
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}

function standInForFunction(load) {
  // A function of the old kind may be called and constructed.
  return new Proxy(function standIn() {}, {
    apply: (_, self, values) => Reflect.apply(load(), self, values),
    construct: (_, values) => Reflect.construct(load(), values),
    get: (_, property) => load()[property],
    has: (_, property) => property in load(),
  });
}

module.exports = { loadLater };
