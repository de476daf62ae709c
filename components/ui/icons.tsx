"use client";

import type { ReactNode, SVGProps } from "react";

/** Drawn on a 16 px grid with one stroke; an icon that says something alone takes `label`, else it is decoration. */
export type IconProps = Omit<SVGProps<SVGSVGElement>, "children"> & { label?: string };

const icon = (drawing: ReactNode) =>
  function Icon({ label, className = "size-4 shrink-0", ...rest }: IconProps) {
    return (
      <svg
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        className={className}
        {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
        {...rest}
      >
        {drawing}
      </svg>
    );
  };

/* Shapes of status: each is told from the others without its colour. */
export const TickCircleIcon = icon(
  <>
    <circle cx="8" cy="8" r="7" fill="currentColor" stroke="none" />
    <path d="m5 8.2 2.1 2.1L11 6.3" className="stroke-surface" />
  </>,
);
export const TriangleIcon = icon(
  <>
    <path d="M8 2.2 14.6 13.6H1.4Z" fill="currentColor" />
    <path d="M8 6.6v3.1M8 11.8v.01" className="stroke-surface" />
  </>,
);
export const ClockIcon = icon(
  <>
    <circle cx="8" cy="8" r="6.25" />
    <path d="M8 4.5V8l2.4 1.6" />
  </>,
);
export const LockIcon = icon(
  <>
    <rect x="2.75" y="7" width="10.5" height="7" rx="1.5" fill="currentColor" />
    <path d="M5 7V5a3 3 0 0 1 6 0v2" />
  </>,
);
export const DashCircleIcon = icon(
  <>
    <circle cx="8" cy="8" r="6.25" strokeDasharray="2.2 2.4" />
    <path d="M5.5 8h5" />
  </>,
);
export const AlertIcon = icon(
  <>
    <circle cx="8" cy="8" r="6.25" />
    <path d="M8 4.8v3.7M8 11v.01" />
  </>,
);
export const InfoIcon = icon(
  <>
    <circle cx="8" cy="8" r="6.25" />
    <path d="M8 7.5v3.7M8 5v.01" />
  </>,
);

export const CheckIcon = icon(<path d="m3 8.5 3.2 3.2L13 4.9" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const MinusIcon = icon(<path d="M3.5 8h9" />);
export const PlusIcon = icon(<path d="M8 3.5v9M3.5 8h9" />);
export const ChevronDownIcon = icon(<path d="m4 6 4 4 4-4" />);
export const ChevronLeftIcon = icon(<path d="M10 4 6 8l4 4" />);
export const ChevronRightIcon = icon(<path d="m6 4 4 4-4 4" />);
export const FirstIcon = icon(<path d="M11.5 4 7.5 8l4 4M4.5 4v8" />);
export const ArrowUpIcon = icon(<path d="M8 13V3M4 7l4-4 4 4" />);
export const ArrowDownIcon = icon(<path d="M8 3v10M4 9l4 4 4-4" />);
export const ArrowRightIcon = icon(<path d="M3 8h10M9 4l4 4-4 4" />);
export const SortIcon = icon(<path d="m5 6 3-3 3 3M5 10l3 3 3-3" />);

export const SearchIcon = icon(
  <>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3 3" />
  </>,
);
export const SyncIcon = icon(
  <path d="M13.4 6.5A5.6 5.6 0 0 0 3.2 5M2.6 9.5A5.6 5.6 0 0 0 12.8 11M3 2.2V5h2.8M13 13.8V11h-2.8" />,
);
export const UploadIcon = icon(
  <path d="M8 10.5v-8M4.7 5.6 8 2.3l3.3 3.3M2.5 10.5v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2" />,
);
export const DownloadIcon = icon(
  <path d="M8 2.3v8M4.7 7.2 8 10.5l3.3-3.3M2.5 10.5v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2" />,
);
export const SignOutIcon = icon(
  <path d="M6.5 13.5h-3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1h3M6.5 8h7M10.7 5.2 13.5 8l-2.8 2.8" />,
);
export const MenuIcon = icon(<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />);
export const BuildingsIcon = icon(
  <path d="M2.5 13.5v-10a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v10M8.5 6.5h4a1 1 0 0 1 1 1v6M1.5 13.5h13M5 5.3h1M5 8h1M5 10.7h1M10.8 9.2h.4M10.8 11.4h.4" />,
);
export const GroupsIcon = icon(
  <>
    <circle cx="5.6" cy="6.2" r="3.4" />
    <circle cx="10.4" cy="6.2" r="3.4" />
    <circle cx="8" cy="10.2" r="3.4" />
  </>,
);
export const CoinIcon = icon(
  <>
    <ellipse cx="8" cy="4.5" rx="5.5" ry="2.25" />
    <path d="M2.5 4.5v7c0 1.2 2.5 2.25 5.5 2.25s5.5-1 5.5-2.25v-7M2.5 8c0 1.2 2.5 2.25 5.5 2.25S13.5 9.2 13.5 8" />
  </>,
);
export const FilterIcon = icon(<path d="M2.5 4.5h11M4.5 8h7M6.5 11.5h3" />);
export const PlugIcon = icon(<path d="M6 2v3.5M10 2v3.5M4 5.5h8v2.2a4 4 0 0 1-8 0ZM8 11.7V14" />);
export const LinkIcon = icon(
  <path d="M6.7 9.3a2.8 2.8 0 0 0 4 0l2-2a2.83 2.83 0 0 0-4-4l-.8.8M9.3 6.7a2.8 2.8 0 0 0-4 0l-2 2a2.83 2.83 0 0 0 4 4l.8-.8" />,
);
export const SlidersIcon = icon(
  <path d="M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6M10.2 2.8v3.4M5.8 9.8v3.4" />,
);
export const KeyIcon = icon(
  <>
    <circle cx="5.2" cy="10.8" r="2.7" />
    <path d="m7.2 8.8 6-6M11 5l1.8 1.8M9.3 6.7l1.3 1.3" />
  </>,
);
export const PersonKeyIcon = icon(
  <>
    <circle cx="8" cy="5" r="2.6" />
    <path d="M2.8 13.5c.4-2.9 2.5-4.5 5.2-4.5s4.8 1.6 5.2 4.5" />
  </>,
);
export const PauseCircleIcon = icon(
  <>
    <circle cx="8" cy="8" r="6.25" />
    <path d="M6.4 5.8v4.4M9.6 5.8v4.4" />
  </>,
);
export const HourglassIcon = icon(
  <path d="M4 2.5h8M4 13.5h8M5 2.5v2.6L8 8l3-2.9V2.5M5 13.5v-2.6L8 8l3 2.9v2.6" />,
);
export const CalendarIcon = icon(<path d="M2.75 4h10.5v9.25H2.75ZM2.75 7h10.5M5.5 2.25V4M10.5 2.25V4" />);
export const GaugeIcon = icon(<path d="M2.6 12a6.25 6.25 0 1 1 10.8 0M8 9.5l2.8-3" />);
export const ColumnsIcon = icon(<path d="M2.5 3h11v10h-11ZM6.2 3v10M9.8 3v10" />);
export const PinIcon = icon(<path d="M9.8 1.8 14.2 6.2 11 8l-.6 3.4-5.8-5.8L8 5ZM7.4 8.6 2.2 13.8" />);
export const HomeIcon = icon(<path d="M2.5 7.5 8 2.8l5.5 4.7M4 6.4v7h8v-7M6.8 13.4V9.6h2.4v3.8" />);
