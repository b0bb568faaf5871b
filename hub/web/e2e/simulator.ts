/** Orders to the simulator of straps, over its control socket: one JSON object a line, answered the same way. */
import { connect } from 'node:net';

const ANSWER_MS = 30_000;

export async function order(socket: string, what: { do: string; strap: string }): Promise<void> {
  const answer = await new Promise<string>((resolve, reject) => {
    const connection = connect(socket, () => connection.write(`${JSON.stringify(what)}\n`));
    connection.setTimeout(ANSWER_MS, () =>
      connection.destroy(new Error(`The simulator did not answer on ${socket}.`)),
    );
    connection.once('data', data => {
      connection.end();
      resolve(data.toString());
    });
    connection.once('error', reject);
  });
  if (!(JSON.parse(answer) as { ok: boolean }).ok)
    throw new Error(`The simulator refused ${JSON.stringify(what)}: ${answer}`);
}
