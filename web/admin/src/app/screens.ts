// The lines of the menu: one per feature, in the order in which a day goes. A screen is open to whoever holds one of `needs`;
// to others all of it would be refused.
import { IconCalendarEvent, IconChartBar, IconFilter, IconGift, IconHome, IconListDetails, IconScan, IconSettings, IconUsers } from '@tabler/icons-react';

export const SCREENS = [
  { key: 'home', to: '/p/$program', icon: IconHome, needs: ['reports:read'] },
  { key: 'members', to: '/p/$program/members', icon: IconUsers, needs: ['members:read'] },
  { key: 'programPage', to: '/p/$program/program', icon: IconListDetails, needs: ['program:read'] },
  { key: 'campaigns', to: '/p/$program/campaigns', icon: IconCalendarEvent, needs: ['program:read'] },
  { key: 'rewards', to: '/p/$program/rewards', icon: IconGift, needs: ['program:read'] },
  { key: 'segments', to: '/p/$program/segments', icon: IconFilter, needs: ['program:read'] },
  { key: 'till', to: '/p/$program/till', icon: IconScan, needs: ['till:use'] },
  { key: 'insight', to: '/p/$program/insight', icon: IconChartBar, needs: ['reports:read'] },
  { key: 'settings', to: '/p/$program/settings', icon: IconSettings, needs: ['staff:read', 'approvals:read', 'keys:read', 'webhooks:read', 'imports:write', 'reports:read', 'audit:read'] },
] as const;

export type Screen = (typeof SCREENS)[number];

/** The screen a path below `/p/<program>` belongs to; pages outside the menu are open to everybody. */
export function screenOf(path: string, program: string): Screen | undefined {
  return SCREENS.find(({ key, to }) => {
    const place = to.replace('$program', program);
    return key === 'home' ? path.replace(/\/$/, '') === place : path === place || path.startsWith(`${place}/`);
  });
}
