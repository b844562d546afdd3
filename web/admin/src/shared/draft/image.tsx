// The picture of a reward: uploaded, so that it comes from here and no page asks another place.
import { Button, FileButton, Group, Image, Stack, Text } from '@mantine/core';
import { http } from '@api';
import { pictureOf } from '@shared/picture';
import { Failure } from '@shared/ui';
import { IconPhoto, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { Texts } from './document';
import { Together, useFaults, useForm, type Control } from './form';
import { TextField, TextsInput } from './inputs';
import { useDraftWords } from './words';

const KINDS = 'image/png,image/jpeg,image/webp';
/** Pixels of the longer side: sharp on a phone, and loaded at once. */
const LONGEST = 1200;
const QUALITY = 0.86;

export function ImageInput(control: Control<Texts>) {
  const { t } = useDraftWords();
  const { program } = useForm();
  const { value, onChange, path } = control;
  const fault = useFaults(path);
  const upload = useMutation({
    mutationFn: async (file: File) => {
      const small = await smaller(file);
      const answer = await http.POST('/v1/programs/{program}/images', {
        params: { path: { program } },
        body: small as unknown as string,
        bodySerializer: (body) => body,
        headers: { 'Content-Type': small.type },
      });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data;
    },
    onSuccess: ({ address }) => onChange(address),
  });
  if (value !== undefined && typeof value !== 'string') {
    // A picture for each language, as somebody wrote it.
    return <TextsInput {...control} />;
  }
  const shown = pictureOf(value);
  return (
    <Together path={path} label={t('picture')}>
      <Stack gap="xs">
        {shown === undefined ? null : <Image src={shown} alt={t('picture')} h={140} w="auto" maw="100%" fit="contain" radius="sm" />}
        {value !== undefined && shown === undefined && fault === undefined ? (
          <Text size="sm" c="dimmed">
            {t('pictureElsewhere')}
          </Text>
        ) : null}
        <Group gap="xs">
          <FileButton accept={KINDS} onChange={(file) => file !== null && upload.mutate(file)}>
            {(props) => (
              <Button {...props} size="xs" variant="default" leftSection={<IconPhoto size={15} />} loading={upload.isPending}>
                {t(value === undefined ? 'choosePicture' : 'otherPicture')}
              </Button>
            )}
          </FileButton>
          {value === undefined ? null : (
            <Button size="xs" variant="subtle" color="red" leftSection={<IconTrash size={15} />} onClick={() => onChange(undefined)}>
              {t('removeOne', { what: t('picture') })}
            </Button>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {t('pictureHint')}
        </Text>
        {upload.error ? <Failure failure={upload.error} writing /> : null}
        {value === undefined || shown === undefined ? <TextField path={path} value={value} onChange={onChange} label={t('pictureAddress')} /> : null}
      </Stack>
    </Together>
  );
}

/** The picture as large as it is shown, without what a camera wrote beside it, such as the place; else the file as it is. */
async function smaller(file: File): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return await new Promise<Blob>((resolve) => {
      canvas.toBlob((made) => resolve(made ?? file), 'image/webp', QUALITY);
    });
  } catch {
    return file;
  }
}
