import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Athlete } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Panel } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { ownWords } from '@/words/own';
import type { Answer } from './answers';
import type { NewWellness, Question, Wellness } from './own';
import { FEELINGS, QUESTIONS, wellnessQuery } from './own';
import { useAnswers } from './use-answers';

interface WellnessPanelProps {
  athlete: Athlete;
  /** The day that is asked about, YYYY-MM-DD. */
  day: string;
  answers: boolean;
}

/** How an athlete woke up today: five taps and a number. */
export function WellnessPanel({ athlete, day, answers }: WellnessPanelProps) {
  const words = useWords(ownWords);
  const query = useQuery(wellnessQuery(athlete.id));
  const title = answers ? words.form.title : words.form.titleOf(athlete.name);
  return (
    <Panel title={title} {...(answers ? { hint: words.form.hint } : {})}>
      <Loaded query={query} what={words.what.wellness}>
        {([newest]) => {
          const said = newest?.day === day ? newest : undefined;
          if (answers) return <Asked athleteId={athlete.id} day={day} said={said} />;
          return said ? <Said form={said} /> : <p className="text-ink-soft">{words.form.unanswered}</p>;
        }}
      </Loaded>
    </Panel>
  );
}

interface AskedProps {
  athleteId: string;
  day: string;
  said: Wellness | undefined;
}

function Asked({ athleteId, day, said }: AskedProps) {
  const words = useWords(ownWords);
  const { say, waitingFor, refusedOf } = useAnswers(athleteId);
  const [isAnew, setIsAnew] = useState(false);
  const asked = { what: 'wellness', form: { day, notes: '' } } as const;
  const waiting = waitingFor(asked);
  const refused = refusedOf(asked);
  const isAnswered = waiting !== undefined || (said !== undefined && refused === undefined);
  if (!isAnswered || isAnew)
    return (
      <>
        <Form
          day={day}
          onSend={form => {
            say({ what: 'wellness', form });
            setIsAnew(false);
          }}
        />
        <Refusal error={refused?.error} />
      </>
    );
  return (
    <>
      {waiting ? <Waiting answer={waiting} /> : said && <Said form={said} />}
      <Button className="self-start" onClick={() => setIsAnew(true)}>
        {words.form.again}
      </Button>
    </>
  );
}

/** A form that the hub has. */
function Said({ form }: { form: Wellness }) {
  const words = useWords(ownWords);
  const { time } = useFormats();
  return (
    <>
      <Answered form={form} />
      <p role="status" className="text-good">
        {words.form.sent(time(form.said_at))}
      </p>
    </>
  );
}

/** A form that is still on this device. */
function Waiting({ answer: { said, at } }: { answer: Answer }) {
  const words = useWords(ownWords);
  const { time } = useFormats();
  return (
    <>
      {said.what === 'wellness' && <Answered form={said.form} />}
      <p role="status" className="text-late">
        {words.waiting(time(at))}
      </p>
    </>
  );
}

type Feelings = Partial<Record<Question, number>>;

function Form({ day, onSend }: { day: string; onSend: (form: NewWellness) => void }) {
  const words = useWords(ownWords);
  const [feelings, setFeelings] = useState<Feelings>({});
  const [hours, setHours] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const send = () => {
    const sleepH = hoursOf(hours);
    if (sleepH === undefined) return setFault(words.form.badHours);
    if (sleepH === null && Object.keys(feelings).length === 0) return setFault(words.form.empty);
    return onSend({ day, sleep_h: sleepH, ...feelings, notes: '' });
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      {QUESTIONS.map(question => (
        <FeelingField
          key={question}
          question={question}
          value={feelings[question]}
          onChange={feeling => setFeelings({ ...feelings, [question]: feeling })}
        />
      ))}
      <TextField
        label={words.form.sleepHours}
        inputMode="decimal"
        autoComplete="off"
        maxLength={5}
        value={hours}
        aria-invalid={hoursOf(hours) === undefined || undefined}
        onChange={event => setHours(event.target.value)}
      />
      {fault !== null && (
        <p role="alert" className="text-lost">
          {fault}
        </p>
      )}
      <Button type="submit" look="solid">
        {words.form.send}
      </Button>
    </form>
  );
}

interface FeelingFieldProps {
  question: Question;
  value: number | undefined;
  onChange: (feeling: number) => void;
}

/** Radio buttons in a row; the words stand below both ends, and are told for each. */
function FeelingField({ question, value, onChange }: FeelingFieldProps) {
  const words = useWords(ownWords);
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{words.form.questions[question]}</legend>
      <div className="grid grid-cols-5 gap-1.5">
        {FEELINGS.map(feeling => (
          <label
            key={feeling}
            className="relative flex min-h-12 flex-col items-center justify-center rounded-lg border border-line-strong px-0.5 text-center select-none has-checked:border-accent has-checked:bg-accent has-checked:text-on-accent has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent forced-colors:has-checked:bg-[Highlight] forced-colors:has-checked:text-[HighlightText] forced-colors:has-checked:[forced-color-adjust:none]"
          >
            <input
              type="radio"
              name={question}
              checked={value === feeling}
              onChange={() => onChange(feeling)}
              className="absolute inset-0 cursor-pointer appearance-none rounded-lg outline-none"
            />
            <span className="font-semibold tabular-nums">{feeling}</span>
            <span className="text-xs leading-tight">{words.form.feelings[feeling]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const feelingOf = (value: number | null | undefined) => FEELINGS.find(feeling => feeling === value);

type Answers = Pick<NewWellness, Question | 'sleep_h'>;

function Answered({ form }: { form: Answers }) {
  const words = useWords(ownWords);
  const { number } = useFormats();
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
      {QUESTIONS.map(question => {
        const feeling = feelingOf(form[question]);
        return (
          <Fact
            key={question}
            name={words.form.questions[question]}
            value={feeling === undefined ? '–' : `${feeling}, ${words.form.feelings[feeling]}`}
          />
        );
      })}
      <Fact
        name={words.form.sleepHours}
        value={form.sleep_h === null || form.sleep_h === undefined ? '–' : number(form.sleep_h)}
      />
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="text-right font-medium tabular-nums">{value}</dd>
    </>
  );
}

const DAY_H = 24;

/** A comma stands for a point; null for no answer, undefined for what is no time of sleep. */
function hoursOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const hours = Number(text.trim().replace(',', '.'));
  return hours >= 0 && hours <= DAY_H ? hours : undefined;
}
