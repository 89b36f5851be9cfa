/**
 * Has `require` of a module give a stand-in that loads the module when something is asked of it for the first time. A
 * module that cannot be found is left to fail where it is required.
 */
function loadLater(requireFrom, name) {
  const file = resolve(requireFrom, name);
  if (file === undefined || file in require.cache) {
    return;
  }
  let real;
  const load = () => {
    if (real === undefined) {
      delete require.cache[file];
      real = requireFrom(file);
    }
    return real;
  };
  require.cache[file] = { id: file, filename: file, loaded: true, children: [], paths: [], exports: standIn(load) };
}

function resolve(requireFrom, name) {
  try {
    return requireFrom.resolve(name);
  } catch {
    return undefined;
  }
}

function standIn(load) {
  return new Proxy(
    {},
    {
      get: (_, property) => {
        // Asked by `import * as` as soon as the module is required; "no" would have every property copied at once.
        if (property === "__esModule") {
          return true;
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
    },
  );
}

module.exports = { loadLater };
