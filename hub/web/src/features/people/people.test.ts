import { describe, expect, it } from 'vitest';
import type { Parameter } from './people';
import { inForce } from './people';

function entry(id: string, name: Parameter['name'], from: string): Parameter {
  const rest = { athlete_id: 'a', value: 190, unit: '/min', source: 'measured', formula: null } as const;
  return { id, name, from, entered_at: from, ...rest };
}

describe('parameters', () => {
  it('hold from their time on until the next of their name; those of the future hold not yet', () => {
    const entries = [
      entry('later', 'hr_max', '2026-06-01T00:00:00Z'),
      entry('now', 'hr_max', '2026-03-01T00:00:00Z'),
      entry('rest', 'hr_rest', '2026-02-01T00:00:00Z'),
      entry('before', 'hr_max', '2026-01-01T00:00:00Z'),
    ];
    expect(inForce(entries, Date.parse('2026-04-01T00:00:00Z'))).toEqual(new Set(['now', 'rest']));
    expect(inForce(entries, Date.parse('2026-07-01T00:00:00Z'))).toEqual(new Set(['later', 'rest']));
    expect(inForce(entries, Date.parse('2025-07-01T00:00:00Z'))).toEqual(new Set());
  });
});
