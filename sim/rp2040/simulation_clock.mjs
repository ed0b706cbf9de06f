// rp2040js does not export its clock: taken by its place in the package. An alarm may be cancelled in the stock clock while
// another's callback runs, and is then found by its own list; nothing is changed here.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const entry = createRequire(import.meta.url).resolve('rp2040js');
const place = path.join(path.dirname(entry), '..', 'esm', 'clock', 'simulation-clock.js');
export const { SimulationClock } = await import(pathToFileURL(place).href);
