import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ActForm } from '@/components/ui/act-form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { fleetWords } from '@/words/fleet';
import type { Gateway, Order } from './fleet';
import { gatewayQuery, giveOrder, moveGateway, ordersQuery, revokeGateway } from './fleet';

/** What can be done with a gateway from here. */
export function GatewayActs({ gateway }: { gateway: Gateway }) {
  const words = useWords(fleetWords).gateway;
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<'move' | 'revoke' | null>(null);
  const ordering = useMutation({
    mutationFn: (act: Order['act']) => giveOrder(gateway.name, act),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ordersQuery(gateway.name).queryKey }),
  });
  const close = () => setOpen(null);
  return (
    <>
      <Refusal error={ordering.error} />
      <Button
        look="solid"
        title={words.identifyHint}
        aria-disabled={ordering.isPending}
        onClick={() => ordering.mutate('identify')}
      >
        {words.identify}
      </Button>
      <Button aria-disabled={ordering.isPending} onClick={() => ordering.mutate('diagnostics')}>
        {words.diagnostics}
      </Button>
      <Button onClick={() => setOpen('move')}>{words.move}</Button>
      <Button onClick={() => setOpen('revoke')}>{words.revoke}</Button>
      {open === 'move' && <Move gateway={gateway} onClose={close} />}
      {open === 'revoke' && <Revoke name={gateway.name} onClose={close} />}
    </>
  );
}

function Move({ gateway, onClose }: { gateway: Gateway; onClose: () => void }) {
  const words = useWords(fleetWords).gateway;
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const [site, setSite] = useState(gateway.site);
  const moving = useMutation({
    mutationFn: () => moveGateway(gateway.name, site.trim()),
    onSuccess: moved => {
      queryClient.setQueryData(gatewayQuery(gateway.name).queryKey, moved);
      onClose();
    },
  });
  return (
    <Dialog title={words.move} onClose={onClose}>
      <ActForm act={moving} does={common.save}>
        <TextField
          label={words.site}
          value={site}
          onChange={event => setSite(event.target.value)}
          required
          maxLength={120}
        />
      </ActForm>
    </Dialog>
  );
}

function Revoke({ name, onClose }: { name: string; onClose: () => void }) {
  const words = useWords(fleetWords).gateway;
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const revoking = useMutation({
    mutationFn: () => revokeGateway(name),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['gateways'] }),
  });
  const isDone = revoking.isSuccess;
  return (
    <Dialog
      title={words.revokeTitle(name)}
      onClose={onClose}
      actions={
        isDone ? (
          <Button onClick={onClose}>{common.close}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button look="solid" aria-disabled={revoking.isPending} onClick={() => revoking.mutate()}>
              {words.revoke}
            </Button>
          </>
        )
      }
    >
      {isDone ? <p role="status">{words.revoked}</p> : <p>{words.revokeHint}</p>}
      <Refusal error={revoking.error} />
    </Dialog>
  );
}
