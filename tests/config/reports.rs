//! What a person reads who has broken a configuration: the whole report of `check`.

use std::fs;
use std::process::Command;

use expect_test::{Expect, expect};

use crate::Folder;

/// A guest with functions for all tests.
const GUEST: &str = r#"(module
  (memory (export "memory") 20)
  (func (export "handle"))
  (func (export "add") (param i32 i32) (result i32) (i32.const 0)))"#;
