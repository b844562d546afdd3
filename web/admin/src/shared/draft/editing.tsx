// The form that the address asks for, beside whichever screen is open.
import { useDraft } from './state';
import { editedOf, titleOf } from './edited';
import { Editor } from './editor';
import { useDraftWords } from './words';

/** Opens the form of `edit`; `onClose` takes it out of the address. */
export default function Editing({ program, edit, onClose }: { program: string; edit: string; onClose: () => void }) {
  const { t, language } = useDraftWords();
  const draft = useDraft(program);
  if (draft.data === undefined) {
    return null;
  }
  const edited = editedOf(edit, draft.data.document);
  if (edited === null) {
    return null;
  }
  const title = titleOf(edited, draft.data.document, language) ?? t(`part_${edited.part}` as 'part_Rule');
  return <Editor key={edit} program={program} draft={draft.data} edited={edited} title={title} onClose={onClose} />;
}
