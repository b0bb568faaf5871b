/** Colours for canvases: what a name of styles.css is right now, in this theme and under forced colours. */

/** The colour behind a custom property as the browser computed it, for example "rgb(17, 24, 39)". */
export function colourOf(place: HTMLElement, name: `--${string}`): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  place.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
