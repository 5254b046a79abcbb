//! What bounds decoding and validation. The defaults are the limits of the JavaScript API, which
//! every engine of the field accepts: <https://webassembly.github.io/spec/js-api/#limits>.
//!
//! Sizes of memories and tables are not limited here but when instantiating.

/// Maxima of a module. Each refuses politely: `too many locals: 50001, limit 50000`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a module.
    pub module_size: usize,
    /// Types of the type section.
    pub types: usize,
    /// Recursion groups.
    pub rec_groups: usize,
    /// Types in one recursion group.
    pub rec_group_size: usize,
    /// Length of a chain of supertypes.
    pub subtype_depth: usize,
    /// Functions defined or imported.
    pub funcs: usize,
    /// Imports.
    pub imports: usize,
    /// Exports.
    pub exports: usize,
    /// Globals.
    pub globals: usize,
    /// Tags.
    pub tags: usize,
    /// Data segments.
    pub datas: usize,
    /// Element segments.
    pub elems: usize,
    /// Elements of one segment.
    pub elem_items: usize,
    /// Tables, imported ones included.
    pub tables: usize,
    /// Memories, imported ones included.
    pub memories: usize,
    /// Parameters of a function or block.
    pub params: usize,
    /// Results of a function or block.
    pub results: usize,
    /// Fields of a structure.
    pub fields: usize,
    /// Bytes of a function's body. (With more than 2^23 the count of executed instructions is no
    /// longer exact.)
    pub body_size: usize,
    /// Locals of a function, parameters included.
    pub locals: usize,
    /// Labels of a `br_table`.
    pub br_table_labels: usize,
    /// Operands on a function's stack, looked at where several come at once and at the ends of
    /// blocks: two bytes of a call may bring a thousand.
    pub operands: usize,
    /// Operands of `array.new_fixed`.
    pub array_new_fixed: usize,
    /// Catch clauses of a `try_table`.
    pub catches: usize,
    /// Bytes of a name.
    pub name_size: usize,
    /// Blocks nested in one another.
    pub block_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            module_size: 1_073_741_824,
            types: 1_000_000,
            rec_groups: 1_000_000,
            rec_group_size: 1_000_000,
            subtype_depth: 63,
            funcs: 1_000_000,
            imports: 1_000_000,
            exports: 1_000_000,
            globals: 1_000_000,
            tags: 1_000_000,
            datas: 100_000,
            elems: 10_000_000,
            elem_items: 10_000_000,
            tables: 100_000,
            memories: 100,
            params: 1_000,
            results: 1_000,
            fields: 10_000,
            body_size: 7_654_321,
            locals: 50_000,
            br_table_labels: 7_654_321,
            operands: 1_000_000,
            array_new_fixed: 10_000,
            catches: 10_000,
            name_size: 100_000,
            block_depth: 7_654_321,
        }
    }
}
