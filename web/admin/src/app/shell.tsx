// A bar on top, a menu beside, and the page. Of plain elements: what every page waits for has to be small.
import type { ReactNode } from 'react';
import { useFrameWords } from './frames.words';
import { AccountPlace } from './places';

export function Shell({ left, right, nav, children }: { left: ReactNode; right?: ReactNode; nav?: ReactNode; children: ReactNode }) {
  const { t } = useFrameWords();
  return (
    <div className="shell" data-nav={nav !== undefined}>
      <a href="#content" className="skip">
        {t('skip')}
      </a>
      <header className="bar">
        <div className="bar-side">{left}</div>
        <div className="bar-side">
          {right}
          <AccountPlace />
        </div>
      </header>
      {nav}
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
