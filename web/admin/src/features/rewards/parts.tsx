import { Anchor, Text } from '@mantine/core';
import { rewardsOf, said } from '@shared/draft/document';
import { spelled } from '@shared/names';
import { useDraft } from '@shared/draft/state';
import { useLanguage } from '@shared/words';
import { Link } from '@tanstack/react-router';

/** A member's name, leading to her page. */
export function MemberName({ program, id, name }: { program: string; id: string; name?: string | null | undefined }) {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to={`/p/${program}/members/${id}`} {...props} />}>
      <Text span size="sm">
        {name ?? `…${id.slice(-6)}`}
      </Text>
    </Anchor>
  );
}

/** Every reward to choose from, by name. */
export function useRewardChoices(program: string): { value: string; label: string }[] {
  const language = useLanguage();
  const draft = useDraft(program);
  return draft.data === undefined ? [] : rewardsOf(draft.data.document).map(({ reward }) => ({ value: reward.id, label: said(reward.name, language, spelled(reward.id)) }));
}
