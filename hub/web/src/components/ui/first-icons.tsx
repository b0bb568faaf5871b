/** Of the frame and the wall: they come with the first paint, the others with the places that show them. */
import { icon } from './icon';

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
    <path d="M8.5 15.5a5 5 0 0 1 6 -.6M5 12a10 10 0 0 1 4-2.4M2 8.5a15 15 0 0 1 4.5-3M22 8.5A15 15 0 0 0 11 5M19 12a10 10 0 0 0-3.5-2.2" />
    <circle cx="12" cy="19" r=".6" />
  </>,
);
export const StrapOffIcon = icon(
  <>
    <path d="M12 20s-8-4.7-8-10.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8 2.5c0 1.7-.7 3.3-1.7 4.7" />
    <path d="M3 3l18 18" />
  </>,
);
export const NoSensorIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" strokeDasharray="3.5 3.5" />
    <path d="M8.5 12h7" />
  </>,
);
export const HourglassIcon = icon(
  <path d="M6 3h12M6 21h12M7 3c0 5 5 6 5 9s-5 4-5 9M17 3c0 5-5 6-5 9s5 4 5 9" />,
);
export const WarningIcon = icon(
  <>
    <path d="M12 3.5L2.5 20h19z" />
    <path d="M12 10v4.5M12 17.2v.1" />
  </>,
);
export const PersonIcon = icon(
  <>
    <circle cx="12" cy="8" r="4" />
    <path d="M4 21c.8-4.5 4-6.5 8-6.5s7.2 2 8 6.5" />
  </>,
);
export const KeyIcon = icon(
  <>
    <circle cx="8" cy="15" r="4.5" />
    <path d="M11.3 11.7L20 3M16 7l3 3M13.5 9.5l2 2" />
  </>,
);
export const ChevronIcon = icon(<path d="M6 9l6 6 6-6" />);
export const CopyIcon = icon(
  <>
    <rect x="8" y="8" width="12" height="12" rx="2" />
    <path d="M16 8V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2" />
  </>,
);
export const RetryIcon = icon(<path d="M20 11a8 8 0 1 0-2.3 6M20 4v7h-7" />);
export const CalendarIcon = icon(
  <>
    <rect x="3.5" y="5" width="17" height="15" rx="2" />
    <path d="M3.5 10h17M8 3v4M16 3v4" />
  </>,
);
export const SwapIcon = icon(<path d="M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4" />);
export const BellIcon = icon(
  <path d="M6 10a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4S6 15 6 10zM10 20a2.2 2.2 0 0 0 4 0" />,
);
export const SquadIcon = icon(<path d="M4 20V12M9.3 20V6M14.7 20v-9M20 20V4" />);
export const ClubIcon = icon(
  <path d="M12 3l8 3v6c0 4.5-3.2 7.6-8 9-4.8-1.4-8-4.5-8-9V6zM8.5 12l2.5 2.5 4.5-5" />,
);
export const PeopleIcon = icon(
  <>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2.5 20c.6-4 3.2-6 6.5-6s5.9 2 6.5 6M16 5a3.5 3.5 0 0 1 0 6.6M18 14.6c2 .8 3.2 2.6 3.5 5.4" />
  </>,
);
export const CupIcon = icon(
  <path d="M7 4h10v6a5 5 0 0 1-10 0zM7 6H3v1a4 4 0 0 0 4 4M17 6h4v1a4 4 0 0 1-4 4M12 15v5M8 20h8" />,
);
export const TrendIcon = icon(<path d="M3 17l6-6 4 4 8-9M15 6h6v6" />);
export const GatewayIcon = icon(
  <>
    <rect x="3" y="13" width="18" height="7" rx="2" />
    <path d="M7 16.5h.1M12 13V9M8.5 6.5a5 5 0 0 1 7 0M6 4a9 9 0 0 1 12 0" />
  </>,
);
