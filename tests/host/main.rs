//! What a guest may import, function by function: what it gives, where its arguments end, and what
//! it says of arguments that it refuses. Guests are written as the code of one function.

mod arguments;
mod document;
mod guest;
mod log;
mod request;
mod response;
mod system;
mod tcp;
