/** Line drawings of 24 × 24, in the colour of the text beside them; words stand with each, so they are hidden from readers. */
import type { ReactNode } from 'react';

function icon(drawing: ReactNode) {
  return function Icon({ className = 'size-5' }: { className?: string }) {
    return (
      <svg
        className={`shrink-0 ${className}`}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {drawing}
      </svg>
    );
  };
}

export const PulseIcon = icon(<path d="M2 13h4l2.5-7 4 13 3-9 1.5 3h5" />);
export const ClockIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3.5 2" />
  </>,
);
export const SignalLostIcon = icon(
  <>
    <path d="M4 4l16 16" />
    <path d="M8.5 15.5a5 5 0 0 1 6 -.6M5 12a10 10 0 0 1 4-2.4M2 8.500a15 15 0 0 1 4.500-3M22 8.500A15 15 0 0 0 11 5M19 12a10 10 0 0 0-3.500-2.200" />
    <circle cx="12" cy="19" r=".6" />
  </>,
);
export const StrapOffIcon = icon(
  <>
    <path d="M12 20s-8-4.700-8-10.500A4.500 4.500 0 0 1 12 7a4.500 4.500 0 0 1 8 2.500c0 1.700-.7 3.300-1.700 4.700" />
    <path d="M3 3l18 18" />
  </>,
);
export const NoSensorIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" strokeDasharray="3.500 3.500" />
    <path d="M8.500 12h7" />
  </>,
);
export const HourglassIcon = icon(
  <path d="M6 3h12M6 21h12M7 3c0 5 5 6 5 9s-5 4-5 9M17 3c0 5-5 6-5 9s5 4 5 9" />,
);
export const WarningIcon = icon(
  <>
    <path d="M12 3.500L2.500 20h19z" />
    <path d="M12 10v4.500M12 17.200v.1" />
  </>,
);
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2v2M12 20v2M4.900 4.900l1.400 1.400M17.700 17.700l1.400 1.400M2 12h2M20 12h2M4.900 19.100l1.400-1.400M17.700 6.300l1.400-1.400" />
  </>,
);
export const MoonIcon = icon(
  <path d="M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z" />,
);
export const AutoIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor" />
  </>,
);
export const PersonIcon = icon(
  <>
    <circle cx="12" cy="8" r="4" />
    <path d="M4 21c.800-4.500 4-6.500 8-6.500s7.200 2 8 6.500" />
  </>,
);
export const BackIcon = icon(<path d="M15 5l-7 7 7 7" />);
export const ChevronIcon = icon(<path d="M6 9l6 6 6-6" />);
export const EyeIcon = icon(
  <>
    <path d="M2 12s3.600-7 10-7 10 7 10 7-3.600 7-10 7-10-7-10-7z" />
    <circle cx="12" cy="12" r="3" />
  </>,
);
export const EyeOffIcon = icon(
  <path d="M10 5.200A10 10 0 0 1 12 5c6.400 0 10 7 10 7a17 17 0 0 1-3 3.800M6.300 6.800C3.600 8.600 2 12 2 12s3.600 7 10 7c1.800 0 3.300-.5 4.700-1.200M10 10a3 3 0 0 0 4 4M3 3l18 18" />,
);
export const CopyIcon = icon(
  <>
    <rect x="8" y="8" width="12" height="12" rx="2" />
    <path d="M16 8V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2" />
  </>,
);
export const RetryIcon = icon(<path d="M20 11a8 8 0 1 0-2.300 6M20 4v7h-7" />);
export const GatewayIcon = icon(
  <>
    <rect x="3" y="13" width="18" height="7" rx="2" />
    <path d="M7 16.500h.1M12 13V9M8.500 6.500a5 5 0 0 1 7 0M6 4a9 9 0 0 1 12 0" />
  </>,
);
