/** One's own ways in, as the stub hub keeps them: nothing set up, one login, until somebody changes it. */
import type { components } from '../src/api/schema.d.ts';
import { problem } from './stub-problem.ts';
import type { StubRoute } from './stub-route.ts';

type Schemas = components['schemas'];

export const STUB_CODE = '123456';
const NOW = '2026-12-01T18:30:00Z';
const CODES = Array.from({ length: 10 }, (_, at) => `abcd-efgh-2345-ij${at}k`);

const UNCHOSEN: Schemas['Preferences'] = {
  language: null,
  theme: null,
  units: 'metric',
  temperature: 'celsius',
  week_start: 'monday',
  first_steps_done: false,
};

export class StubAccount {
  /** Whether the account has an authenticator app. */
  hasApp = false;
  /** Whether the club asks for a second factor that this login has not shown. */
  owes = false;
  required: Schemas['SecondFactorRule']['required_of'] = [];
  passkeys: Schemas['Passkey'][] = [];
  preferences: Schemas['Preferences'] = UNCHOSEN;
  tokens: Schemas['Token'][] = [];
  logins: Schemas['Login'][] = [
    login('1', 'Chromium on Linux', true),
    login('2', 'Safari on the clubhouse tablet', false),
  ];

  routes(): StubRoute[] {
    return [
      ['GET', /^\/api\/v1\/me\/second-factor$/, () => Response.json(this.#factor())],
      ['POST', /^\/api\/v1\/me\/second-factor$/, () => Response.json(authenticator(), { status: 201 })],
      ['POST', /^\/api\/v1\/me\/second-factor\/confirmation$/, request => this.#confirm(request)],
      ['POST', /^\/api\/v1\/me\/second-factor\/removal$/, request => this.#remove(request)],
      ['GET', /^\/api\/v1\/me\/preferences$/, () => Response.json(this.preferences)],
      ['PUT', /^\/api\/v1\/me\/preferences$/, request => this.#choose(request)],
      ['GET', /^\/api\/v1\/me\/passkeys$/, () => Response.json({ possible: true, items: this.passkeys })],
      ['GET', /^\/api\/v1\/me\/identities$/, () => Response.json({ items: [] })],
      ['GET', /^\/api\/v1\/me\/sign-out$/, () => Response.json({ address: null })],
      ['GET', /^\/api\/v1\/me\/logins$/, () => Response.json({ items: this.logins })],
      ['DELETE', /^\/api\/v1\/me\/logins\/([^/]+)$/, (_request, id) => this.#endLogin(id)],
      ['GET', /^\/api\/v1\/me\/tokens$/, () => Response.json({ items: this.tokens })],
      ['POST', /^\/api\/v1\/me\/tokens$/, request => this.#makeToken(request)],
      ['GET', /^\/api\/v1\/club\/second-factor$/, () => Response.json({ required_of: this.required })],
      ['PUT', /^\/api\/v1\/club\/second-factor$/, request => this.#require(request)],
    ];
  }

  #factor(): Schemas['SecondFactor'] {
    const confirmed_at = this.hasApp ? NOW : null;
    return { possible: true, confirmed_at, backup_codes: this.hasApp ? 10 : 0, required: this.owes };
  }

  async #confirm(request: Request): Promise<Response> {
    const { code } = (await request.json()) as Schemas['Confirmation'];
    if (code !== STUB_CODE) return wrongCode();
    this.hasApp = true;
    this.owes = false;
    return Response.json({ codes: CODES });
  }

  async #remove(request: Request): Promise<Response> {
    const { code } = (await request.json()) as Schemas['Proof'];
    if (code !== STUB_CODE) return wrongCode();
    this.hasApp = false;
    return new Response(null, { status: 204 });
  }

  async #choose(request: Request): Promise<Response> {
    this.preferences = (await request.json()) as Schemas['NewPreferences'];
    return Response.json(this.preferences);
  }

  #endLogin(id = ''): Response {
    this.logins = this.logins.filter(one => one.id !== id);
    return new Response(null, { status: 204 });
  }

  async #makeToken(request: Request): Promise<Response> {
    const { name, scopes } = (await request.json()) as Schemas['NewToken'];
    const token = { id: name, name, scopes, created_at: NOW, expires_at: NOW, last_used_at: null };
    this.tokens.push(token);
    return Response.json({ ...token, token: 'sts_shown-this-once' }, { status: 201 });
  }

  async #require(request: Request): Promise<Response> {
    const { required_of } = (await request.json()) as Schemas['SecondFactorRuleChange'];
    this.required = required_of;
    return Response.json({ required_of });
  }
}

export function wrongCode(): Response {
  return problem(403, 'wrong-factor', 'This code is wrong.', 'Wait for the next one.');
}

function login(id: string, agent: string, isThis: boolean): Schemas['Login'] {
  return { id, agent, this: isThis, created_at: NOW, last_seen_at: NOW, expires_at: NOW };
}

function authenticator(): Schemas['NewAuthenticator'] {
  return {
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    address: 'otpauth://totp/stub',
    qr_svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h2v2h2v2H2V2H0z"/></svg>',
  };
}
