// A new segment, or a new list.
import { api } from '@api';
import { Loaded, Page } from '@shared/ui';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { segmentsOf, type Json } from './document';
import { SegmentForm } from './form';
import { useSegmentWords } from './words';

export function NewSegmentPage() {
  const { t } = useSegmentWords();
  const { program } = useParams({ from: '/signed-in/p/$program/segments/new' });
  const isList = useSearch({ from: '/signed-in/p/$program/segments/new' }).kind === 'list';
  const navigate = useNavigate();
  const draft = api.useQuery('get', '/v1/programs/{program}/program', { params: { path: { program } } });
  return (
    <Page title={isList ? t('newListTitle') : t('newSegment')} about={isList ? t('newListAbout') : t('newAbout')} guide="write-a-program">
      <Loaded query={draft}>
        {(data) => (
          <SegmentForm
            key={String(isList)}
            program={program}
            segment={{}}
            isList={isList}
            idFor={(name) => freeId(name, segmentsOf(data.document as Json))}
            onSaved={(segment) => void navigate({ to: '/p/$program/segments/$segment', params: { program, segment }, search: {} })}
          />
        )}
      </Loaded>
    </Page>
  );
}

/** An id nobody has yet, made of the name. */
function freeId(name: string, taken: Record<string, unknown>): string {
  const plain = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const stem = plain.replace(/^[^a-z]+|_+$/g, '').slice(0, 50) || 'segment';
  const ids = [stem, ...Array.from({ length: 99 }, (_, index) => `${stem}_${index + 2}`)];
  return ids.find((each) => !(each in taken)) ?? stem;
}
