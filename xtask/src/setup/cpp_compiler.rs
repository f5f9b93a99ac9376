//! A C++ compiler, for libFuzzer: the one already there, or else Debian's.

use crate::checkout::Checkout;
use crate::process::{self, Step};

pub(super) fn ensure(checkout: &Checkout) -> Result<(), String> {
    if is_present() {
        return Ok(());
    }
    let root = process::answer(&mut checkout.typed("id -u")).is_some_and(|user| user == "0");
    if !root || process::on_path("apt-get").is_none() {
        return Err("fuzzing needs a C++ compiler: c++ on the PATH, or its path in CXX".to_owned());
    }
    println!("▸ a C++ compiler (about 1 minute, once)");
    Step::new(checkout, "apt update", checkout.typed("apt-get update")).succeed()?;
    let mut install = checkout.typed("apt-get install -y --no-install-recommends g++");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    Step::new(checkout, "apt install", install).succeed()?;
    if is_present() { Ok(()) } else { Err("Debian's g++ was installed, but is not on the PATH".to_owned()) }
}

fn is_present() -> bool {
    std::env::var_os("CXX").is_some() || process::on_path("c++").is_some()
}
