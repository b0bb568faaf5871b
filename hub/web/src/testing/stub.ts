/** The stub hub, for tests of features: they import shared code only. */
export { STUB_CODE, STUB_EMAIL, STUB_PASSWORD, StubHub, problem } from '../../e2e/stub-hub.ts';
