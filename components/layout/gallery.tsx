/** The view from the gallery: hills and a lake between the columns, by day or by night with the theme. Decoration only. */
export function Gallery({ className = "" }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 720 900"
      preserveAspectRatio="xMidYMid slice"
      className={`gallery ${className}`}
      aria-hidden
    >
      <defs>
        <linearGradient id="gallery-sky" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0.3" className="sky-high" />
          <stop offset="0.62" className="sky-low" />
        </linearGradient>
        <linearGradient id="gallery-lake" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" className="lake-far" />
          <stop offset="1" className="lake-near" />
        </linearGradient>
        <g id="gallery-baluster">
          <path d="M-7 0h14v5H-7ZM-4 5h8c0 9-1 13 3 22 4 9 7 17 7 27 0 12-6 18-8 26h-12c-2-8-8-14-8-26 0-10 3-18 7-27 4-9 3-13 3-22ZM-9 80H9v7H-9Z" />
        </g>
        <g id="gallery-column">
          <path d="M-26 0h52v9h-52ZM-21 9h42l-5 11h-32Z" />
          <path d="M-15 20h30c2 70 3 150 3 216h-36c0-66 1-146 3-216Z" />
          <path d="M-21 236h42v9h-42ZM-26 245h52v12h-52Z" />
        </g>
      </defs>

      <path fill="url(#gallery-sky)" d="M0 200h720v500H0Z" />
      <circle cx="410" cy="385" r="58" className="halo" />
      <circle cx="410" cy="385" r="28" className="light" />
      <path
        className="hill-far"
        d="M0 540c50-34 96-46 138-22 40-46 84-72 128-34 34-26 62-34 96-6 42-44 92-64 146-10 44-40 94-44 132-8 30-20 56-22 80-10v130H0Z"
      />
      <path
        className="hill-middle"
        d="M0 560c60-14 106-6 160 10 62-30 112-32 172-2 54-26 118-34 188-2 72-28 132-24 200-2v70H0Z"
      />
      <path fill="url(#gallery-lake)" d="M0 592h720v170H0Z" />
      <path className="ripple" d="M372 612h78M390 626h44M352 640h52M418 650h38" />
      <path
        className="hill-near"
        d="M0 614c58-8 96 2 150 26 40 18 60 46 100 124H0ZM720 606c-70-2-104 14-142 44-28 22-46 64-70 114h212Z"
      />
      <g className="cypress">
        <path d="M92 632c-12-30-10-62 0-92 10 30 12 62 0 92ZM124 642c-9-22-8-46 0-68 8 22 9 46 0 68ZM60 628c-8-20-7-40 0-60 7 20 8 40 0 60Z" />
        <path d="M626 640c-11-28-9-58 0-86 9 28 11 58 0 86ZM660 630c-8-20-7-42 0-62 7 20 8 42 0 62Z" />
      </g>

      <path
        className="wall"
        fillRule="evenodd"
        d="M-400-400h1520V760H-400ZM24 760h180V410a90 90 0 0 0-180 0ZM240 760h240V410a120 120 0 0 0-240 0ZM516 760h180V410a90 90 0 0 0-180 0Z"
      />
      <path
        className="reveal"
        d="M24 410a90 90 0 0 1 180 0h-10a80 80 0 0 0-160 0v350H24ZM240 410a120 120 0 0 1 240 0h-10a110 110 0 0 0-220 0v350h-10ZM516 410a90 90 0 0 1 180 0h-10a80 80 0 0 0-160 0v350h-10Z"
      />
      <g className="line">
        <path d="M14 410a100 100 0 0 1 200 0M230 410a130 130 0 0 1 260 0M506 410a100 100 0 0 1 200 0M-400 232h1520M-400 214h1520M-400 150h1520" />
        <circle cx="222" cy="318" r="16" />
        <circle cx="498" cy="318" r="16" />
      </g>
      <g className="stone">
        <use href="#gallery-column" x="222" y="402" />
        <use href="#gallery-column" x="498" y="402" />
        <use href="#gallery-column" x="12" y="402" />
        <use href="#gallery-column" x="708" y="402" />
      </g>
      <g className="stone">
        {[46, 80, 114, 148, 182, 270, 306, 342, 378, 414, 450, 538, 572, 606, 640, 674].map((x) => (
          <use key={x} href="#gallery-baluster" x={x} y="672" />
        ))}
      </g>
      <path className="rail" d="M-400 655h1520v17H-400ZM-400 759h1520v17H-400Z" />
      <path className="floor" d="M-400 776h1520v600H-400Z" />
      <path
        className="line"
        d="M-400 776h1520M-400 836h1520M222 776 150 960M498 776l72 184M12 776l-200 184M708 776l200 184M360 776v184"
      />
    </svg>
  );
}
