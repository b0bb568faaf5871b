import { useNavigate } from '@tanstack/react-router';
import { FirstStepsPage } from '@/features/first-steps/first-steps-page';
import { BringRoster } from '@/features/people/bring-roster';

export function FirstStepsRoute() {
  const navigate = useNavigate();
  return <FirstStepsPage BringRoster={BringRoster} onPutAway={() => void navigate({ to: '/' })} />;
}
