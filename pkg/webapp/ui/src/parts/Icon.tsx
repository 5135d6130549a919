// Line icons, drawn here so that nothing is fetched for them.

const paths = {
  menu: 'M3 5h14M3 10h14M3 15h14',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.5 13.5 17.5 17.5',
  sync: 'M16 6.5A7 7 0 0 0 4 7M4 3v4h4M4 13.5A7 7 0 0 0 16 13M16 17v-4h-4',
  filter: 'M3 5h14M6 10h8M8.5 15h3',
  close: 'M5 5l10 10M15 5 5 15',
  broken: 'M3 3l14 14M7.5 5.2A7 7 0 0 1 16.5 8M4.5 12A7 7 0 0 0 13.5 16M5.5 7.5A7 7 0 0 0 4 9M16 11a7 7 0 0 1-1 2.5',
  left: 'M12.5 4 6.5 10l6 6',
  right: 'M7.5 4l6 6-6 6',
  up: 'M5 12l5-5 5 5',
  down: 'M5 8l5 5 5-5',
  folder: 'M2.5 5.5h5l2 2h8v8.5h-15Z',
  file: 'M5 2.5h6.5L15.5 6.5v11h-10.5ZM11.5 2.5v4h4',
  promise: 'M4 10.5 8 14.5 16 5.5',
  instance: 'M3 4h14v5H3ZM3 11h14v5H3ZM6 6.5h.1M6 13.5h.1',
  subscription: 'M10 3v4M4 13V10h12v3M10 7v6M2.5 13h3v4h-3ZM8.5 13h3v4h-3ZM14.5 13h3v4h-3Z',
  configuration: 'M4 6h7M15 6h1M4 14h1M9 14h7M13 4v4M7 12v4',
  transfer: 'M6 3v11M3 11l3 3 3-3M14 17V6M11 9l3-3 3 3',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">
      <path d={paths[name]} />
    </svg>
  );
}
