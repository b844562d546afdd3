import { words } from './words';

export const usePeriodWords = words(
  'period',
  {
    period: 'Period',
    last7: 'Last 7 days',
    last30: 'Last 30 days',
    last90: 'Last 90 days',
    month: 'This month',
    before: 'Last month',
    year: 'This year',
    last365: 'Last 365 days',
    own: 'Other days …',
    from: 'From',
    through: 'To',
    compared: '{{period}}, compared with {{compared}}',
  },
  {
    period: 'Periodo',
    last7: 'Últimos 7 días',
    last30: 'Últimos 30 días',
    last90: 'Últimos 90 días',
    month: 'Este mes',
    before: 'El mes pasado',
    year: 'Este año',
    last365: 'Últimos 365 días',
    own: 'Otros días …',
    from: 'Desde',
    through: 'Hasta',
    compared: '{{period}}, comparado con {{compared}}',
  },
);
