/** The lock file names no server: whoever installs takes packages from wherever their own settings say. */
import { readFileSync } from 'node:fs';

const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
const found = lock.split('\n').filter(line => line.includes('"resolved"'));
if (found.length > 0) {
  console.error(
    `package-lock.json has ${found.length} "resolved" lines. Run npm install in this folder: its .npmrc leaves them out.`,
  );
  process.exitCode = 1;
}
