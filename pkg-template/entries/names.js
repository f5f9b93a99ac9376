// The names that classes and functions are documented under: minifiers rename what a user's console.log would show.

export function named(exported) {
  for (const [name, value] of Object.entries(exported)) {
    Object.defineProperty(value, "name", { value: name, configurable: true });
  }
}
