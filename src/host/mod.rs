//! What a guest may call.
