// The lines of the menu: one per feature, in the order in which a day goes. `needs` hides what would be refused.
import { IconUsers } from '@tabler/icons-react';

export const SCREENS = [{ key: 'members', to: '/p/$program/members', icon: IconUsers, needs: 'members:read' }] as const;
