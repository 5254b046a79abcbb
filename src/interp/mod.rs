//! A valid module to a running instance.
