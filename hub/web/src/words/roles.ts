import { catalogue } from './catalogue';

/** What people are in a club. */
export const roleWords = catalogue(
  {
    admin: 'Admin',
    director: 'Director',
    coach: 'Coach',
    trainer: 'Trainer',
    athlete: 'Athlete',
    technician: 'Technician',
    guardian: 'Guardian',
  },
  {
    pt: {
      admin: 'Administrador',
      director: 'Diretor',
      coach: 'Treinador',
      trainer: 'Preparador',
      athlete: 'Atleta',
      technician: 'Técnico',
      guardian: 'Encarregado',
    },
  },
);
