export async function sandbox() { return 0; }
