/** The people of a club of paper, who is invited, and the program that is told of events. */
import { randomUUID } from 'node:crypto';
import type { components } from '../src/api/schema.d.ts';
import { problem } from './stub-problem.ts';
import type { StubRoute } from './stub-route.ts';
import { TEAMS } from './stub-squad.ts';

type Schemas = components['schemas'];

const WEEK_MS = 7 * 86_400_000;
const MADE_AT = '2026-11-02T09:00:00Z';
const QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h2v2h2v2H2V2H0z"/></svg>';

export class StubClub {
  readonly accounts: Schemas['Account'][] = [
    account('Ana Lopes', 'admin', []),
    account('Joana Vaz', 'coach', [TEAMS[0]?.id ?? '']),
    account('Tiago Reis', 'technician', []),
  ];
  invitations: Schemas['Invitation'][] = [];
  letters: Schemas['SentLetter'][] = [];
  webhooks: Schemas['Webhook'][] = [];
  deliveries: Schemas['Delivery'][] = [];
  worn: Schemas['Assignment'][] = [];

  routes(): StubRoute[] {
    return [
      ['GET', path('/accounts'), () => page(this.accounts)],
      ['PATCH', path('/accounts/([^/]+)'), (request, id) => this.#changed(request, id)],
      ['POST', path('/accounts/([^/]+)/recovery'), () => recoveryCode()],
      ['DELETE', path('/accounts/([^/]+)/second-factor'), nothing],
      ['GET', path('/invitations'), () => page(this.invitations)],
      ['POST', path('/invitations'), request => this.#invited(request)],
      ['DELETE', path('/invitations/([^/]+)'), (_request, id) => this.#withdrawn(id)],
      ['GET', path('/assignments'), () => page(this.worn)],
      ['GET', path('/letters'), () => page(this.letters)],
      ['GET', path('/webhooks'), () => page(this.webhooks)],
      ['POST', path('/webhooks'), request => this.#added(request)],
      ['PATCH', path('/webhooks/([^/]+)'), (request, id) => this.#webhookChanged(request, id)],
      ['DELETE', path('/webhooks/([^/]+)'), (_request, id) => this.#removed(id)],
      ['POST', path('/webhooks/([^/]+)/secret'), newSecret],
      ['GET', path('/webhooks/([^/]+)/deliveries'), () => page(this.deliveries)],
      [
        'POST',
        path('/webhooks/([^/]+)/deliveries/([^/]+)/replay'),
        (_request, _webhook, id) => this.#replayed(id),
      ],
    ];
  }

  async #changed(request: Request, id: string | undefined): Promise<Response> {
    const found = this.accounts.find(one => one.id === id);
    if (found === undefined) return missing();
    const { role, teams, disabled } = (await request.json()) as Schemas['AccountChange'];
    if (role) found.role = role;
    if (teams) found.teams = teams;
    if (typeof disabled === 'boolean') found.disabled_at = disabled ? new Date().toISOString() : null;
    return Response.json(found);
  }

  async #invited(request: Request): Promise<Response> {
    const said = (await request.json()) as Schemas['NewInvitation'];
    const now = Date.now();
    const invitation: Schemas['Invitation'] = {
      id: randomUUID(),
      role: said.role,
      team_id: said.team_id ?? null,
      from: null,
      to: null,
      athlete_id: said.athlete_id ?? null,
      email: said.email ?? null,
      asks: said.asks ?? [],
      made_by: this.accounts[0]?.id ?? '',
      made_at: new Date(now).toISOString(),
      expires_at: new Date(now + WEEK_MS).toISOString(),
      accepted_at: null,
      accepted_by: null,
    };
    this.invitations.unshift(invitation);
    const isLink = said.way !== 'letter';
    const shown = isLink ? { link: `https://hub.example/invitation#${invitation.id}`, qr: QR } : {};
    return Response.json({ ...invitation, link: null, qr: null, ...shown }, { status: 201 });
  }

  #withdrawn(id: string | undefined): Response {
    this.invitations = this.invitations.filter(one => one.id !== id);
    return nothing();
  }

  async #added(request: Request): Promise<Response> {
    const said = (await request.json()) as Schemas['NewWebhook'];
    const webhook: Schemas['Webhook'] = {
      id: randomUUID(),
      ...said,
      made_at: new Date().toISOString(),
      old_until: null,
      failing_since: null,
      disabled_at: null,
      disabled_why: null,
    };
    this.webhooks.push(webhook);
    return Response.json({ ...webhook, secret: 'whsec_shown-this-once' }, { status: 201 });
  }

  async #webhookChanged(request: Request, id: string | undefined): Promise<Response> {
    const found = this.webhooks.find(one => one.id === id);
    if (found === undefined) return missing();
    const { enabled, name, url, events } = (await request.json()) as Schemas['WebhookChange'];
    if (typeof enabled === 'boolean') found.disabled_at = enabled ? null : new Date().toISOString();
    if (name) found.name = name;
    if (url) found.url = url;
    if (events) found.events = events;
    return Response.json(found);
  }

  #removed(id: string | undefined): Response {
    this.webhooks = this.webhooks.filter(one => one.id !== id);
    return nothing();
  }

  #replayed(id: string | undefined): Response {
    const found = this.deliveries.find(one => one.id === id);
    if (found === undefined) return missing();
    Object.assign(found, { state: 'waiting', ended_at: null, reason: null });
    return Response.json({}, { status: 202 });
  }
}

function account(name: string, role: Schemas['Role'], teams: string[]): Schemas['Account'] {
  const email = `${name.toLowerCase().replace(' ', '.')}@club.example`;
  return { id: randomUUID(), email, name, role, teams, created_at: MADE_AT, disabled_at: null };
}

function recoveryCode(): Response {
  const code = { code: 'recovery-code', expires_at: new Date(Date.now() + 3_600_000).toISOString() };
  return Response.json(code satisfies Schemas['RecoveryCode'], { status: 201 });
}

function newSecret(): Response {
  const made = { secret: 'whsec_another', old_until: new Date(Date.now() + 86_400_000).toISOString() };
  return Response.json(made satisfies Schemas['NewSecret']);
}

function path(local: string): RegExp {
  return new RegExp(`^/api/v1${local}$`);
}

function page(items: readonly unknown[]): Response {
  return Response.json({ items, next: null });
}

function nothing(): Response {
  return new Response(null, { status: 204 });
}

function missing(): Response {
  return problem(404, 'not-found', 'There is no such thing here.', 'Check the address.');
}
