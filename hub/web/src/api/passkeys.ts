/** The two ceremonies of WebAuthn, between this browser and the hub. */
import { answerOf, api } from './client';
import type { Me } from './queries';
import type { components } from './schema';

export type Passkey = components['schemas']['Passkey'];

/** The person closed the browser's own question, or the device had no answer: not a fault of anything. */
export class PasskeyNotGiven extends Error {
  override readonly name = 'PasskeyNotGiven';
}

/** Whether this browser knows passkeys, in the form the hub speaks. */
export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

export async function signInByPasskey(): Promise<Me> {
  const { options } = await answerOf(api.POST('/api/v1/session/passkey/options'));
  const credential = await given(() =>
    navigator.credentials.get({
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the hub writes it as the standard does
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as never),
    }),
  );
  return answerOf(api.POST('/api/v1/session/passkey', { body: { credential } }));
}

export async function makePasskey(name: string): Promise<Passkey> {
  const { options } = await answerOf(api.POST('/api/v1/me/passkeys/options'));
  const credential = await given(() =>
    navigator.credentials.create({
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the hub writes it as the standard does
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as never),
    }),
  );
  return answerOf(api.POST('/api/v1/me/passkeys', { body: { name, credential } }));
}

async function given(ask: () => Promise<Credential | null>): Promise<Record<string, unknown>> {
  let credential: Credential | null;
  try {
    credential = await ask();
  } catch (error) {
    if (error instanceof DOMException) throw new PasskeyNotGiven(error.message, { cause: error });
    throw error;
  }
  if (!(credential instanceof PublicKeyCredential)) throw new PasskeyNotGiven();
  return { ...credential.toJSON() };
}
