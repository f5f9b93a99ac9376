#!/usr/bin/env bash
# Gives the active rustc its standard library for wasm32-unknown-unknown where rustup cannot download it:
# Debian ships the matching source as `rust-src`; it is built once with the active toolchain and put where
# `rustup target add` would put it. Changes nothing but that folder, and can be run again.
set -euo pipefail

target=wasm32-unknown-unknown
libraries=$(rustc --print sysroot)/lib/rustlib/$target/lib
version=$(rustc --version | awk '{print $2}')

fail() {
  echo "$*" >&2
  exit 1
}

if compgen -G "$libraries/libstd-*.rlib" >/dev/null && compgen -G "$libraries/libtest-*.rlib" >/dev/null; then
  echo "$target: already there"
  exit 0
fi
for program in apt-get apt-cache dpkg; do
  command -v $program >/dev/null || fail "$program is missing: rust-src $version can be fetched only on Debian and its kin"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,src,std/src}

# The machine's own mirror, asked for the suites that carry newer source packages; its own lists stay as they are.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | awk 'NR == 1')
[ -n "$mirror" ] || fail "apt-get knows no mirror to fetch rust-src $version from"
for suite in trixie trixie-backports forky sid; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$work/sources.list"
apt=(-qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
     -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
echo "looking for rust-src $version"
apt-get "${apt[@]}" update
package=$(apt-cache "${apt[@]}" madison rust-src |
  awk -F' *[|] *' -v v="$version" '!found && $2 ~ "^"v"[+-]" { print $2; found = 1 }')
[ -n "$package" ] || fail "no rust-src $version on the mirror: use a Rust release it has, or one with the $target target"
echo "fetching rust-src $package"
(cd "$work" && apt-get "${apt[@]}" download "rust-src=$package" && dpkg -x rust-src_*.deb src)

# Any crate pulls std in. `test` is what unit tests link, the embedded bitcode is what a release build's LTO reads,
# and the remapping keeps the name of the temporary folder out of everything that is built with it.
printf '[package]\nname = "pull-std"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/std/Cargo.toml"
echo '#![no_std]' >"$work/std/src/lib.rs"
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$work/target
export RUSTFLAGS="-Cembed-bitcode=yes --remap-path-prefix=$work=/wasm32-std"
__CARGO_TESTS_ONLY_SRC_ROOT=$(echo "$work"/src/usr/src/rustc-*/library) \
  cargo build --release --manifest-path "$work/std/Cargo.toml" --target $target \
  -Z build-std=std,panic_abort,test,proc_macro

# An incomplete set that was there before would clash with this one.
mkdir -p "$libraries"
rm -f "$libraries"/*.rlib
find "$work/target/$target/release/deps" -name '*.rlib' ! -name 'libpull_std*' -exec cp {} "$libraries"/ \;
echo "$target: built from rust-src $package into $libraries"
