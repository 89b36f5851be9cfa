/** What `figlet hello` prints, as `figlet` draws it in its usual font; ends of lines without spaces. */
export const FIGLET_SAYS_HELLO: readonly string[] = [
  " _          _ _",
  "| |__   ___| | | ___",
  "| '_ \\ / _ \\ | |/ _ \\",
  "| | | |  __/ | | (_) |",
  "|_| |_|\\___|_|_|\\___/",
];

/** What `figlet "hello docker"` prints. */
export const FIGLET_SAYS_HELLO_DOCKER: readonly string[] = [
  " _          _ _             _            _",
  "| |__   ___| | | ___     __| | ___   ___| | _____ _ __",
  "| '_ \\ / _ \\ | |/ _ \\   / _` |/ _ \\ / __| |/ / _ \\ '__|",
  "| | | |  __/ | | (_) | | (_| | (_) | (__|   <  __/ |",
  "|_| |_|\\___|_|_|\\___/   \\__,_|\\___/ \\___|_|\\_\\___|_|",
];
