// Which picture is seen large while a key is held.
export const glance = $state({ id: "" });
