import classes from "./Brand.module.css";

export function Brand() {
  return (
    <span className={classes.brand}>
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden focusable={false}>
        <rect width="32" height="32" rx="8" className={classes.ground} />
        <path d="M16 6l8 3v6.5c0 5-3.3 8.8-8 10.5-4.7-1.700-8-5.500-8-10.500V9z" fill="#fff" />
        <path d="M12.200 16.200l2.700 2.700 5-5.400" className={classes.tick} />
      </svg>
      certctl
    </span>
  );
}
