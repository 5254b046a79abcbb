//! Splits a function body or an expression into local declarations and instructions.
//!
//! Bodies are walked once, by the validator; what is malformed in one is found then. Whether the
//! instructions make sense is the validator's too. Spec: binary/instructions

use super::malformed::{Gated, Malformed, MalformedKind, Part, Section};
use super::reader::{Reader, Rules};
use crate::wasm::immediate::{Immediates, Read, Source};
use crate::wasm::module::{Body, ConstExpr, Module};
use crate::wasm::{
    BlockType, CastNulls, Catch, CatchList, DataIdx, ElemIdx, F32Bits, F64Bits, Feature, FieldIdx,
    FuncIdx, GlobalIdx, HeapType, Instr, LabelIdx, LabelList, LaneIdx, Lanes, LocalIdx, MemArg,
    MemIdx, Op, TableIdx, TagIdx, TypeIdx, TypeList, V128, ValType, Visit, Zero,
};

/// The local declarations of a body; [`Locals::instrs`] goes on to its instructions.
///
/// `params` is the number of parameters, which count as locals.
pub fn locals<'m>(module: &'m Module, body: &Body, params: usize) -> Locals<'m> {
    let rules = rules(module, module.data_count.is_some());
    let reader = Reader::new(&module.bytes, body.range.clone(), rules);
    Locals { reader, groups: None, count: params as u64 }
}

/// The instructions of a constant expression, its `end` included.
pub fn expr<'m>(module: &'m Module, expr: &ConstExpr) -> Instrs<'m> {
    Instrs::new(Reader::new(&module.bytes, expr.range.clone(), rules(module, true)))
}

/// The labels of a `br_table` of this module, without the default.
pub fn labels(module: &Module, list: LabelList) -> impl Iterator<Item = LabelIdx> + use<'_> {
    span(module, list.offset, list.count)
}

/// The types of a `select` of this module.
pub fn types(module: &Module, list: TypeList) -> impl Iterator<Item = ValType> + use<'_> {
    span(module, list.offset, list.count)
}

/// The catch clauses of a `try_table` of this module.
pub fn catches(module: &Module, list: CatchList) -> impl Iterator<Item = Catch> + use<'_> {
    span(module, list.offset, list.count)
}

/// The entries of a list that decoding its instruction has already read once without an error.
fn span<'m, T>(module: &'m Module, offset: u32, count: u32) -> impl Iterator<Item = T> + use<'m, T>
where
    Reader<'m>: Read<T, Error = Malformed>,
{
    let range = offset as usize..module.bytes.len();
    let mut reader = Reader::new(&module.bytes, range, rules(module, true));
    (0..count).map_while(move |_| reader.read().ok())
}

fn rules(module: &Module, data_count: bool) -> Rules<'_> {
    Rules { limits: &module.limits, features: module.features, data_count }
}

/// The declared locals of a function, as groups of one type: how many, and their type.
#[derive(Clone)]
pub struct Locals<'m> {
    reader: Reader<'m>,
    /// How many groups are left; none before their number was read.
    groups: Option<u32>,
    /// The locals up to here.
    count: u64,
}

impl<'m> Locals<'m> {
    /// The instructions after the declarations. Declarations that were not iterated are skipped.
    pub fn instrs(mut self) -> Result<Instrs<'m>, Malformed> {
        self.by_ref().try_for_each(|group| group.map(drop))?;
        Ok(Instrs::new(self.reader))
    }

    fn next_group(&mut self) -> Result<Option<(u32, ValType)>, Malformed> {
        let left = match self.groups {
            Some(left) => left,
            None => self.reader.length()?,
        };
        self.groups = Some(left);
        if left == 0 {
            return Ok(None);
        }
        let offset = self.reader.position();
        let count = self.reader.u32()?;
        self.count += u64::from(count);
        let limit = self.reader.rules.limits.locals;
        if self.count > limit as u64 {
            let kind = MalformedKind::TooMany { what: "locals", count: self.count, limit };
            return Err(Malformed::new(offset, kind));
        }
        let ty = self.reader.val_type()?;
        self.groups = Some(left - 1);
        Ok(Some((count, ty)))
    }
}

