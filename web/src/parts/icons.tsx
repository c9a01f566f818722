import type { JSX } from "preact";

const icon = (content: JSX.Element) =>
  function Icon() {
    return (
      <svg
        class="icon"
        viewBox="0 0 24 24"
        width="24"
        height="24"
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
        aria-hidden="true"
      >
        {content}
      </svg>
    );
  };

export const SearchIcon = icon(
  <>
    <circle cx="11" cy="11" r="7" />
    <path d="m20 20-3.8-3.8" />
  </>,
);
export const BoltIcon = icon(<path d="M13 3 5 13.5h6L10.5 21 19 10h-6.2z" />);
export const ShieldIcon = icon(
  <>
    <path d="M12 3 5 6v5.5c0 4.4 3 7.9 7 9.5 4-1.6 7-5.1 7-9.5V6z" />
    <path d="m9 12 2.2 2.2L15.5 10" />
  </>,
);
export const PhoneIcon = icon(
  <>
    <rect x="7" y="2.5" width="10" height="19" rx="2.5" />
    <path d="M11 18.5h2" />
  </>,
);
export const TagIcon = icon(
  <>
    <path d="M12.6 3H20v7.4l-9 9a1.5 1.5 0 0 1-2.1 0l-5.3-5.3a1.5 1.5 0 0 1 0-2.1z" />
    <circle cx="16" cy="8" r="1.2" />
  </>,
);
export const UserIcon = icon(
  <>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.500 20.500c1.300-3.700 4-5.500 7.500-5.500s6.200 1.800 7.500 5.500" />
  </>,
);
export const SignalIcon = icon(<path d="M4 18v-3M9 18v-6M14 18V8M19 18V4" />);
export const LockIcon = icon(
  <>
    <rect x="5" y="10.500" width="14" height="10" rx="2.500" />
    <path d="M8 10.500V8a4 4 0 0 1 8 0v2.500" />
  </>,
);
export const BackIcon = icon(<path d="M19 12H5m6-6-6 6 6 6" />);
