// Imports the module at the path given and tells on descriptor 3 how many milliseconds that took.
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [path] = process.argv.slice(2);
const started = performance.now();
await import(pathToFileURL(path).href);
writeSync(3, String(performance.now() - started));