impl Iterator for Locals<'_> {
    type Item = Result<(u32, ValType), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let group = self.next_group();
        if group.is_err() {
            self.groups = Some(0);
        }
        group.map_err(|error| error.within(Section::Code)).transpose()
    }
}

/// The instructions of a body or expression with the offset of each, up to the `end` that closes
/// it. After an error there is nothing more.
#[derive(Clone)]
pub struct Instrs<'m> {
    reader: Reader<'m>,
    /// The blocks that are open, the body itself included.
    depth: usize,
}

impl<'m> Instrs<'m> {
    pub(super) fn new(reader: Reader<'m>) -> Self {
        Self { reader, depth: 1 }
    }

    /// Where the next instruction stands in the binary.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> usize {
        self.reader.position()
    }

    /// Hands each instruction to `take` with its offset, until the `end` that closes the body.
    ///
    /// It does what iterating does, faster: see [`Instr::visit`].
    #[inline]
    pub fn walk<T: Take>(mut self, take: &mut T) -> Result<(), T::Error> {
        while self.depth > 0 {
            let offset = self.offset();
            let malformed = if self.reader.is_at_end() {
                self.unclosed()
            } else {
                let mut counting = Counting { depth: &mut self.depth, offset, take };
                match Instr::visit(&mut self.reader, &mut counting) {
                    Ok(taken) => {
                        taken?;
                        continue;
                    }
                    Err(malformed) => malformed,
                }
            };
            return Err(malformed.within(Section::Code).into());
        }
        Ok(())
    }

    /// The next instruction; none after the `end` that closes the body.
    #[inline(always)]
    fn step(&mut self) -> Result<Option<Instr>, Malformed> {
        if self.depth == 0 {
            return Ok(None);
        }
        if self.reader.is_at_end() {
            return Err(self.unclosed());
        }
        self.decode().map(Some)
    }

    #[inline(always)]
    fn decode(&mut self) -> Result<Instr, Malformed> {
        let instr = Instr::decode(&mut self.reader)?;
        count_blocks(&mut self.depth, &self.reader, &instr)?;
        Ok(instr)
    }

    /// Reads up to the closing `end` and says where the byte after it stands.
    pub(super) fn skip_to_end(mut self) -> Result<usize, Malformed> {
        while self.step()?.is_some() {}
        Ok(self.offset())
    }

    /// The body ends inside a block. As the specification's decoder, look at what follows.
    #[cold]
    #[inline(never)]
    fn unclosed(&self) -> Malformed {
        let mut beyond = self.clone();
        while beyond.depth > 0 {
            match beyond.decode() {
                Ok(Instr::Else) if beyond.depth == 1 => {
                    return Malformed::new(self.reader.end(), MalformedKind::EndExpected);
                }
                Ok(_) => {}
                Err(error) => return error,
            }
        }
        surplus(&self.reader)
    }
}

/// What is done with each instruction of a body.
pub trait Take {
    /// What ends the walk early.
    type Error: From<Malformed>;

    /// Takes the instruction at an offset.
    fn take(&mut self, offset: usize, instr: Instr) -> Result<(), Self::Error>;
}

/// Counts blocks, and checks at the closing `end` that it is the last byte.
struct Counting<'a, T> {
    depth: &'a mut usize,
    offset: usize,
    take: &'a mut T,
}

impl<T: Take> Visit<Reader<'_>> for Counting<'_, T> {
    type Output = Result<(), T::Error>;

    #[inline(always)]
    fn instr(&mut self, reader: &mut Reader<'_>, instr: Instr) -> Self::Output {
        count_blocks(self.depth, reader, &instr).map_err(|error| error.within(Section::Code))?;
        if instr == Instr::End && *self.depth == 0 && reader.position() != reader.end() {
            return Err(surplus(reader).within(Section::Code).into());
        }
        self.take.take(self.offset, instr)
    }
}

