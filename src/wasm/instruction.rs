//! The table of instructions: one row an instruction, and everything that follows from the rows.
//!
//! Opcodes, texts and types stand here and nowhere else. Others read a [`Row`] as data; what an
//! instruction computes is `interp::numeric`'s, what a special one takes and gives the validator's.
//! Spec: appendix/index-instructions

use std::fmt;

use super::features::Feature;
use super::immediate::{
    CastNulls, CatchList, F32Bits, F64Bits, Immediate, Immediates, LabelList, LaneIdx, Lanes,
    MemArg, Spaced, TypeList, Zero,
};
use super::index::{
    DataIdx, ElemIdx, FieldIdx, FuncIdx, GlobalIdx, LabelIdx, LocalIdx, MemIdx, TableIdx, TagIdx,
    TypeIdx,
};
use super::types::{BlockType, HeapType};
use super::values::V128;

/// How the binary format writes an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// One byte.
    Byte(u8),
    /// A prefix and a number in LEB128.
    Prefixed(u8, u32),
}

/// An operand of an instruction with a fixed signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 128-bit vector.
    V128,
    /// An address of the memory that the instruction's [`MemArg`] names.
    Addr,
}

/// What an instruction takes from the stack and gives to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signature {
    /// Always the same.
    Fixed {
        /// What it takes, the topmost operand last.
        takes: &'static [Operand],
        /// What it gives.
        gives: &'static [Operand],
    },
    /// It depends on immediates, the module or the stack.
    Special,
}

/// What the table says about an instruction.
#[derive(PartialEq, Eq, Debug)]
pub struct Row {
    /// The instruction.
    pub op: Op,
    /// Its name in the text format.
    pub name: &'static str,
    /// How the binary format writes it.
    pub code: Code,
    /// The names of its immediates.
    pub immediates: &'static [&'static str],
    /// What it takes and gives.
    pub signature: Signature,
    /// How many bytes of memory it reads or writes; 0 when it has no [`MemArg`].
    pub touches: u32,
    /// Whether its accesses are atomic, and so must be aligned to these bytes.
    pub atomic: bool,
    /// The proposal it came with.
    pub feature: Feature,
}

/// What is done with an instruction as soon as it is read.
pub trait Visit<S> {
    /// What comes of it.
    type Output;

    /// Takes the instruction, from a source that stands behind it.
    fn instr(&mut self, source: &mut S, instr: Instr) -> Self::Output;
}

/// Gives back the instruction.
struct Itself;

impl<S> Visit<S> for Itself {
    type Output = Instr;

    #[inline(always)]
    fn instr(&mut self, _: &mut S, instr: Instr) -> Instr {
        instr
    }
}

/// One row an instruction; the columns are named above the first row.
macro_rules! instructions {
    ($(
        $feature:ident { $(
            $first:literal $($second:literal)?
            $op:ident $({ $($field:ident: $ty:ty),+ })?
            $name:literal
            $(special)? $([$($takes:ident)*] -> [$($gives:ident)*]
                $(touches $touches:literal)? $(atomic $atomic:literal)?)?;
        )* }
    )*) => {
        /// An instruction with its immediates.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Instr { $($(
            #[doc = concat!("`", $name, "`")]
            $op $({ $(
                #[doc = concat!("The immediate `", stringify!($field), "`.")]
                $field: $ty
            ),+ })?,
        )*)* }

        /// An instruction without its immediates.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum Op { $($(
            #[doc = concat!("`", $name, "`")]
            $op,
        )*)* }

        impl Op {
            /// Every instruction, in the table's order.
            pub const ALL: &'static [Self] = &[$($(Self::$op,)*)*];
        }

        /// The rows, in the order of [`Op`].
        static ROWS: &[Row] = &[$($(Row {
            op: Op::$op,
            name: $name,
            code: code!($first $($second)?),
            immediates: &[$($(stringify!($field)),+)?],
            signature: signature!($([$($takes)*] [$($gives)*])?),
            touches: 0 $($(+ $touches)? $(+ $atomic)?)?,
            atomic: 0 $($(+ $atomic)?)? > 0,
            feature: Feature::$feature,
        },)*)*];

        impl Instr {
            /// The instruction without its immediates.
            #[inline]
            #[must_use]
            pub const fn op(&self) -> Op {
                match self { $($(Self::$op { .. } => Op::$op,)*)* }
            }

            /// Reads the instruction that `source` stands at.
            #[inline(always)]
            pub fn decode<S: Immediates>(source: &mut S) -> Result<Self, S::Error> {
                Self::visit(source, &mut Itself)
            }

            /// Reads the instruction that `source` stands at and hands it to the visitor.
            ///
            /// The arm of a code of one byte has its own copy of what the visitor does: there the
            /// instruction is known but for its immediates, so that a match over it costs nothing.
            /// Codes with a prefix share one copy, and are read out of line.
            #[inline(always)]
            pub fn visit<S, V>(source: &mut S, visitor: &mut V) -> Result<V::Output, S::Error>
            where
                S: Immediates,
                V: Visit<S>,
            {
                let (first, second) = source.code()?;
                match (first, second) {
                    $($(code_pattern!($first $($second)?) => by_code!([$($second)?] {
                        source.require(Feature::$feature, Op::$op)?;
                        let instr = Self::$op $({ $($field: source.read()?),+ })?;
                        return Ok(visitor.instr(source, instr));
                    } else {}),)*)*
                    _ => {}
                }
                let prefixed = Self::prefixed(source, first, second)?;
                Ok(visitor.instr(source, prefixed))
            }

            /// Reads what follows a prefix and its number. There are hundreds of them, so that a
            /// copy for every walk over instructions would be most of each.
            #[inline(never)]
            fn prefixed<S: Immediates>(
                source: &mut S,
                first: u8,
                second: u32,
            ) -> Result<Self, S::Error> {
                match (first, second) {
                    $($(code_pattern!($first $($second)?) => by_code!([$($second)?] {
                        Err(source.unknown(first, second))
                    } else {
                        source.require(Feature::$feature, Op::$op)?;
                        Ok(Self::$op $({ $($field: source.read()?),+ })?)
                    }),)*)*
                    _ => Err(source.unknown(first, second)),
                }
            }

            /// The memory access; none when the instruction is no load or store.
            #[inline]
            #[must_use]
            pub fn mem_arg(&self) -> Option<MemArg> {
                match self { $($(Self::$op $({ $($field),+ })? => {
                    None $($(.or(Immediate::mem_arg($field)))+)?
                })*)* }
            }

            /// The lanes that the instruction names; a single one is the first.
            #[inline]
            #[must_use]
            pub fn lanes(&self) -> Option<Lanes> {
                match self { $($(Self::$op $({ $($field),+ })? => {
                    None $($(.or(Immediate::lanes($field)))+)?
                })*)* }
            }

            fn fmt_immediates(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $($(Self::$op $({ $($field),+ })? => {
                    $($(fmt::Display::fmt(&Spaced($field), f)?;)+)?
                    Ok(())
                })*)* }
            }
        }
    };
}

/// `0x10` or `0xFC 0x08` as a [`Code`].
macro_rules! code {
    ($byte:literal) => {
        Code::Byte($byte)
    };
    ($prefix:literal $number:literal) => {
        Code::Prefixed($prefix, $number)
    };
}

/// `0x10` or `0xFC 0x08` as what [`Immediates::code`] gives.
macro_rules! code_pattern {
    ($byte:literal) => {
        ($byte, _)
    };
    ($prefix:literal $number:literal) => {
        ($prefix, $number)
    };
}

/// What is done for a code of one byte, else for one with a prefix.
macro_rules! by_code {
    ([] $byte:block else $prefixed:block) => {
        $byte
    };
    ([$number:literal] $byte:block else $prefixed:block) => {
        $prefixed
    };
}

/// `[i32 i32] [i32]`, or nothing when special.
macro_rules! signature {
    () => { Signature::Special };
    ([$($takes:ident)*] [$($gives:ident)*]) => {
        Signature::Fixed { takes: &[$(operand!($takes)),*], gives: &[$(operand!($gives)),*] }
    };
}

/// One type of a signature.
macro_rules! operand {
    (i32) => {
        Operand::I32
    };
    (i64) => {
        Operand::I64
    };
    (f32) => {
        Operand::F32
    };
    (f64) => {
        Operand::F64
    };
    (v128) => {
        Operand::V128
    };
    (addr) => {
        Operand::Addr
    };
}

/// Decoding and validation copy instructions by value.
const _: () = assert!(size_of::<Instr>() <= 24);

impl Op {
    /// What the table says about the instruction.
    #[inline]
    #[must_use]
    pub const fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// The name in the text format.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

/// The bytes in hex, as the suite writes them: `fe 03`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte(byte) => write!(f, "{byte:02x}"),
            Self::Prefixed(prefix, number) => write!(f, "{prefix:02x} {number:02x}"),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name and the immediates: `i32.load offset=8 align=4`.
impl fmt::Display for Instr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.op().name())?;
        self.fmt_immediates(f)
    }
}

