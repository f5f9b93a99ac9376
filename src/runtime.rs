//! What the standard library would bring to the published modules: an allocator, and what happens on a panic.
//!
//! Without it the client's `.wasm` is a tenth smaller: no panic text is formatted, because nobody could read it.
//! Input should never come to a panic; the lints of this crate see to it.

/// The allocator that the standard library uses on this target.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A trap, which JavaScript sees as a `WebAssembly.RuntimeError`.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