/// Follows an instruction with the number of open blocks.
#[inline(always)]
fn count_blocks(depth: &mut usize, reader: &Reader<'_>, instr: &Instr) -> Result<(), Malformed> {
    if *instr == Instr::End {
        *depth -= 1;
    } else if opens_block(instr) {
        *depth += 1;
        let limit = reader.rules.limits.block_depth;
        reader.limit("nested blocks", *depth - 1, limit)?;
    }
    Ok(())
}

/// The body ends elsewhere than its `end` says.
#[cold]
#[inline(never)]
fn surplus(reader: &Reader<'_>) -> Malformed {
    Malformed::new(reader.position(), MalformedKind::SectionSize)
}

/// Whether an `end` of its own closes the instruction.
#[inline(always)]
fn opens_block(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Block { .. } | Instr::Loop { .. } | Instr::If { .. } | Instr::TryTable { .. }
    )
}

impl Iterator for Instrs<'_> {
    type Item = Result<(usize, Instr), Malformed>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let offset = self.offset();
        let error = match self.step() {
            Ok(Some(instr)) => {
                if self.depth > 0 || self.reader.position() == self.reader.end() {
                    return Some(Ok((offset, instr)));
                }
                surplus(&self.reader)
            }
            Ok(None) => return None,
            Err(error) => error,
        };
        self.depth = 0;
        Some(Err(error.within(Section::Code)))
    }
}

impl Source for Reader<'_> {
    type Error = Malformed;

    #[inline(always)]
    fn code(&mut self) -> Result<(u8, u32), Malformed> {
        let first = self.byte()?;
        if !is_prefix(first) {
            return Ok((first, 0));
        }
        Ok((first, self.u32()?))
    }

    #[inline(always)]
    fn require(&self, feature: Feature, op: Op) -> Result<(), Malformed> {
        self.require(feature, Gated::Instruction(op))
    }

    #[cold]
    #[inline(never)]
    fn unknown(&self, first: u8, second: u32) -> Malformed {
        let second = is_prefix(first).then_some(second);
        Malformed::new(self.position() - 1, MalformedKind::Opcode { first, second })
    }
}

/// Whether a number follows the first byte of an instruction.
#[inline(always)]
const fn is_prefix(first: u8) -> bool {
    matches!(first, 0xFB..=0xFE)
}

impl Immediates for Reader<'_> {}

/// Immediates that a method of the reader reads.
macro_rules! immediates {
    ($($ty:ty = $reader:ident => $read:expr;)*) => { $(
        impl Read<$ty> for Reader<'_> {
            #[inline(always)]
            fn read(&mut self) -> Result<$ty, Malformed> {
                let $reader = self;
                $read
            }
        }
    )* };
}

immediates! {
    u32 = reader => reader.operand_count();
    i32 = reader => reader.s32();
    i64 = reader => reader.s64();
    F32Bits = reader => reader.array().map(u32::from_le_bytes).map(F32Bits);
    F64Bits = reader => reader.array().map(u64::from_le_bytes).map(F64Bits);
    V128 = reader => reader.array().map(V128);
    Lanes = reader => reader.array().map(Lanes);
    LaneIdx = reader => reader.byte().map(LaneIdx);
    Zero = reader => reader.zero_byte().map(|()| Zero);
    MemArg = reader => reader.mem_arg();
    BlockType = reader => reader.block_type();
    HeapType = reader => reader.heap_type();
    ValType = reader => reader.val_type();
    CastNulls = reader => reader.cast_nulls();
    LabelList = reader => reader.label_list();
    TypeList = reader => reader.type_list();
    CatchList = reader => reader.catch_list();
    Catch = reader => reader.catch();
    TypeIdx = reader => reader.u32().map(TypeIdx);
    FuncIdx = reader => reader.u32().map(FuncIdx);
    TableIdx = reader => reader.u32().map(TableIdx);
    MemIdx = reader => reader.u32().map(MemIdx);
    GlobalIdx = reader => reader.u32().map(GlobalIdx);
    TagIdx = reader => reader.u32().map(TagIdx);
    ElemIdx = reader => reader.u32().map(ElemIdx);
    DataIdx = reader => reader.data_idx();
    LocalIdx = reader => reader.u32().map(LocalIdx);
    LabelIdx = reader => reader.u32().map(LabelIdx);
    FieldIdx = reader => reader.u32().map(FieldIdx);
}

