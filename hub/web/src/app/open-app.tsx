/** For tests: the app at an address. */
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { makeQueryClient } from './query-client';
import { makeRouter } from './router';

export function openApp(path: string): void {
  history.replaceState(null, '', path);
  const queryClient = makeQueryClient();
  render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={makeRouter(queryClient)} />
    </QueryClientProvider>,
  );
}