instructions! {
    //  code       variant       immediates                       text             takes -> gives
    Core {
        // Control and calls.
        0x00  Unreachable                                     "unreachable"    special;
        0x01  Nop                                             "nop"            [] -> [];
        0x02  Block         { ty: BlockType }                 "block"          special;
        0x03  Loop          { ty: BlockType }                 "loop"           special;
        0x04  If            { ty: BlockType }                 "if"             special;
        0x05  Else                                            "else"           special;
        0x0B  End                                             "end"            special;
        0x0C  Br            { label: LabelIdx }               "br"             special;
        0x0D  BrIf          { label: LabelIdx }               "br_if"          special;
        0x0E  BrTable       { labels: LabelList }             "br_table"       special;
        0x0F  Return                                          "return"         special;
        0x10  Call          { func: FuncIdx }                 "call"           special;
        0x11  CallIndirect  { ty: TypeIdx, table: TableIdx }  "call_indirect"  special;
        0x1A  Drop                                            "drop"           special;
        0x1B  Select                                          "select"         special;
        0x1C  SelectTyped   { types: TypeList }               "select"         special;
        // Variables.
        0x20  LocalGet   { local: LocalIdx }    "local.get"   special;
        0x21  LocalSet   { local: LocalIdx }    "local.set"   special;
        0x22  LocalTee   { local: LocalIdx }    "local.tee"   special;
        0x23  GlobalGet  { global: GlobalIdx }  "global.get"  special;
        0x24  GlobalSet  { global: GlobalIdx }  "global.set"  special;
        // References and tables.
        0x25       TableGet   { table: TableIdx }                 "table.get"    special;
        0x26       TableSet   { table: TableIdx }                 "table.set"    special;
        0xD0       RefNull    { heap: HeapType }                  "ref.null"     special;
        0xD1       RefIsNull                                      "ref.is_null"  special;
        0xD2       RefFunc    { func: FuncIdx }                   "ref.func"     special;
        0xFC 0x0C  TableInit  { elem: ElemIdx, table: TableIdx }  "table.init"   special;
        0xFC 0x0D  ElemDrop   { elem: ElemIdx }                   "elem.drop"    special;
        0xFC 0x0E  TableCopy  { to: TableIdx, from: TableIdx }    "table.copy"   special;
        0xFC 0x0F  TableGrow  { table: TableIdx }                 "table.grow"   special;
        0xFC 0x10  TableSize  { table: TableIdx }                 "table.size"   special;
        0xFC 0x11  TableFill  { table: TableIdx }                 "table.fill"   special;
        // Memory.
        0x3F       MemorySize  { memory: MemIdx }                 "memory.size"  special;
        0x40       MemoryGrow  { memory: MemIdx }                 "memory.grow"  special;
        0xFC 0x08  MemoryInit  { data: DataIdx, memory: MemIdx }  "memory.init"  special;
        0xFC 0x09  DataDrop    { data: DataIdx }                  "data.drop"    special;
        0xFC 0x0A  MemoryCopy  { to: MemIdx, from: MemIdx }       "memory.copy"  special;
        0xFC 0x0B  MemoryFill  { memory: MemIdx }                 "memory.fill"  special;
        0x28  I32Load     { at: MemArg }  "i32.load"      [addr] -> [i32] touches 4;
        0x29  I64Load     { at: MemArg }  "i64.load"      [addr] -> [i64] touches 8;
        0x2A  F32Load     { at: MemArg }  "f32.load"      [addr] -> [f32] touches 4;
        0x2B  F64Load     { at: MemArg }  "f64.load"      [addr] -> [f64] touches 8;
        0x2C  I32Load8S   { at: MemArg }  "i32.load8_s"   [addr] -> [i32] touches 1;
        0x2D  I32Load8U   { at: MemArg }  "i32.load8_u"   [addr] -> [i32] touches 1;
        0x2E  I32Load16S  { at: MemArg }  "i32.load16_s"  [addr] -> [i32] touches 2;
        0x2F  I32Load16U  { at: MemArg }  "i32.load16_u"  [addr] -> [i32] touches 2;
        0x30  I64Load8S   { at: MemArg }  "i64.load8_s"   [addr] -> [i64] touches 1;
        0x31  I64Load8U   { at: MemArg }  "i64.load8_u"   [addr] -> [i64] touches 1;
        0x32  I64Load16S  { at: MemArg }  "i64.load16_s"  [addr] -> [i64] touches 2;
        0x33  I64Load16U  { at: MemArg }  "i64.load16_u"  [addr] -> [i64] touches 2;
        0x34  I64Load32S  { at: MemArg }  "i64.load32_s"  [addr] -> [i64] touches 4;
        0x35  I64Load32U  { at: MemArg }  "i64.load32_u"  [addr] -> [i64] touches 4;
        0x36  I32Store    { at: MemArg }  "i32.store"     [addr i32] -> [] touches 4;
        0x37  I64Store    { at: MemArg }  "i64.store"     [addr i64] -> [] touches 8;
        0x38  F32Store    { at: MemArg }  "f32.store"     [addr f32] -> [] touches 4;
        0x39  F64Store    { at: MemArg }  "f64.store"     [addr f64] -> [] touches 8;
        0x3A  I32Store8   { at: MemArg }  "i32.store8"    [addr i32] -> [] touches 1;
        0x3B  I32Store16  { at: MemArg }  "i32.store16"   [addr i32] -> [] touches 2;
        0x3C  I64Store8   { at: MemArg }  "i64.store8"    [addr i64] -> [] touches 1;
        0x3D  I64Store16  { at: MemArg }  "i64.store16"   [addr i64] -> [] touches 2;
        0x3E  I64Store32  { at: MemArg }  "i64.store32"   [addr i64] -> [] touches 4;
        // Numbers.
        0x41       I32Const           { value: i32 }      "i32.const"            [] -> [i32];
        0x42       I64Const           { value: i64 }      "i64.const"            [] -> [i64];
        0x43       F32Const           { value: F32Bits }  "f32.const"            [] -> [f32];
        0x44       F64Const           { value: F64Bits }  "f64.const"            [] -> [f64];
        0x45       I32Eqz                                 "i32.eqz"              [i32] -> [i32];
        0x46       I32Eq                                  "i32.eq"               [i32 i32] -> [i32];
        0x47       I32Ne                                  "i32.ne"               [i32 i32] -> [i32];
        0x48       I32LtS                                 "i32.lt_s"             [i32 i32] -> [i32];
        0x49       I32LtU                                 "i32.lt_u"             [i32 i32] -> [i32];
        0x4A       I32GtS                                 "i32.gt_s"             [i32 i32] -> [i32];
        0x4B       I32GtU                                 "i32.gt_u"             [i32 i32] -> [i32];
        0x4C       I32LeS                                 "i32.le_s"             [i32 i32] -> [i32];
        0x4D       I32LeU                                 "i32.le_u"             [i32 i32] -> [i32];
        0x4E       I32GeS                                 "i32.ge_s"             [i32 i32] -> [i32];
        0x4F       I32GeU                                 "i32.ge_u"             [i32 i32] -> [i32];
        0x50       I64Eqz                                 "i64.eqz"              [i64] -> [i32];
        0x51       I64Eq                                  "i64.eq"               [i64 i64] -> [i32];
        0x52       I64Ne                                  "i64.ne"               [i64 i64] -> [i32];
        0x53       I64LtS                                 "i64.lt_s"             [i64 i64] -> [i32];
        0x54       I64LtU                                 "i64.lt_u"             [i64 i64] -> [i32];
        0x55       I64GtS                                 "i64.gt_s"             [i64 i64] -> [i32];
        0x56       I64GtU                                 "i64.gt_u"             [i64 i64] -> [i32];
        0x57       I64LeS                                 "i64.le_s"             [i64 i64] -> [i32];
        0x58       I64LeU                                 "i64.le_u"             [i64 i64] -> [i32];
        0x59       I64GeS                                 "i64.ge_s"             [i64 i64] -> [i32];
        0x5A       I64GeU                                 "i64.ge_u"             [i64 i64] -> [i32];
        0x5B       F32Eq                                  "f32.eq"               [f32 f32] -> [i32];
        0x5C       F32Ne                                  "f32.ne"               [f32 f32] -> [i32];
        0x5D       F32Lt                                  "f32.lt"               [f32 f32] -> [i32];
        0x5E       F32Gt                                  "f32.gt"               [f32 f32] -> [i32];
        0x5F       F32Le                                  "f32.le"               [f32 f32] -> [i32];
        0x60       F32Ge                                  "f32.ge"               [f32 f32] -> [i32];
        0x61       F64Eq                                  "f64.eq"               [f64 f64] -> [i32];
        0x62       F64Ne                                  "f64.ne"               [f64 f64] -> [i32];
        0x63       F64Lt                                  "f64.lt"               [f64 f64] -> [i32];
        0x64       F64Gt                                  "f64.gt"               [f64 f64] -> [i32];
        0x65       F64Le                                  "f64.le"               [f64 f64] -> [i32];
        0x66       F64Ge                                  "f64.ge"               [f64 f64] -> [i32];
        0x67       I32Clz                                 "i32.clz"              [i32] -> [i32];
        0x68       I32Ctz                                 "i32.ctz"              [i32] -> [i32];
        0x69       I32Popcnt                              "i32.popcnt"           [i32] -> [i32];
        0x6A       I32Add                                 "i32.add"              [i32 i32] -> [i32];
        0x6B       I32Sub                                 "i32.sub"              [i32 i32] -> [i32];
        0x6C       I32Mul                                 "i32.mul"              [i32 i32] -> [i32];
        0x6D       I32DivS                                "i32.div_s"            [i32 i32] -> [i32];
        0x6E       I32DivU                                "i32.div_u"            [i32 i32] -> [i32];
        0x6F       I32RemS                                "i32.rem_s"            [i32 i32] -> [i32];
        0x70       I32RemU                                "i32.rem_u"            [i32 i32] -> [i32];
        0x71       I32And                                 "i32.and"              [i32 i32] -> [i32];
        0x72       I32Or                                  "i32.or"               [i32 i32] -> [i32];
        0x73       I32Xor                                 "i32.xor"              [i32 i32] -> [i32];
        0x74       I32Shl                                 "i32.shl"              [i32 i32] -> [i32];
        0x75       I32ShrS                                "i32.shr_s"            [i32 i32] -> [i32];
        0x76       I32ShrU                                "i32.shr_u"            [i32 i32] -> [i32];
        0x77       I32Rotl                                "i32.rotl"             [i32 i32] -> [i32];
        0x78       I32Rotr                                "i32.rotr"             [i32 i32] -> [i32];
        0x79       I64Clz                                 "i64.clz"              [i64] -> [i64];
        0x7A       I64Ctz                                 "i64.ctz"              [i64] -> [i64];
        0x7B       I64Popcnt                              "i64.popcnt"           [i64] -> [i64];
        0x7C       I64Add                                 "i64.add"              [i64 i64] -> [i64];
        0x7D       I64Sub                                 "i64.sub"              [i64 i64] -> [i64];
        0x7E       I64Mul                                 "i64.mul"              [i64 i64] -> [i64];
        0x7F       I64DivS                                "i64.div_s"            [i64 i64] -> [i64];
        0x80       I64DivU                                "i64.div_u"            [i64 i64] -> [i64];
        0x81       I64RemS                                "i64.rem_s"            [i64 i64] -> [i64];
        0x82       I64RemU                                "i64.rem_u"            [i64 i64] -> [i64];
        0x83       I64And                                 "i64.and"              [i64 i64] -> [i64];
        0x84       I64Or                                  "i64.or"               [i64 i64] -> [i64];
        0x85       I64Xor                                 "i64.xor"              [i64 i64] -> [i64];
        0x86       I64Shl                                 "i64.shl"              [i64 i64] -> [i64];
        0x87       I64ShrS                                "i64.shr_s"            [i64 i64] -> [i64];
        0x88       I64ShrU                                "i64.shr_u"            [i64 i64] -> [i64];
        0x89       I64Rotl                                "i64.rotl"             [i64 i64] -> [i64];
        0x8A       I64Rotr                                "i64.rotr"             [i64 i64] -> [i64];
        0x8B       F32Abs                                 "f32.abs"              [f32] -> [f32];
        0x8C       F32Neg                                 "f32.neg"              [f32] -> [f32];
        0x8D       F32Ceil                                "f32.ceil"             [f32] -> [f32];
        0x8E       F32Floor                               "f32.floor"            [f32] -> [f32];
        0x8F       F32Trunc                               "f32.trunc"            [f32] -> [f32];
        0x90       F32Nearest                             "f32.nearest"          [f32] -> [f32];
        0x91       F32Sqrt                                "f32.sqrt"             [f32] -> [f32];
        0x92       F32Add                                 "f32.add"              [f32 f32] -> [f32];
        0x93       F32Sub                                 "f32.sub"              [f32 f32] -> [f32];
        0x94       F32Mul                                 "f32.mul"              [f32 f32] -> [f32];
        0x95       F32Div                                 "f32.div"              [f32 f32] -> [f32];
        0x96       F32Min                                 "f32.min"              [f32 f32] -> [f32];
        0x97       F32Max                                 "f32.max"              [f32 f32] -> [f32];
        0x98       F32Copysign                            "f32.copysign"         [f32 f32] -> [f32];
        0x99       F64Abs                                 "f64.abs"              [f64] -> [f64];
        0x9A       F64Neg                                 "f64.neg"              [f64] -> [f64];
        0x9B       F64Ceil                                "f64.ceil"             [f64] -> [f64];
        0x9C       F64Floor                               "f64.floor"            [f64] -> [f64];
        0x9D       F64Trunc                               "f64.trunc"            [f64] -> [f64];
        0x9E       F64Nearest                             "f64.nearest"          [f64] -> [f64];
        0x9F       F64Sqrt                                "f64.sqrt"             [f64] -> [f64];
        0xA0       F64Add                                 "f64.add"              [f64 f64] -> [f64];
        0xA1       F64Sub                                 "f64.sub"              [f64 f64] -> [f64];
        0xA2       F64Mul                                 "f64.mul"              [f64 f64] -> [f64];
        0xA3       F64Div                                 "f64.div"              [f64 f64] -> [f64];
        0xA4       F64Min                                 "f64.min"              [f64 f64] -> [f64];
        0xA5       F64Max                                 "f64.max"              [f64 f64] -> [f64];
        0xA6       F64Copysign                            "f64.copysign"         [f64 f64] -> [f64];
        0xA7       I32WrapI64                             "i32.wrap_i64"         [i64] -> [i32];
        0xA8       I32TruncF32S                           "i32.trunc_f32_s"      [f32] -> [i32];
        0xA9       I32TruncF32U                           "i32.trunc_f32_u"      [f32] -> [i32];
        0xAA       I32TruncF64S                           "i32.trunc_f64_s"      [f64] -> [i32];
        0xAB       I32TruncF64U                           "i32.trunc_f64_u"      [f64] -> [i32];
        0xAC       I64ExtendI32S                          "i64.extend_i32_s"     [i32] -> [i64];
        0xAD       I64ExtendI32U                          "i64.extend_i32_u"     [i32] -> [i64];
        0xAE       I64TruncF32S                           "i64.trunc_f32_s"      [f32] -> [i64];
        0xAF       I64TruncF32U                           "i64.trunc_f32_u"      [f32] -> [i64];
        0xB0       I64TruncF64S                           "i64.trunc_f64_s"      [f64] -> [i64];
        0xB1       I64TruncF64U                           "i64.trunc_f64_u"      [f64] -> [i64];
        0xB2       F32ConvertI32S                         "f32.convert_i32_s"    [i32] -> [f32];
        0xB3       F32ConvertI32U                         "f32.convert_i32_u"    [i32] -> [f32];
        0xB4       F32ConvertI64S                         "f32.convert_i64_s"    [i64] -> [f32];
        0xB5       F32ConvertI64U                         "f32.convert_i64_u"    [i64] -> [f32];
        0xB6       F32DemoteF64                           "f32.demote_f64"       [f64] -> [f32];
        0xB7       F64ConvertI32S                         "f64.convert_i32_s"    [i32] -> [f64];
        0xB8       F64ConvertI32U                         "f64.convert_i32_u"    [i32] -> [f64];
        0xB9       F64ConvertI64S                         "f64.convert_i64_s"    [i64] -> [f64];
        0xBA       F64ConvertI64U                         "f64.convert_i64_u"    [i64] -> [f64];
        0xBB       F64PromoteF32                          "f64.promote_f32"      [f32] -> [f64];
        0xBC       I32ReinterpretF32                      "i32.reinterpret_f32"  [f32] -> [i32];
        0xBD       I64ReinterpretF64                      "i64.reinterpret_f64"  [f64] -> [i64];
        0xBE       F32ReinterpretI32                      "f32.reinterpret_i32"  [i32] -> [f32];
        0xBF       F64ReinterpretI64                      "f64.reinterpret_i64"  [i64] -> [f64];
        0xC0       I32Extend8S                            "i32.extend8_s"        [i32] -> [i32];
        0xC1       I32Extend16S                           "i32.extend16_s"       [i32] -> [i32];
        0xC2       I64Extend8S                            "i64.extend8_s"        [i64] -> [i64];
        0xC3       I64Extend16S                           "i64.extend16_s"       [i64] -> [i64];
        0xC4       I64Extend32S                           "i64.extend32_s"       [i64] -> [i64];
        0xFC 0x00  I32TruncSatF32S                        "i32.trunc_sat_f32_s"  [f32] -> [i32];
        0xFC 0x01  I32TruncSatF32U                        "i32.trunc_sat_f32_u"  [f32] -> [i32];
        0xFC 0x02  I32TruncSatF64S                        "i32.trunc_sat_f64_s"  [f64] -> [i32];
        0xFC 0x03  I32TruncSatF64U                        "i32.trunc_sat_f64_u"  [f64] -> [i32];
        0xFC 0x04  I64TruncSatF32S                        "i64.trunc_sat_f32_s"  [f32] -> [i64];
        0xFC 0x05  I64TruncSatF32U                        "i64.trunc_sat_f32_u"  [f32] -> [i64];
        0xFC 0x06  I64TruncSatF64S                        "i64.trunc_sat_f64_s"  [f64] -> [i64];
        0xFC 0x07  I64TruncSatF64U                        "i64.trunc_sat_f64_u"  [f64] -> [i64];
    }
    FunctionReferences {
        0x14  CallRef       { ty: TypeIdx }      "call_ref"         special;
        0xD4  RefAsNonNull                       "ref.as_non_null"  special;
        0xD5  BrOnNull      { label: LabelIdx }  "br_on_null"       special;
        0xD6  BrOnNonNull   { label: LabelIdx }  "br_on_non_null"   special;
    }
    TailCall {
        0x12  ReturnCall          { func: FuncIdx }                 "return_call"           special;
        0x13  ReturnCallIndirect  { ty: TypeIdx, table: TableIdx }  "return_call_indirect"  special;
        0x15  ReturnCallRef       { ty: TypeIdx }                   "return_call_ref"       special;
    }
    Exceptions {
        0x08  Throw     { tag: TagIdx }                        "throw"      special;
        0x0A  ThrowRef                                         "throw_ref"  special;
        0x1F  TryTable  { ty: BlockType, catches: CatchList }  "try_table"  special;
    }
    Gc {
        0xD3      RefEq                                             "ref.eq"             special;
        0xFB 0x00 StructNew        { ty: TypeIdx }                  "struct.new"         special;
        0xFB 0x01 StructNewDefault { ty: TypeIdx }                  "struct.new_default" special;
        0xFB 0x02 StructGet        { ty: TypeIdx, field: FieldIdx } "struct.get"         special;
        0xFB 0x03 StructGetS       { ty: TypeIdx, field: FieldIdx } "struct.get_s"       special;
        0xFB 0x04 StructGetU       { ty: TypeIdx, field: FieldIdx } "struct.get_u"       special;
        0xFB 0x05 StructSet        { ty: TypeIdx, field: FieldIdx } "struct.set"         special;
        0xFB 0x06 ArrayNew         { ty: TypeIdx }                  "array.new"          special;
        0xFB 0x07 ArrayNewDefault  { ty: TypeIdx }                  "array.new_default"  special;
        0xFB 0x08 ArrayNewFixed    { ty: TypeIdx, count: u32 }      "array.new_fixed"    special;
        0xFB 0x09 ArrayNewData     { ty: TypeIdx, data: DataIdx }   "array.new_data"     special;
        0xFB 0x0A ArrayNewElem     { ty: TypeIdx, elem: ElemIdx }   "array.new_elem"     special;
        0xFB 0x0B ArrayGet         { ty: TypeIdx }                  "array.get"          special;
        0xFB 0x0C ArrayGetS        { ty: TypeIdx }                  "array.get_s"        special;
        0xFB 0x0D ArrayGetU        { ty: TypeIdx }                  "array.get_u"        special;
        0xFB 0x0E ArraySet         { ty: TypeIdx }                  "array.set"          special;
        0xFB 0x0F ArrayLen                                          "array.len"          special;
        0xFB 0x10 ArrayFill        { ty: TypeIdx }                  "array.fill"         special;
        0xFB 0x11 ArrayCopy        { to: TypeIdx, from: TypeIdx }   "array.copy"         special;
        0xFB 0x12 ArrayInitData    { ty: TypeIdx, data: DataIdx }   "array.init_data"    special;
        0xFB 0x13 ArrayInitElem    { ty: TypeIdx, elem: ElemIdx }   "array.init_elem"    special;
        0xFB 0x14 RefTest          { heap: HeapType }               "ref.test"           special;
        0xFB 0x15 RefTestNull      { heap: HeapType }               "ref.test null"      special;
        0xFB 0x16 RefCast          { heap: HeapType }               "ref.cast"           special;
        0xFB 0x17 RefCastNull      { heap: HeapType }               "ref.cast null"      special;
        0xFB 0x18  BrOnCast { nulls: CastNulls, label: LabelIdx, from: HeapType, to: HeapType }
                   "br_on_cast"  special;
        0xFB 0x19  BrOnCastFail { nulls: CastNulls, label: LabelIdx, from: HeapType, to: HeapType }
                   "br_on_cast_fail"  special;
        0xFB 0x1A AnyConvertExtern                                  "any.convert_extern" special;
        0xFB 0x1B ExternConvertAny                                  "extern.convert_any" special;
        0xFB 0x1C RefI31                                            "ref.i31"            special;
        0xFB 0x1D I31GetS                                           "i31.get_s"          special;
        0xFB 0x1E I31GetU                                           "i31.get_u"          special;
    }
    Simd {
        // Memory.
        0xFD 0x00 V128Load        { at: MemArg } "v128.load"         [addr] -> [v128] touches 16;
        0xFD 0x01 V128Load8x8S    { at: MemArg } "v128.load8x8_s"    [addr] -> [v128] touches 8;
        0xFD 0x02 V128Load8x8U    { at: MemArg } "v128.load8x8_u"    [addr] -> [v128] touches 8;
        0xFD 0x03 V128Load16x4S   { at: MemArg } "v128.load16x4_s"   [addr] -> [v128] touches 8;
        0xFD 0x04 V128Load16x4U   { at: MemArg } "v128.load16x4_u"   [addr] -> [v128] touches 8;
        0xFD 0x05 V128Load32x2S   { at: MemArg } "v128.load32x2_s"   [addr] -> [v128] touches 8;
        0xFD 0x06 V128Load32x2U   { at: MemArg } "v128.load32x2_u"   [addr] -> [v128] touches 8;
        0xFD 0x07 V128Load8Splat  { at: MemArg } "v128.load8_splat"  [addr] -> [v128] touches 1;
        0xFD 0x08 V128Load16Splat { at: MemArg } "v128.load16_splat" [addr] -> [v128] touches 2;
        0xFD 0x09 V128Load32Splat { at: MemArg } "v128.load32_splat" [addr] -> [v128] touches 4;
        0xFD 0x0A V128Load64Splat { at: MemArg } "v128.load64_splat" [addr] -> [v128] touches 8;
        0xFD 0x0B V128Store       { at: MemArg } "v128.store"        [addr v128] -> [] touches 16;
        0xFD 0x54  V128Load8Lane { at: MemArg, lane: LaneIdx }
                   "v128.load8_lane"  [addr v128] -> [v128] touches 1;
        0xFD 0x55  V128Load16Lane { at: MemArg, lane: LaneIdx }
                   "v128.load16_lane"  [addr v128] -> [v128] touches 2;
        0xFD 0x56  V128Load32Lane { at: MemArg, lane: LaneIdx }
                   "v128.load32_lane"  [addr v128] -> [v128] touches 4;
        0xFD 0x57  V128Load64Lane { at: MemArg, lane: LaneIdx }
                   "v128.load64_lane"  [addr v128] -> [v128] touches 8;
        0xFD 0x58  V128Store8Lane { at: MemArg, lane: LaneIdx }
                   "v128.store8_lane"  [addr v128] -> [] touches 1;
        0xFD 0x59  V128Store16Lane { at: MemArg, lane: LaneIdx }
                   "v128.store16_lane"  [addr v128] -> [] touches 2;
        0xFD 0x5A  V128Store32Lane { at: MemArg, lane: LaneIdx }
                   "v128.store32_lane"  [addr v128] -> [] touches 4;
        0xFD 0x5B  V128Store64Lane { at: MemArg, lane: LaneIdx }
                   "v128.store64_lane"  [addr v128] -> [] touches 8;
        0xFD 0x5C V128Load32Zero  { at: MemArg } "v128.load32_zero"  [addr] -> [v128] touches 4;
        0xFD 0x5D V128Load64Zero  { at: MemArg } "v128.load64_zero"  [addr] -> [v128] touches 8;
        // Constants and lanes.
        0xFD 0x0C V128Const         { value: V128 }   "v128.const"           [] -> [v128];
        0xFD 0x0D I8x16Shuffle      { lanes: Lanes }  "i8x16.shuffle"        [v128 v128] -> [v128];
        0xFD 0x0E I8x16Swizzle                        "i8x16.swizzle"        [v128 v128] -> [v128];
        0xFD 0x0F I8x16Splat                          "i8x16.splat"          [i32] -> [v128];
        0xFD 0x10 I16x8Splat                          "i16x8.splat"          [i32] -> [v128];
        0xFD 0x11 I32x4Splat                          "i32x4.splat"          [i32] -> [v128];
        0xFD 0x12 I64x2Splat                          "i64x2.splat"          [i64] -> [v128];
        0xFD 0x13 F32x4Splat                          "f32x4.splat"          [f32] -> [v128];
        0xFD 0x14 F64x2Splat                          "f64x2.splat"          [f64] -> [v128];
        0xFD 0x15 I8x16ExtractLaneS { lane: LaneIdx } "i8x16.extract_lane_s" [v128] -> [i32];
        0xFD 0x16 I8x16ExtractLaneU { lane: LaneIdx } "i8x16.extract_lane_u" [v128] -> [i32];
        0xFD 0x17 I8x16ReplaceLane  { lane: LaneIdx } "i8x16.replace_lane"   [v128 i32] -> [v128];
        0xFD 0x18 I16x8ExtractLaneS { lane: LaneIdx } "i16x8.extract_lane_s" [v128] -> [i32];
        0xFD 0x19 I16x8ExtractLaneU { lane: LaneIdx } "i16x8.extract_lane_u" [v128] -> [i32];
        0xFD 0x1A I16x8ReplaceLane  { lane: LaneIdx } "i16x8.replace_lane"   [v128 i32] -> [v128];
        0xFD 0x1B I32x4ExtractLane  { lane: LaneIdx } "i32x4.extract_lane"   [v128] -> [i32];
        0xFD 0x1C I32x4ReplaceLane  { lane: LaneIdx } "i32x4.replace_lane"   [v128 i32] -> [v128];
        0xFD 0x1D I64x2ExtractLane  { lane: LaneIdx } "i64x2.extract_lane"   [v128] -> [i64];
        0xFD 0x1E I64x2ReplaceLane  { lane: LaneIdx } "i64x2.replace_lane"   [v128 i64] -> [v128];
        0xFD 0x1F F32x4ExtractLane  { lane: LaneIdx } "f32x4.extract_lane"   [v128] -> [f32];
        0xFD 0x20 F32x4ReplaceLane  { lane: LaneIdx } "f32x4.replace_lane"   [v128 f32] -> [v128];
        0xFD 0x21 F64x2ExtractLane  { lane: LaneIdx } "f64x2.extract_lane"   [v128] -> [f64];
        0xFD 0x22 F64x2ReplaceLane  { lane: LaneIdx } "f64x2.replace_lane"   [v128 f64] -> [v128];
        // Arithmetic.
        0xFD 0x23 I8x16Eq                 "i8x16.eq"                     [v128 v128] -> [v128];
        0xFD 0x24 I8x16Ne                 "i8x16.ne"                     [v128 v128] -> [v128];
        0xFD 0x25 I8x16LtS                "i8x16.lt_s"                   [v128 v128] -> [v128];
        0xFD 0x26 I8x16LtU                "i8x16.lt_u"                   [v128 v128] -> [v128];
        0xFD 0x27 I8x16GtS                "i8x16.gt_s"                   [v128 v128] -> [v128];
        0xFD 0x28 I8x16GtU                "i8x16.gt_u"                   [v128 v128] -> [v128];
        0xFD 0x29 I8x16LeS                "i8x16.le_s"                   [v128 v128] -> [v128];
        0xFD 0x2A I8x16LeU                "i8x16.le_u"                   [v128 v128] -> [v128];
        0xFD 0x2B I8x16GeS                "i8x16.ge_s"                   [v128 v128] -> [v128];
        0xFD 0x2C I8x16GeU                "i8x16.ge_u"                   [v128 v128] -> [v128];
        0xFD 0x2D I16x8Eq                 "i16x8.eq"                     [v128 v128] -> [v128];
        0xFD 0x2E I16x8Ne                 "i16x8.ne"                     [v128 v128] -> [v128];
        0xFD 0x2F I16x8LtS                "i16x8.lt_s"                   [v128 v128] -> [v128];
        0xFD 0x30 I16x8LtU                "i16x8.lt_u"                   [v128 v128] -> [v128];
        0xFD 0x31 I16x8GtS                "i16x8.gt_s"                   [v128 v128] -> [v128];
        0xFD 0x32 I16x8GtU                "i16x8.gt_u"                   [v128 v128] -> [v128];
        0xFD 0x33 I16x8LeS                "i16x8.le_s"                   [v128 v128] -> [v128];
        0xFD 0x34 I16x8LeU                "i16x8.le_u"                   [v128 v128] -> [v128];
        0xFD 0x35 I16x8GeS                "i16x8.ge_s"                   [v128 v128] -> [v128];
        0xFD 0x36 I16x8GeU                "i16x8.ge_u"                   [v128 v128] -> [v128];
        0xFD 0x37 I32x4Eq                 "i32x4.eq"                     [v128 v128] -> [v128];
        0xFD 0x38 I32x4Ne                 "i32x4.ne"                     [v128 v128] -> [v128];
        0xFD 0x39 I32x4LtS                "i32x4.lt_s"                   [v128 v128] -> [v128];
        0xFD 0x3A I32x4LtU                "i32x4.lt_u"                   [v128 v128] -> [v128];
        0xFD 0x3B I32x4GtS                "i32x4.gt_s"                   [v128 v128] -> [v128];
        0xFD 0x3C I32x4GtU                "i32x4.gt_u"                   [v128 v128] -> [v128];
        0xFD 0x3D I32x4LeS                "i32x4.le_s"                   [v128 v128] -> [v128];
        0xFD 0x3E I32x4LeU                "i32x4.le_u"                   [v128 v128] -> [v128];
        0xFD 0x3F I32x4GeS                "i32x4.ge_s"                   [v128 v128] -> [v128];
        0xFD 0x40 I32x4GeU                "i32x4.ge_u"                   [v128 v128] -> [v128];
        0xFD 0x41 F32x4Eq                 "f32x4.eq"                     [v128 v128] -> [v128];
        0xFD 0x42 F32x4Ne                 "f32x4.ne"                     [v128 v128] -> [v128];
        0xFD 0x43 F32x4Lt                 "f32x4.lt"                     [v128 v128] -> [v128];
        0xFD 0x44 F32x4Gt                 "f32x4.gt"                     [v128 v128] -> [v128];
        0xFD 0x45 F32x4Le                 "f32x4.le"                     [v128 v128] -> [v128];
        0xFD 0x46 F32x4Ge                 "f32x4.ge"                     [v128 v128] -> [v128];
        0xFD 0x47 F64x2Eq                 "f64x2.eq"                     [v128 v128] -> [v128];
        0xFD 0x48 F64x2Ne                 "f64x2.ne"                     [v128 v128] -> [v128];
        0xFD 0x49 F64x2Lt                 "f64x2.lt"                     [v128 v128] -> [v128];
        0xFD 0x4A F64x2Gt                 "f64x2.gt"                     [v128 v128] -> [v128];
        0xFD 0x4B F64x2Le                 "f64x2.le"                     [v128 v128] -> [v128];
        0xFD 0x4C F64x2Ge                 "f64x2.ge"                     [v128 v128] -> [v128];
        0xFD 0x4D V128Not                 "v128.not"                     [v128] -> [v128];
        0xFD 0x4E V128And                 "v128.and"                     [v128 v128] -> [v128];
        0xFD 0x4F V128Andnot              "v128.andnot"                  [v128 v128] -> [v128];
        0xFD 0x50 V128Or                  "v128.or"                      [v128 v128] -> [v128];
        0xFD 0x51 V128Xor                 "v128.xor"                     [v128 v128] -> [v128];
        0xFD 0x52 V128Bitselect           "v128.bitselect"               [v128 v128 v128] -> [v128];
        0xFD 0x53 V128AnyTrue             "v128.any_true"                [v128] -> [i32];
        0xFD 0x5E F32x4DemoteF64x2Zero    "f32x4.demote_f64x2_zero"      [v128] -> [v128];
        0xFD 0x5F F64x2PromoteLowF32x4    "f64x2.promote_low_f32x4"      [v128] -> [v128];
        0xFD 0x60 I8x16Abs                "i8x16.abs"                    [v128] -> [v128];
        0xFD 0x61 I8x16Neg                "i8x16.neg"                    [v128] -> [v128];
        0xFD 0x62 I8x16Popcnt             "i8x16.popcnt"                 [v128] -> [v128];
        0xFD 0x63 I8x16AllTrue            "i8x16.all_true"               [v128] -> [i32];
        0xFD 0x64 I8x16Bitmask            "i8x16.bitmask"                [v128] -> [i32];
        0xFD 0x65 I8x16NarrowI16x8S       "i8x16.narrow_i16x8_s"         [v128 v128] -> [v128];
        0xFD 0x66 I8x16NarrowI16x8U       "i8x16.narrow_i16x8_u"         [v128 v128] -> [v128];
        0xFD 0x67 F32x4Ceil               "f32x4.ceil"                   [v128] -> [v128];
        0xFD 0x68 F32x4Floor              "f32x4.floor"                  [v128] -> [v128];
        0xFD 0x69 F32x4Trunc              "f32x4.trunc"                  [v128] -> [v128];
        0xFD 0x6A F32x4Nearest            "f32x4.nearest"                [v128] -> [v128];
        0xFD 0x6B I8x16Shl                "i8x16.shl"                    [v128 i32] -> [v128];
        0xFD 0x6C I8x16ShrS               "i8x16.shr_s"                  [v128 i32] -> [v128];
        0xFD 0x6D I8x16ShrU               "i8x16.shr_u"                  [v128 i32] -> [v128];
        0xFD 0x6E I8x16Add                "i8x16.add"                    [v128 v128] -> [v128];
        0xFD 0x6F I8x16AddSatS            "i8x16.add_sat_s"              [v128 v128] -> [v128];
        0xFD 0x70 I8x16AddSatU            "i8x16.add_sat_u"              [v128 v128] -> [v128];
        0xFD 0x71 I8x16Sub                "i8x16.sub"                    [v128 v128] -> [v128];
        0xFD 0x72 I8x16SubSatS            "i8x16.sub_sat_s"              [v128 v128] -> [v128];
        0xFD 0x73 I8x16SubSatU            "i8x16.sub_sat_u"              [v128 v128] -> [v128];
        0xFD 0x74 F64x2Ceil               "f64x2.ceil"                   [v128] -> [v128];
        0xFD 0x75 F64x2Floor              "f64x2.floor"                  [v128] -> [v128];
        0xFD 0x76 I8x16MinS               "i8x16.min_s"                  [v128 v128] -> [v128];
        0xFD 0x77 I8x16MinU               "i8x16.min_u"                  [v128 v128] -> [v128];
        0xFD 0x78 I8x16MaxS               "i8x16.max_s"                  [v128 v128] -> [v128];
        0xFD 0x79 I8x16MaxU               "i8x16.max_u"                  [v128 v128] -> [v128];
        0xFD 0x7A F64x2Trunc              "f64x2.trunc"                  [v128] -> [v128];
        0xFD 0x7B I8x16AvgrU              "i8x16.avgr_u"                 [v128 v128] -> [v128];
        0xFD 0x7C  I16x8ExtaddPairwiseI8x16S   "i16x8.extadd_pairwise_i8x16_s"  [v128] -> [v128];
        0xFD 0x7D  I16x8ExtaddPairwiseI8x16U   "i16x8.extadd_pairwise_i8x16_u"  [v128] -> [v128];
        0xFD 0x7E  I32x4ExtaddPairwiseI16x8S   "i32x4.extadd_pairwise_i16x8_s"  [v128] -> [v128];
        0xFD 0x7F  I32x4ExtaddPairwiseI16x8U   "i32x4.extadd_pairwise_i16x8_u"  [v128] -> [v128];
        0xFD 0x80 I16x8Abs                "i16x8.abs"                    [v128] -> [v128];
        0xFD 0x81 I16x8Neg                "i16x8.neg"                    [v128] -> [v128];
        0xFD 0x82 I16x8Q15mulrSatS        "i16x8.q15mulr_sat_s"          [v128 v128] -> [v128];
        0xFD 0x83 I16x8AllTrue            "i16x8.all_true"               [v128] -> [i32];
        0xFD 0x84 I16x8Bitmask            "i16x8.bitmask"                [v128] -> [i32];
        0xFD 0x85 I16x8NarrowI32x4S       "i16x8.narrow_i32x4_s"         [v128 v128] -> [v128];
        0xFD 0x86 I16x8NarrowI32x4U       "i16x8.narrow_i32x4_u"         [v128 v128] -> [v128];
        0xFD 0x87 I16x8ExtendLowI8x16S    "i16x8.extend_low_i8x16_s"     [v128] -> [v128];
        0xFD 0x88 I16x8ExtendHighI8x16S   "i16x8.extend_high_i8x16_s"    [v128] -> [v128];
        0xFD 0x89 I16x8ExtendLowI8x16U    "i16x8.extend_low_i8x16_u"     [v128] -> [v128];
        0xFD 0x8A I16x8ExtendHighI8x16U   "i16x8.extend_high_i8x16_u"    [v128] -> [v128];
        0xFD 0x8B I16x8Shl                "i16x8.shl"                    [v128 i32] -> [v128];
        0xFD 0x8C I16x8ShrS               "i16x8.shr_s"                  [v128 i32] -> [v128];
        0xFD 0x8D I16x8ShrU               "i16x8.shr_u"                  [v128 i32] -> [v128];
        0xFD 0x8E I16x8Add                "i16x8.add"                    [v128 v128] -> [v128];
        0xFD 0x8F I16x8AddSatS            "i16x8.add_sat_s"              [v128 v128] -> [v128];
        0xFD 0x90 I16x8AddSatU            "i16x8.add_sat_u"              [v128 v128] -> [v128];
        0xFD 0x91 I16x8Sub                "i16x8.sub"                    [v128 v128] -> [v128];
        0xFD 0x92 I16x8SubSatS            "i16x8.sub_sat_s"              [v128 v128] -> [v128];
        0xFD 0x93 I16x8SubSatU            "i16x8.sub_sat_u"              [v128 v128] -> [v128];
        0xFD 0x94 F64x2Nearest            "f64x2.nearest"                [v128] -> [v128];
        0xFD 0x95 I16x8Mul                "i16x8.mul"                    [v128 v128] -> [v128];
        0xFD 0x96 I16x8MinS               "i16x8.min_s"                  [v128 v128] -> [v128];
        0xFD 0x97 I16x8MinU               "i16x8.min_u"                  [v128 v128] -> [v128];
        0xFD 0x98 I16x8MaxS               "i16x8.max_s"                  [v128 v128] -> [v128];
        0xFD 0x99 I16x8MaxU               "i16x8.max_u"                  [v128 v128] -> [v128];
        0xFD 0x9B I16x8AvgrU              "i16x8.avgr_u"                 [v128 v128] -> [v128];
        0xFD 0x9C I16x8ExtmulLowI8x16S    "i16x8.extmul_low_i8x16_s"     [v128 v128] -> [v128];
        0xFD 0x9D I16x8ExtmulHighI8x16S   "i16x8.extmul_high_i8x16_s"    [v128 v128] -> [v128];
        0xFD 0x9E I16x8ExtmulLowI8x16U    "i16x8.extmul_low_i8x16_u"     [v128 v128] -> [v128];
        0xFD 0x9F I16x8ExtmulHighI8x16U   "i16x8.extmul_high_i8x16_u"    [v128 v128] -> [v128];
        0xFD 0xA0 I32x4Abs                "i32x4.abs"                    [v128] -> [v128];
        0xFD 0xA1 I32x4Neg                "i32x4.neg"                    [v128] -> [v128];
        0xFD 0xA3 I32x4AllTrue            "i32x4.all_true"               [v128] -> [i32];
        0xFD 0xA4 I32x4Bitmask            "i32x4.bitmask"                [v128] -> [i32];
        0xFD 0xA7 I32x4ExtendLowI16x8S    "i32x4.extend_low_i16x8_s"     [v128] -> [v128];
        0xFD 0xA8 I32x4ExtendHighI16x8S   "i32x4.extend_high_i16x8_s"    [v128] -> [v128];
        0xFD 0xA9 I32x4ExtendLowI16x8U    "i32x4.extend_low_i16x8_u"     [v128] -> [v128];
        0xFD 0xAA I32x4ExtendHighI16x8U   "i32x4.extend_high_i16x8_u"    [v128] -> [v128];
        0xFD 0xAB I32x4Shl                "i32x4.shl"                    [v128 i32] -> [v128];
        0xFD 0xAC I32x4ShrS               "i32x4.shr_s"                  [v128 i32] -> [v128];
        0xFD 0xAD I32x4ShrU               "i32x4.shr_u"                  [v128 i32] -> [v128];
        0xFD 0xAE I32x4Add                "i32x4.add"                    [v128 v128] -> [v128];
        0xFD 0xB1 I32x4Sub                "i32x4.sub"                    [v128 v128] -> [v128];
        0xFD 0xB5 I32x4Mul                "i32x4.mul"                    [v128 v128] -> [v128];
        0xFD 0xB6 I32x4MinS               "i32x4.min_s"                  [v128 v128] -> [v128];
        0xFD 0xB7 I32x4MinU               "i32x4.min_u"                  [v128 v128] -> [v128];
        0xFD 0xB8 I32x4MaxS               "i32x4.max_s"                  [v128 v128] -> [v128];
        0xFD 0xB9 I32x4MaxU               "i32x4.max_u"                  [v128 v128] -> [v128];
        0xFD 0xBA I32x4DotI16x8S          "i32x4.dot_i16x8_s"            [v128 v128] -> [v128];
        0xFD 0xBC I32x4ExtmulLowI16x8S    "i32x4.extmul_low_i16x8_s"     [v128 v128] -> [v128];
        0xFD 0xBD I32x4ExtmulHighI16x8S   "i32x4.extmul_high_i16x8_s"    [v128 v128] -> [v128];
        0xFD 0xBE I32x4ExtmulLowI16x8U    "i32x4.extmul_low_i16x8_u"     [v128 v128] -> [v128];
        0xFD 0xBF I32x4ExtmulHighI16x8U   "i32x4.extmul_high_i16x8_u"    [v128 v128] -> [v128];
        0xFD 0xC0 I64x2Abs                "i64x2.abs"                    [v128] -> [v128];
        0xFD 0xC1 I64x2Neg                "i64x2.neg"                    [v128] -> [v128];
        0xFD 0xC3 I64x2AllTrue            "i64x2.all_true"               [v128] -> [i32];
        0xFD 0xC4 I64x2Bitmask            "i64x2.bitmask"                [v128] -> [i32];
        0xFD 0xC7 I64x2ExtendLowI32x4S    "i64x2.extend_low_i32x4_s"     [v128] -> [v128];
        0xFD 0xC8 I64x2ExtendHighI32x4S   "i64x2.extend_high_i32x4_s"    [v128] -> [v128];
        0xFD 0xC9 I64x2ExtendLowI32x4U    "i64x2.extend_low_i32x4_u"     [v128] -> [v128];
        0xFD 0xCA I64x2ExtendHighI32x4U   "i64x2.extend_high_i32x4_u"    [v128] -> [v128];
        0xFD 0xCB I64x2Shl                "i64x2.shl"                    [v128 i32] -> [v128];
        0xFD 0xCC I64x2ShrS               "i64x2.shr_s"                  [v128 i32] -> [v128];
        0xFD 0xCD I64x2ShrU               "i64x2.shr_u"                  [v128 i32] -> [v128];
        0xFD 0xCE I64x2Add                "i64x2.add"                    [v128 v128] -> [v128];
        0xFD 0xD1 I64x2Sub                "i64x2.sub"                    [v128 v128] -> [v128];
        0xFD 0xD5 I64x2Mul                "i64x2.mul"                    [v128 v128] -> [v128];
        0xFD 0xD6 I64x2Eq                 "i64x2.eq"                     [v128 v128] -> [v128];
        0xFD 0xD7 I64x2Ne                 "i64x2.ne"                     [v128 v128] -> [v128];
        0xFD 0xD8 I64x2LtS                "i64x2.lt_s"                   [v128 v128] -> [v128];
        0xFD 0xD9 I64x2GtS                "i64x2.gt_s"                   [v128 v128] -> [v128];
        0xFD 0xDA I64x2LeS                "i64x2.le_s"                   [v128 v128] -> [v128];
        0xFD 0xDB I64x2GeS                "i64x2.ge_s"                   [v128 v128] -> [v128];
        0xFD 0xDC I64x2ExtmulLowI32x4S    "i64x2.extmul_low_i32x4_s"     [v128 v128] -> [v128];
        0xFD 0xDD I64x2ExtmulHighI32x4S   "i64x2.extmul_high_i32x4_s"    [v128 v128] -> [v128];
        0xFD 0xDE I64x2ExtmulLowI32x4U    "i64x2.extmul_low_i32x4_u"     [v128 v128] -> [v128];
        0xFD 0xDF I64x2ExtmulHighI32x4U   "i64x2.extmul_high_i32x4_u"    [v128 v128] -> [v128];
        0xFD 0xE0 F32x4Abs                "f32x4.abs"                    [v128] -> [v128];
        0xFD 0xE1 F32x4Neg                "f32x4.neg"                    [v128] -> [v128];
        0xFD 0xE3 F32x4Sqrt               "f32x4.sqrt"                   [v128] -> [v128];
        0xFD 0xE4 F32x4Add                "f32x4.add"                    [v128 v128] -> [v128];
        0xFD 0xE5 F32x4Sub                "f32x4.sub"                    [v128 v128] -> [v128];
        0xFD 0xE6 F32x4Mul                "f32x4.mul"                    [v128 v128] -> [v128];
        0xFD 0xE7 F32x4Div                "f32x4.div"                    [v128 v128] -> [v128];
        0xFD 0xE8 F32x4Min                "f32x4.min"                    [v128 v128] -> [v128];
        0xFD 0xE9 F32x4Max                "f32x4.max"                    [v128 v128] -> [v128];
        0xFD 0xEA F32x4Pmin               "f32x4.pmin"                   [v128 v128] -> [v128];
        0xFD 0xEB F32x4Pmax               "f32x4.pmax"                   [v128 v128] -> [v128];
        0xFD 0xEC F64x2Abs                "f64x2.abs"                    [v128] -> [v128];
        0xFD 0xED F64x2Neg                "f64x2.neg"                    [v128] -> [v128];
        0xFD 0xEF F64x2Sqrt               "f64x2.sqrt"                   [v128] -> [v128];
        0xFD 0xF0 F64x2Add                "f64x2.add"                    [v128 v128] -> [v128];
        0xFD 0xF1 F64x2Sub                "f64x2.sub"                    [v128 v128] -> [v128];
        0xFD 0xF2 F64x2Mul                "f64x2.mul"                    [v128 v128] -> [v128];
        0xFD 0xF3 F64x2Div                "f64x2.div"                    [v128 v128] -> [v128];
        0xFD 0xF4 F64x2Min                "f64x2.min"                    [v128 v128] -> [v128];
        0xFD 0xF5 F64x2Max                "f64x2.max"                    [v128 v128] -> [v128];
        0xFD 0xF6 F64x2Pmin               "f64x2.pmin"                   [v128 v128] -> [v128];
        0xFD 0xF7 F64x2Pmax               "f64x2.pmax"                   [v128 v128] -> [v128];
        0xFD 0xF8 I32x4TruncSatF32x4S     "i32x4.trunc_sat_f32x4_s"      [v128] -> [v128];
        0xFD 0xF9 I32x4TruncSatF32x4U     "i32x4.trunc_sat_f32x4_u"      [v128] -> [v128];
        0xFD 0xFA F32x4ConvertI32x4S      "f32x4.convert_i32x4_s"        [v128] -> [v128];
        0xFD 0xFB F32x4ConvertI32x4U      "f32x4.convert_i32x4_u"        [v128] -> [v128];
        0xFD 0xFC I32x4TruncSatF64x2SZero "i32x4.trunc_sat_f64x2_s_zero" [v128] -> [v128];
        0xFD 0xFD I32x4TruncSatF64x2UZero "i32x4.trunc_sat_f64x2_u_zero" [v128] -> [v128];
        0xFD 0xFE F64x2ConvertLowI32x4S   "f64x2.convert_low_i32x4_s"    [v128] -> [v128];
        0xFD 0xFF F64x2ConvertLowI32x4U   "f64x2.convert_low_i32x4_u"    [v128] -> [v128];
    }
    RelaxedSimd {
        0xFD 0x100 I8x16RelaxedSwizzle     "i8x16.relaxed_swizzle"       [v128 v128] -> [v128];
        0xFD 0x101 I32x4RelaxedTruncF32x4S "i32x4.relaxed_trunc_f32x4_s" [v128] -> [v128];
        0xFD 0x102 I32x4RelaxedTruncF32x4U "i32x4.relaxed_trunc_f32x4_u" [v128] -> [v128];
        0xFD 0x103  I32x4RelaxedTruncF64x2SZero
                   "i32x4.relaxed_trunc_f64x2_s_zero"  [v128] -> [v128];
        0xFD 0x104  I32x4RelaxedTruncF64x2UZero
                   "i32x4.relaxed_trunc_f64x2_u_zero"  [v128] -> [v128];
        0xFD 0x105 F32x4RelaxedMadd        "f32x4.relaxed_madd"          [v128 v128 v128] -> [v128];
        0xFD 0x106 F32x4RelaxedNmadd       "f32x4.relaxed_nmadd"         [v128 v128 v128] -> [v128];
        0xFD 0x107 F64x2RelaxedMadd        "f64x2.relaxed_madd"          [v128 v128 v128] -> [v128];
        0xFD 0x108 F64x2RelaxedNmadd       "f64x2.relaxed_nmadd"         [v128 v128 v128] -> [v128];
        0xFD 0x109 I8x16RelaxedLaneselect  "i8x16.relaxed_laneselect"    [v128 v128 v128] -> [v128];
        0xFD 0x10A I16x8RelaxedLaneselect  "i16x8.relaxed_laneselect"    [v128 v128 v128] -> [v128];
        0xFD 0x10B I32x4RelaxedLaneselect  "i32x4.relaxed_laneselect"    [v128 v128 v128] -> [v128];
        0xFD 0x10C I64x2RelaxedLaneselect  "i64x2.relaxed_laneselect"    [v128 v128 v128] -> [v128];
        0xFD 0x10D F32x4RelaxedMin         "f32x4.relaxed_min"           [v128 v128] -> [v128];
        0xFD 0x10E F32x4RelaxedMax         "f32x4.relaxed_max"           [v128 v128] -> [v128];
        0xFD 0x10F F64x2RelaxedMin         "f64x2.relaxed_min"           [v128 v128] -> [v128];
        0xFD 0x110 F64x2RelaxedMax         "f64x2.relaxed_max"           [v128 v128] -> [v128];
        0xFD 0x111 I16x8RelaxedQ15mulrS    "i16x8.relaxed_q15mulr_s"     [v128 v128] -> [v128];
        0xFD 0x112  I16x8RelaxedDotI8x16I7x16S
                   "i16x8.relaxed_dot_i8x16_i7x16_s"  [v128 v128] -> [v128];
        0xFD 0x113  I32x4RelaxedDotI8x16I7x16AddS
                   "i32x4.relaxed_dot_i8x16_i7x16_add_s"  [v128 v128 v128] -> [v128];
    }
    WideArithmetic {
        0xFC 0x13  I64Add128    "i64.add128"      [i64 i64 i64 i64] -> [i64 i64];
        0xFC 0x14  I64Sub128    "i64.sub128"      [i64 i64 i64 i64] -> [i64 i64];
        0xFC 0x15  I64MulWideS  "i64.mul_wide_s"  [i64 i64] -> [i64 i64];
        0xFC 0x16  I64MulWideU  "i64.mul_wide_u"  [i64 i64] -> [i64 i64];
    }
    Threads {
        0xFE 0x00 MemoryAtomicNotify { at: MemArg }
                  "memory.atomic.notify" [addr i32] -> [i32] atomic 4;
        0xFE 0x01 MemoryAtomicWait32 { at: MemArg }
                  "memory.atomic.wait32" [addr i32 i64] -> [i32] atomic 4;
        0xFE 0x02 MemoryAtomicWait64 { at: MemArg }
                  "memory.atomic.wait64" [addr i64 i64] -> [i32] atomic 8;
        0xFE 0x03 AtomicFence { order: Zero }
                  "atomic.fence"         [] -> [];
        0xFE 0x10 I32AtomicLoad    { at: MemArg } "i32.atomic.load"     [addr] -> [i32] atomic 4;
        0xFE 0x11 I64AtomicLoad    { at: MemArg } "i64.atomic.load"     [addr] -> [i64] atomic 8;
        0xFE 0x12 I32AtomicLoad8U  { at: MemArg } "i32.atomic.load8_u"  [addr] -> [i32] atomic 1;
        0xFE 0x13 I32AtomicLoad16U { at: MemArg } "i32.atomic.load16_u" [addr] -> [i32] atomic 2;
        0xFE 0x14 I64AtomicLoad8U  { at: MemArg } "i64.atomic.load8_u"  [addr] -> [i64] atomic 1;
        0xFE 0x15 I64AtomicLoad16U { at: MemArg } "i64.atomic.load16_u" [addr] -> [i64] atomic 2;
        0xFE 0x16 I64AtomicLoad32U { at: MemArg } "i64.atomic.load32_u" [addr] -> [i64] atomic 4;
        0xFE 0x17 I32AtomicStore   { at: MemArg } "i32.atomic.store"   [addr i32] -> [] atomic 4;
        0xFE 0x18 I64AtomicStore   { at: MemArg } "i64.atomic.store"   [addr i64] -> [] atomic 8;
        0xFE 0x19 I32AtomicStore8  { at: MemArg } "i32.atomic.store8"  [addr i32] -> [] atomic 1;
        0xFE 0x1A I32AtomicStore16 { at: MemArg } "i32.atomic.store16" [addr i32] -> [] atomic 2;
        0xFE 0x1B I64AtomicStore8  { at: MemArg } "i64.atomic.store8"  [addr i64] -> [] atomic 1;
        0xFE 0x1C I64AtomicStore16 { at: MemArg } "i64.atomic.store16" [addr i64] -> [] atomic 2;
        0xFE 0x1D I64AtomicStore32 { at: MemArg } "i64.atomic.store32" [addr i64] -> [] atomic 4;
        0xFE 0x1E I32AtomicRmwAdd { at: MemArg }
                  "i32.atomic.rmw.add"         [addr i32] -> [i32] atomic 4;
        0xFE 0x1F I64AtomicRmwAdd { at: MemArg }
                  "i64.atomic.rmw.add"         [addr i64] -> [i64] atomic 8;
        0xFE 0x20 I32AtomicRmw8AddU { at: MemArg }
                  "i32.atomic.rmw8.add_u"      [addr i32] -> [i32] atomic 1;
        0xFE 0x21 I32AtomicRmw16AddU { at: MemArg }
                  "i32.atomic.rmw16.add_u"     [addr i32] -> [i32] atomic 2;
        0xFE 0x22 I64AtomicRmw8AddU { at: MemArg }
                  "i64.atomic.rmw8.add_u"      [addr i64] -> [i64] atomic 1;
        0xFE 0x23 I64AtomicRmw16AddU { at: MemArg }
                  "i64.atomic.rmw16.add_u"     [addr i64] -> [i64] atomic 2;
        0xFE 0x24 I64AtomicRmw32AddU { at: MemArg }
                  "i64.atomic.rmw32.add_u"     [addr i64] -> [i64] atomic 4;
        0xFE 0x25 I32AtomicRmwSub { at: MemArg }
                  "i32.atomic.rmw.sub"         [addr i32] -> [i32] atomic 4;
        0xFE 0x26 I64AtomicRmwSub { at: MemArg }
                  "i64.atomic.rmw.sub"         [addr i64] -> [i64] atomic 8;
        0xFE 0x27 I32AtomicRmw8SubU { at: MemArg }
                  "i32.atomic.rmw8.sub_u"      [addr i32] -> [i32] atomic 1;
        0xFE 0x28 I32AtomicRmw16SubU { at: MemArg }
                  "i32.atomic.rmw16.sub_u"     [addr i32] -> [i32] atomic 2;
        0xFE 0x29 I64AtomicRmw8SubU { at: MemArg }
                  "i64.atomic.rmw8.sub_u"      [addr i64] -> [i64] atomic 1;
        0xFE 0x2A I64AtomicRmw16SubU { at: MemArg }
                  "i64.atomic.rmw16.sub_u"     [addr i64] -> [i64] atomic 2;
        0xFE 0x2B I64AtomicRmw32SubU { at: MemArg }
                  "i64.atomic.rmw32.sub_u"     [addr i64] -> [i64] atomic 4;
        0xFE 0x2C I32AtomicRmwAnd { at: MemArg }
                  "i32.atomic.rmw.and"         [addr i32] -> [i32] atomic 4;
        0xFE 0x2D I64AtomicRmwAnd { at: MemArg }
                  "i64.atomic.rmw.and"         [addr i64] -> [i64] atomic 8;
        0xFE 0x2E I32AtomicRmw8AndU { at: MemArg }
                  "i32.atomic.rmw8.and_u"      [addr i32] -> [i32] atomic 1;
        0xFE 0x2F I32AtomicRmw16AndU { at: MemArg }
                  "i32.atomic.rmw16.and_u"     [addr i32] -> [i32] atomic 2;
        0xFE 0x30 I64AtomicRmw8AndU { at: MemArg }
                  "i64.atomic.rmw8.and_u"      [addr i64] -> [i64] atomic 1;
        0xFE 0x31 I64AtomicRmw16AndU { at: MemArg }
                  "i64.atomic.rmw16.and_u"     [addr i64] -> [i64] atomic 2;
        0xFE 0x32 I64AtomicRmw32AndU { at: MemArg }
                  "i64.atomic.rmw32.and_u"     [addr i64] -> [i64] atomic 4;
        0xFE 0x33 I32AtomicRmwOr { at: MemArg }
                  "i32.atomic.rmw.or"          [addr i32] -> [i32] atomic 4;
        0xFE 0x34 I64AtomicRmwOr { at: MemArg }
                  "i64.atomic.rmw.or"          [addr i64] -> [i64] atomic 8;
        0xFE 0x35 I32AtomicRmw8OrU { at: MemArg }
                  "i32.atomic.rmw8.or_u"       [addr i32] -> [i32] atomic 1;
        0xFE 0x36 I32AtomicRmw16OrU { at: MemArg }
                  "i32.atomic.rmw16.or_u"      [addr i32] -> [i32] atomic 2;
        0xFE 0x37 I64AtomicRmw8OrU { at: MemArg }
                  "i64.atomic.rmw8.or_u"       [addr i64] -> [i64] atomic 1;
        0xFE 0x38 I64AtomicRmw16OrU { at: MemArg }
                  "i64.atomic.rmw16.or_u"      [addr i64] -> [i64] atomic 2;
        0xFE 0x39 I64AtomicRmw32OrU { at: MemArg }
                  "i64.atomic.rmw32.or_u"      [addr i64] -> [i64] atomic 4;
        0xFE 0x3A I32AtomicRmwXor { at: MemArg }
                  "i32.atomic.rmw.xor"         [addr i32] -> [i32] atomic 4;
        0xFE 0x3B I64AtomicRmwXor { at: MemArg }
                  "i64.atomic.rmw.xor"         [addr i64] -> [i64] atomic 8;
        0xFE 0x3C I32AtomicRmw8XorU { at: MemArg }
                  "i32.atomic.rmw8.xor_u"      [addr i32] -> [i32] atomic 1;
        0xFE 0x3D I32AtomicRmw16XorU { at: MemArg }
                  "i32.atomic.rmw16.xor_u"     [addr i32] -> [i32] atomic 2;
        0xFE 0x3E I64AtomicRmw8XorU { at: MemArg }
                  "i64.atomic.rmw8.xor_u"      [addr i64] -> [i64] atomic 1;
        0xFE 0x3F I64AtomicRmw16XorU { at: MemArg }
                  "i64.atomic.rmw16.xor_u"     [addr i64] -> [i64] atomic 2;
        0xFE 0x40 I64AtomicRmw32XorU { at: MemArg }
                  "i64.atomic.rmw32.xor_u"     [addr i64] -> [i64] atomic 4;
        0xFE 0x41 I32AtomicRmwXchg { at: MemArg }
                  "i32.atomic.rmw.xchg"        [addr i32] -> [i32] atomic 4;
        0xFE 0x42 I64AtomicRmwXchg { at: MemArg }
                  "i64.atomic.rmw.xchg"        [addr i64] -> [i64] atomic 8;
        0xFE 0x43 I32AtomicRmw8XchgU { at: MemArg }
                  "i32.atomic.rmw8.xchg_u"     [addr i32] -> [i32] atomic 1;
        0xFE 0x44 I32AtomicRmw16XchgU { at: MemArg }
                  "i32.atomic.rmw16.xchg_u"    [addr i32] -> [i32] atomic 2;
        0xFE 0x45 I64AtomicRmw8XchgU { at: MemArg }
                  "i64.atomic.rmw8.xchg_u"     [addr i64] -> [i64] atomic 1;
        0xFE 0x46 I64AtomicRmw16XchgU { at: MemArg }
                  "i64.atomic.rmw16.xchg_u"    [addr i64] -> [i64] atomic 2;
        0xFE 0x47 I64AtomicRmw32XchgU { at: MemArg }
                  "i64.atomic.rmw32.xchg_u"    [addr i64] -> [i64] atomic 4;
        0xFE 0x48 I32AtomicRmwCmpxchg { at: MemArg }
                  "i32.atomic.rmw.cmpxchg"     [addr i32 i32] -> [i32] atomic 4;
        0xFE 0x49 I64AtomicRmwCmpxchg { at: MemArg }
                  "i64.atomic.rmw.cmpxchg"     [addr i64 i64] -> [i64] atomic 8;
        0xFE 0x4A I32AtomicRmw8CmpxchgU { at: MemArg }
                  "i32.atomic.rmw8.cmpxchg_u"  [addr i32 i32] -> [i32] atomic 1;
        0xFE 0x4B I32AtomicRmw16CmpxchgU { at: MemArg }
                  "i32.atomic.rmw16.cmpxchg_u" [addr i32 i32] -> [i32] atomic 2;
        0xFE 0x4C I64AtomicRmw8CmpxchgU { at: MemArg }
                  "i64.atomic.rmw8.cmpxchg_u"  [addr i64 i64] -> [i64] atomic 1;
        0xFE 0x4D I64AtomicRmw16CmpxchgU { at: MemArg }
                  "i64.atomic.rmw16.cmpxchg_u" [addr i64 i64] -> [i64] atomic 2;
        0xFE 0x4E I64AtomicRmw32CmpxchgU { at: MemArg }
                  "i64.atomic.rmw32.cmpxchg_u" [addr i64 i64] -> [i64] atomic 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_op() {
        for (position, op) in Op::ALL.iter().enumerate() {
            assert_eq!(*op as usize, position);
            assert_eq!(op.row().op, *op);
        }
        assert_eq!(ROWS.len(), Op::ALL.len());
    }

    #[test]
    fn version_3_has_499_instructions_of_which_236_are_vectors_and_20_relaxed() {
        let of = |feature| ROWS.iter().filter(|row| row.feature == feature).count();
        assert_eq!(ROWS.iter().filter(|row| row.feature.is_standard()).count(), 499);
        assert_eq!(of(Feature::Simd), 236);
        assert_eq!(of(Feature::RelaxedSimd), 20);
    }

    #[test]
    fn the_address_type_stands_where_bytes_are_touched() {
        for row in ROWS {
            let has_address = match row.signature {
                Signature::Fixed { takes, .. } => takes.contains(&Operand::Addr),
                Signature::Special => false,
            };
            assert_eq!(has_address, row.touches > 0, "{}", row.name);
        }
    }

    #[test]
    fn variants_are_named_as_the_text() {
        for row in ROWS {
            let camel: String = row.name.split(['.', '_', ' ']).map(capitalised).collect();
            let expected = if row.op == Op::SelectTyped { "SelectTyped" } else { &camel };
            assert_eq!(format!("{:?}", row.op), expected);
        }
    }

    fn capitalised(word: &str) -> String {
        let (head, rest) = word.split_at(1);
        head.to_uppercase() + rest
    }

    #[test]
    fn immediates_follow_the_name() {
        let check = |instr: Instr, text| assert_eq!(instr.to_string(), text);
        check(Instr::I32Add, "i32.add");
        check(Instr::Call { func: FuncIdx(7) }, "call 7");
        check(Instr::Block { ty: BlockType::Empty }, "block");
        let at = MemArg { align: 2, memory: MemIdx(0), offset: 8 };
        check(Instr::I32Load { at }, "i32.load offset=8 align=4");
        check(Instr::F32Const { value: F32Bits(0xBF80_0000) }, "f32.const -1");
        check(
            Instr::BrTable { labels: LabelList { offset: 0, count: 3, default: LabelIdx(1) } },
            "br_table (3 labels) 1",
        );
    }

    #[test]
    fn only_loads_and_stores_have_a_memory_argument() {
        let at = MemArg { align: 0, memory: MemIdx(1), offset: 9 };
        assert_eq!(Instr::V128Load8Lane { at, lane: LaneIdx(3) }.mem_arg(), Some(at));
        assert_eq!(Instr::MemorySize { memory: MemIdx(1) }.mem_arg(), None);
    }
}
