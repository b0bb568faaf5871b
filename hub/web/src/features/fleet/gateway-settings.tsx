import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Panel } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { TextArea } from '@/components/ui/text-area';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { useFormats } from '@/words/formats';
import type { GatewaySettings, Tables } from './fleet';
import { changeSettings, settingsQuery } from './fleet';

interface SettingsProps {
  name: string;
  keeps: boolean;
}

/** What is in force on a gateway, the last change from here and what it said of that. */
export function GatewaySettingsPanel({ name, keeps }: SettingsProps) {
  const words = useWords(fleetWords);
  const settings = useQuery(settingsQuery(name));
  const [isEditing, setEditing] = useState(false);
  return (
    <Panel title={words.gateway.settings} hint={words.gateway.settingsHint}>
      <Loaded query={settings} what={words.what.settings}>
        {({ in_force, change }) => (
          <>
            <LastChange change={change} />
            {in_force === null ? <p>{words.gateway.notTold}</p> : <InForce version={in_force} />}
            {keeps && in_force !== null && (
              <Button className="self-start" onClick={() => setEditing(true)}>
                {words.gateway.edit}
              </Button>
            )}
            {isEditing && in_force !== null && (
              <EditSettings name={name} version={in_force} onClose={() => setEditing(false)} />
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

type InForceVersion = NonNullable<GatewaySettings['in_force']>;

function InForce({ version }: { version: InForceVersion }) {
  const words = useWords(fleetWords).gateway;
  const { moment } = useFormats();
  const tables = Object.entries(version.tables);
  return (
    <>
      <p className="text-ink-soft">
        {words.version(version.version, moment(version.since))},{' '}
        {version.asked_by === null ? words.byGateway : words.byHub(version.asked_by)}
      </p>
      {tables.length === 0 ? (
        <p>{words.allDefault}</p>
      ) : (
        <dl className="grid gap-3 sm:grid-cols-2">
          {tables.map(([table, keys]) => (
            <div key={table} className="min-w-0 rounded-lg border border-line p-3">
              <dt className="font-semibold">{table}</dt>
              <dd className="text-sm break-words">
                {entriesOf(keys).map(entry => (
                  <span key={entry} className="block">
                    {entry}
                  </span>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

/** "key: value" of a table; each entry of a list of tables in one line. */
function entriesOf(keys: unknown): string[] {
  if (Array.isArray(keys)) return keys.map(entry => entriesOf(entry).join(', '));
  if (typeof keys !== 'object' || keys === null) return [String(keys)];
  return Object.entries(keys).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
}

function LastChange({ change }: { change: GatewaySettings['change'] }) {
  const words = useWords(fleetWords).gateway;
  const { moment } = useFormats();
  if (change === null) return null;
  return (
    <div role="status" className="border-l-4 border-line-strong pl-3">
      <p className="font-semibold">
        {words.lastChange}: {words.changeStates[change.state]}
      </p>
      <p className="text-sm text-ink-soft">
        {words.byHub(change.asked_by)}, {moment(change.made_at)}
      </p>
      {change.faults.map(fault => (
        <p key={fault} className="text-lost">
          {fault}
        </p>
      ))}
      {change.way_out !== '' && <p>{change.way_out}</p>}
    </div>
  );
}

interface EditSettingsProps {
  name: string;
  version: InForceVersion;
  onClose: () => void;
}

function EditSettings({ name, version, onClose }: EditSettingsProps) {
  const words = useWords(fleetWords).gateway;
  const queryClient = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(version.tables, null, 2));
  const [fault, setFault] = useState<string | null>(null);
  const sending = useMutation({
    mutationFn: (tables: Tables) => changeSettings(name, version.version, tables),
    onSuccess: answer => {
      queryClient.setQueryData(settingsQuery(name).queryKey, answer);
      onClose();
    },
  });
  const send = () => {
    const read = tablesOf(text);
    setFault(read instanceof Error ? words.noJson(read.message) : null);
    if (!(read instanceof Error)) sending.mutate(read);
  };
  return (
    <Dialog
      title={words.editTitle(name)}
      onClose={onClose}
      actions={
        <Button look="solid" aria-disabled={sending.isPending} onClick={send}>
          {words.send}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <p>{words.cost}</p>
        <TextArea
          label={words.tables}
          value={text}
          onChange={event => setText(event.target.value)}
          rows={14}
          spellCheck={false}
          aria-invalid={fault !== null}
          className="font-mono text-sm"
        />
        <p className="text-sm text-ink-soft">{words.tablesHint}</p>
        {fault !== null && (
          <p role="alert" className="text-lost">
            {fault}
          </p>
        )}
        <Refusal error={sending.error} />
      </div>
    </Dialog>
  );
}

/** The tables as written; what they may hold, the hub and the gateway judge, each fault in a sentence. */
function tablesOf(text: string): Tables | Error {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the hub refuses what is not of this shape
    return JSON.parse(text) as Tables;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
