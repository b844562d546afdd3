// The day on which members are to hear of the program; what is open is due some days before.
import { api } from '@api';
import { DateInput } from '@mantine/dates';
import { useMay, useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useLaunchWords } from './words';

export function LaunchDay({ day }: { day: string | null }) {
  const { t } = useLaunchWords();
  const may = useMay();
  const queries = useQueryClient();
  const { program = '' } = useParams({ strict: false });
  const now = useProgram()?.now;
  const plan = api.useMutation('put', '/v1/programs/{program}/launch', {
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/launch'] }),
  });
  return (
    <>
      <DateInput
        size="sm"
        label={t('day')}
        description={t('dayHint')}
        placeholder={t('dayNone')}
        clearable
        valueFormat="YYYY-MM-DD"
        ariaLabels={{ previousMonth: t('earlier'), nextMonth: t('later'), previousYear: t('earlier'), nextYear: t('later'), previousDecade: t('earlier'), nextDecade: t('later') }}
        clearButtonProps={{ 'aria-label': t('dayNone') }}
        disabled={!may('program:write') || plan.isPending}
        value={day}
        {...(now === undefined ? {} : { minDate: now.slice(0, 10) })}
        onChange={(picked) => plan.mutate({ params: { path: { program } }, body: { launch_on: picked } })}
      />
      {plan.error ? <Failure failure={plan.error} writing /> : null}
    </>
  );
}
