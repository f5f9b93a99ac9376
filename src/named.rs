//! Enums whose variants have a text each.
//!
//! The texts of one enum are one constant, in which the right one is found by counting: what a `match` is compiled to,
//! a table of addresses and lengths, is eight bytes for each, which pack badly.

/// An enum, and its `as_str`.
macro_rules! named {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }

        $(#[$text_meta:meta])*
        pub fn as_str;
    ) => {
        $(#[$meta])*
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            $(#[$text_meta])*
            #[must_use]
            pub fn as_str(self) -> &'static str {
                $crate::named::text(concat!($($text, "\n",)+), self as usize)
            }
        }
    };
}

pub(crate) use named;

/// The text of the variant that has this place in its enum.
pub(crate) fn text(texts: &'static str, place: usize) -> &'static str {
    let mut rest = texts;
    let mut before = place;
    while let Some(end) = rest.bytes().position(|byte| byte == b'\n') {
        let Some((text, others)) = rest.split_at_checked(end) else { break };
        if before == 0 {
            return text;
        }
        before = before.saturating_sub(1);
        rest = others.get(1..).unwrap_or_default();
    }
    ""
}
