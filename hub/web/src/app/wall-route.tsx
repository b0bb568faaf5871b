import { useRouteContext } from '@tanstack/react-router';
import { Wall } from '@/features/wall/wall';

export function WallRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  return <Wall seesHealth={me.role !== 'technician'} />;
}
