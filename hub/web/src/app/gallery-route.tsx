import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { HubUnreachable, Problem } from '@/api/problem';
import { Button } from '@/components/ui/button';
import { CsvButton } from '@/components/ui/csv-button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { Dialog } from '@/components/ui/dialog';
import { EmptyPanel } from '@/components/ui/empty-panel';
import * as firstIcons from '@/components/ui/first-icons';
import * as icons from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { NumberedName } from '@/components/ui/numbered-name';
import { Page } from '@/components/ui/page';
import { Panel, Row } from '@/components/ui/panel';
import { PrintButton } from '@/components/ui/print-button';
import { ProblemPanel } from '@/components/ui/problem-panel';
import { Refusal } from '@/components/ui/refusal';
import { Segments } from '@/components/ui/segments';
import { SelectField } from '@/components/ui/select-field';
import { ShownOnce } from '@/components/ui/shown-once';
import { Skeleton } from '@/components/ui/skeleton';
import { Strip } from '@/components/ui/strip';
import { TextArea } from '@/components/ui/text-area';
import { TextField } from '@/components/ui/text-field';
import { Ticks } from '@/components/ui/ticks';

const LONG = 'Maria Fernanda Albuquerque de Vasconcelos e Figueiredo';
const REFUSED = new Problem(409, {
  detail: 'Somebody else changed this session.',
  way_out: 'Look at it anew, then change it again.',
  request_id: '0123456789abcdef',
});

interface Sample {
  name: string;
  number: number | null;
  load: number | null;
}

const VIEWS = [
  { value: 'cards', label: 'Cards' },
  { value: 'table', label: 'Table' },
  { value: 'both', label: 'Both' },
] as const;

const ROWS: readonly Sample[] = [
  { name: 'Rui', number: 7, load: 312.5 },
  { name: LONG, number: 123, load: null },
  { name: 'Eva', number: null, load: 0 },
];

const COLUMNS: readonly Column<Sample>[] = [
  {
    name: 'Athlete',
    isHead: true,
    by: row => row.name,
    show: row => <NumberedName number={row.number}>{row.name}</NumberedName>,
  },
  { name: 'Load', unit: 'points', isNumber: true, by: row => row.load, show: row => row.load ?? '–' },
  { name: 'Note', show: () => 'not sortable' },
];

/** Each component of components/ui in each of its states, with long names and none. Not part of what is served. */
export function GalleryRoute() {
  return (
    <Page
      title="Gallery"
      subtitle="Each component in each state"
      back={<Button look="quiet">Back</Button>}
      actions={<PrintButton />}
    >
      <Buttons />
      <Fields />
      <Choices />
      <Tables />
      <Told />
      <Questions />
      <Icons />
    </Page>
  );
}

function Buttons() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Panel title="Buttons" hint="44 px high at least">
      <div className="flex flex-wrap gap-2">
        <Button look="solid">Solid</Button>
        <Button>Outline</Button>
        <Button look="quiet">Quiet</Button>
        <Button look="solid" disabled>
          Solid, disabled
        </Button>
        <Button disabled>Outline, disabled</Button>
        <Button>{LONG}</Button>
        <CsvButton name="Rows" columns={COLUMNS} rows={ROWS} />
        <Button onClick={() => setIsOpen(true)}>Open the dialog</Button>
      </div>
      {isOpen && (
        <Dialog
          title={`Dialog of ${LONG}`}
          onClose={() => setIsOpen(false)}
          actions={<Button look="solid">Save</Button>}
        >
          <TextField label="Name" defaultValue={LONG} />
        </Dialog>
      )}
    </Panel>
  );
}

function Fields() {
  const options = [
    { value: 'a', label: 'First team' },
    { value: 'b', label: LONG },
  ];
  return (
    <Panel title="Fields">
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField label="Empty" />
        <TextField label="Filled" defaultValue={LONG} />
        <TextField label="Wrong" defaultValue="none" aria-invalid />
        <TextField label="Disabled" defaultValue="fixed" disabled />
        <TextField label="With a button" after={<Button look="quiet">?</Button>} />
        <SelectField label="List" options={options} />
        <SelectField label="List, wrong" options={options} defaultValue="b" aria-invalid />
        <TextArea label="Text" defaultValue={LONG} />
      </div>
    </Panel>
  );
}

function Choices() {
  const [view, setView] = useState<(typeof VIEWS)[number]['value']>('cards');
  const [ticked, setTicked] = useState<readonly ('see' | 'change')[]>(['see']);
  return (
    <Panel title="Choices">
      <Segments
        legend="View"
        options={VIEWS}
        value={view}
        onChange={chosen => setView(chosen)}
        className="self-start"
      />
      <Ticks
        legend="Good for"
        options={['see', 'change']}
        names={{ see: 'Seeing', change: 'Changing' }}
        ticked={ticked}
        onChange={setTicked}
      />
    </Panel>
  );
}

function Tables() {
  return (
    <Panel title="Tables and lists">
      <DataTable caption="Rows" columns={COLUMNS} rows={ROWS} rowKey={row => row.name} />
      <DataTable caption="No rows" columns={COLUMNS} rows={[]} rowKey={row => row.name} />
      <ul>
        <Row name={LONG} facts={['one fact', false, 'another']} action={<Button>Remove</Button>} />
        <Row name="Short" facts={[]} />
      </ul>
    </Panel>
  );
}

function Told() {
  return (
    <Panel title="What is told">
      <Strip look="late">This device is offline. What you see is 3 min old.</Strip>
      <Strip look="lost">No connection to the hub, trying again. Last value 12 s ago, 18:30:12.</Strip>
      <EmptyPanel icon={<firstIcons.NoSensorIcon className="size-9" />} title="Nobody is in this team yet.">
        Add athletes to the team; they appear here by themselves.
      </EmptyPanel>
      <ProblemPanel what="The chart" error={REFUSED} onRetry={() => undefined} />
      <ProblemPanel what="The chart" error={new HubUnreachable()} />
      <Refusal error={REFUSED} />
      <ShownOnce
        label="Token"
        hint="Good for a year."
        secret="sts_0123456789abcdefghijklmnopqrstuvwxyz0123456789"
      />
    </Panel>
  );
}

/** The four states of what was asked of the hub. */
function Questions() {
  return (
    <Panel title="Loaded">
      <Asked name="loading" queryFn={() => new Promise<string>(() => undefined)} />
      <Asked name="refused" queryFn={() => Promise.reject(REFUSED)} />
      <Asked name="old" initialData="read before" queryFn={() => Promise.reject(REFUSED)} />
      <Asked name="there" queryFn={() => Promise.resolve('there')} />
      <Skeleton lines={2} />
    </Panel>
  );
}

interface AskedProps {
  name: string;
  queryFn: () => Promise<string>;
  initialData?: string;
}

function Asked({ name, queryFn, initialData }: AskedProps) {
  const query = useQuery({
    queryKey: ['gallery', name],
    queryFn,
    retry: false,
    ...(initialData === undefined ? {} : { initialData, initialDataUpdatedAt: 0 }),
  });
  return (
    <Loaded query={query} what="The answer" skeleton={<Skeleton lines={1} />}>
      {(data): ReactNode => <p>{data}</p>}
    </Loaded>
  );
}

function Icons() {
  return (
    <Panel title="Icons">
      <ul className="flex flex-wrap gap-4">
        {Object.entries({ ...firstIcons, ...icons }).map(([name, Icon]) => (
          <li key={name} className="flex w-32 flex-col items-center text-sm">
            <Icon className="size-7" />
            {name.replace(/Icon$/, '')}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
