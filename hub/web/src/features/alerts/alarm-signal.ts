/** How an alarm makes itself felt beside the strip: off until somebody wants it, remembered on this device. */

export const SIGNALS = ['sound', 'vibration'] as const;
export type Signal = (typeof SIGNALS)[number];

const TONE_HZ = 880;
const TONE_S = 0.35;
const PULSES_MS = [200, 100, 200];

const keyOf = (signal: Signal) => `sts-alarm-${signal}`;

export function isSignalOn(signal: Signal): boolean {
  try {
    return localStorage.getItem(keyOf(signal)) === 'on';
  } catch {
    return false;
  }
}

export function setSignal(signal: Signal, isOn: boolean): void {
  try {
    localStorage.setItem(keyOf(signal), isOn ? 'on' : 'off');
  } catch {
    // storage is blocked: it stays off
  }
}

export function giveSignals(): void {
  if (isSignalOn('sound')) sound();
  if (isSignalOn('vibration') && 'vibrate' in navigator) navigator.vibrate(PULSES_MS);
}

function sound(): void {
  const context = new AudioContext();
  const tone = context.createOscillator();
  tone.frequency.value = TONE_HZ;
  tone.connect(context.destination);
  tone.addEventListener('ended', () => void context.close());
  tone.start();
  tone.stop(context.currentTime + TONE_S);
}
