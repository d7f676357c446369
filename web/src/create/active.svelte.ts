// Which picture the keyboard is on.
// It is on the newest one until somebody goes to another.
export const active = $state({ tile: "", chosen: false });
