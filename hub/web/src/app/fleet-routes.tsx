import { useParams, useRouteContext } from '@tanstack/react-router';
import { FleetPage } from '@/features/fleet/fleet-page';
import { GatewayPage } from '@/features/fleet/gateway-page';
import { IngestPage } from '@/features/fleet/ingest-page';
import { SensorsPage } from '@/features/fleet/sensors-page';
import { SheetPage } from '@/features/fleet/sheet-page';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { sensorWords } from '@/words/sensors';
import { BackLink } from './back-link';
import { keepsGateways } from './places';

function useKeeps(): boolean {
  return keepsGateways(useRouteContext({ from: '/frame' }).me.role);
}

export function FleetRoute() {
  return <FleetPage keeps={useKeeps()} />;
}

export function GatewayRoute() {
  const { gateway } = useParams({ from: '/frame/fleet/$gateway' });
  const words = useWords(fleetWords);
  return (
    <GatewayPage
      name={gateway}
      keeps={useKeeps()}
      back={<BackLink to="/fleet" name={words.gateway.back} />}
    />
  );
}

export function SensorsRoute() {
  return <SensorsPage keeps={useKeeps()} />;
}

export function SheetRoute() {
  const words = useWords(sensorWords);
  return <SheetPage back={<BackLink to="/sensors" name={words.sheetPage.back} />} />;
}

export function IngestRoute() {
  return <IngestPage keeps={useKeeps()} />;
}
