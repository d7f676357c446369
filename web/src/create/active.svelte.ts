// Which picture the keyboard is on, and which is seen large.
// It is on the newest one until somebody goes to another.
export const active = $state({ tile: "", chosen: false });
export const peek = $state({ id: "", held: false });
