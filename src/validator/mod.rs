//! A module to a valid module, or `Invalid`.