impl Reader<'_> {
    /// Bits 0 to 5 are the alignment, bit 6 says that a memory follows.
    /// Spec: binary/instructions#binary-memarg
    #[inline(always)]
    fn mem_arg(&mut self) -> Result<MemArg, Malformed> {
        let flags = self.u32()?;
        if flags >= 0x40 {
            return self.mem_arg_of_memory(flags);
        }
        Ok(MemArg { align: flags, memory: MemIdx(0), offset: self.u64()? })
    }

    #[inline(never)]
    fn mem_arg_of_memory(&mut self, flags: u32) -> Result<MemArg, Malformed> {
        if flags >= 0x80 {
            return Err(self.malformed(Part::MemoryFlags, flags));
        }
        self.require_part(Feature::MultiMemory, Part::MemoryFlags)?;
        let memory = MemIdx(self.u32()?);
        Ok(MemArg { align: flags & 0x3F, memory, offset: self.u64()? })
    }

    /// The one plain number among the immediates is that of `array.new_fixed`.
    fn operand_count(&mut self) -> Result<u32, Malformed> {
        let count = self.u32()?;
        let limit = self.rules.limits.array_new_fixed;
        self.limit("operands of array.new_fixed", count as usize, limit)?;
        Ok(count)
    }

    /// Code that names data segments stands before them: so their number must stand before both.
    fn data_idx(&mut self) -> Result<DataIdx, Malformed> {
        let offset = self.position();
        let index = self.u32()?;
        if !self.rules.data_count {
            return Err(Malformed::new(offset, MalformedKind::DataCountRequired));
        }
        Ok(DataIdx(index))
    }

    /// Bit 0: the operand's type has null; bit 1: the tested one has.
    fn cast_nulls(&mut self) -> Result<CastNulls, Malformed> {
        match self.byte()? {
            flags @ 0..4 => Ok(CastNulls { from: flags & 1 != 0, to: flags & 2 != 0 }),
            flags => Err(self.malformed(Part::CastFlags, flags)),
        }
    }

    #[inline(never)]
    fn label_list(&mut self) -> Result<LabelList, Malformed> {
        let limit = self.rules.limits.br_table_labels;
        let (offset, count) = self.list::<LabelIdx>("labels of br_table", limit)?;
        Ok(LabelList { offset, count, default: self.read()? })
    }

    fn type_list(&mut self) -> Result<TypeList, Malformed> {
        let limit = self.rules.limits.results;
        let (offset, count) = self.list::<ValType>("types of select", limit)?;
        Ok(TypeList { offset, count })
    }

    fn catch_list(&mut self) -> Result<CatchList, Malformed> {
        let limit = self.rules.limits.catches;
        let (offset, count) = self.list::<Catch>("catch clauses", limit)?;
        Ok(CatchList { offset, count })
    }

    /// Reads over a list: where its first entry stands, and how many there are.
    fn list<T>(&mut self, what: &'static str, limit: usize) -> Result<(u32, u32), Malformed>
    where
        Self: Read<T, Error = Malformed>,
    {
        let count = self.length()?;
        self.limit(what, count as usize, limit)?;
        // Binaries above 4 GiB are refused whatever `Limits` says.
        let offset = self.position() as u32;
        for _ in 0..count {
            Read::<T>::read(self)?;
        }
        Ok((offset, count))
    }

    /// Spec: binary/instructions#binary-catch
    fn catch(&mut self) -> Result<Catch, Malformed> {
        let code = self.byte()?;
        Ok(match code {
            0 => Catch::One { tag: self.read()?, label: self.read()? },
            1 => Catch::OneRef { tag: self.read()?, label: self.read()? },
            2 => Catch::All { label: self.read()? },
            3 => Catch::AllRef { label: self.read()? },
            _ => return Err(self.malformed(Part::CatchClause, code)),
        })
    }
}
