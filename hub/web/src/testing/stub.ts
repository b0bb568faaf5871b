/** The stub hub, for tests of features: they import shared code only. */
export { STUB_CODE } from '../../e2e/stub-account.ts';
export { STUB_EMAIL, STUB_ME, STUB_PASSWORD, StubHub } from '../../e2e/stub-hub.ts';
export { STUB_SESSION } from '../../e2e/stub-sessions.ts';
export { STUB_CUP } from '../../e2e/stub-competitions.ts';
export { problem } from '../../e2e/stub-problem.ts';
