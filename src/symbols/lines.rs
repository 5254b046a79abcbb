//! Which line of which file an address comes from. Spec: DWARF 5 section 6.2.

use gimli::{LineInstruction, LineRow, Reader, Section};

use super::dwarf::{Bytes, Result, Search, Unit};
use super::scopes::{Call, Scope};

/// What a byte of a header's lists of files takes in memory, at most.
const HEADER_COST: usize = 64;

type Header<'a> = gimli::LineProgramHeader<Bytes<'a>>;
type Program<'a> = gimli::IncompleteLineProgram<Bytes<'a>>;

/// The places of each address, innermost first: its own, then the calls of the functions that were
/// inlined there, as `scopes` have them.
pub(super) fn find<'a>(
    search: &mut Search<'_, 'a>,
    unit: &Unit<'a>,
    addresses: &[u64],
    scopes: &[Vec<Scope>],
) -> Result<Vec<Vec<Option<String>>>> {
    let Some(program) = program(search, unit)? else { return Ok(Vec::new()) };
    let header = program.header().clone();
    let mut rows = vec![None; addresses.len()];
    // What was found before something broken is good.
    let _broken = run(search, program, addresses, &mut rows).is_err();
    let mut places = Vec::new();
    for (row, scopes) in rows.into_iter().zip(scopes) {
        // The innermost scope's own call is where the one around it stands; the outermost has none.
        let calls = scopes.iter().skip(1).rev().map(|scope| Some(scope.call));
        let all = std::iter::once(row).chain(calls);
        places.push(all.map(|place| write(search, unit, &header, place?)).collect());
    }
    Ok(places)
}

/// Reads the header of a unit's line program, whose size is known before the lists in it are read.
/// Spec: DWARF 5 section 6.2.4.
fn program<'a>(search: &mut Search<'_, 'a>, unit: &Unit<'a>) -> Result<Option<Program<'a>>> {
    let Some(offset) = unit.lines else { return Ok(None) };
    let lines = &search.dwarf.sections.debug_line;
    let mut input = *lines.reader();
    input.skip(offset.0)?;
    let (_, format) = input.read_initial_length()?;
    let version = input.read_u16()?;
    if version >= 5 {
        // The size of addresses and of segment selectors.
        input.skip(2)?;
    }
    let length = input.read_length(format)?;
    search.budget.spend(length.saturating_mul(HEADER_COST))?;
    let unit = &unit.unit;
    lines.program(offset, unit.header.address_size(), unit.comp_dir, unit.name).map(Some)
}

/// Runs a program and keeps the row of each address: the last one of a sequence that is not beyond
/// it. Spec: DWARF 5 section 6.2.5.
fn run<'a>(
    search: &mut Search<'_, 'a>,
    mut program: Program<'a>,
    addresses: &[u64],
    rows: &mut [Option<Call>],
) -> Result<()> {
    let header = program.header().clone();
    let mut instructions = header.instructions();
    let mut row = LineRow::new(&header);
    let mut previous: Option<(u64, Call)> = None;
    while let Some(instruction) = instructions.next_instruction(&header)? {
        search.budget.spend(1)?;
        refuse(&instruction)?;
        if !row.execute(instruction, &mut program)? {
            continue;
        }
        let address = row.address();
        if let Some((begin, place)) = previous.filter(|(begin, _)| *begin > 0) {
            search.budget.spend(addresses.len())?;
            for (found, probe) in rows.iter_mut().zip(addresses) {
                if (begin..address).contains(probe) {
                    found.get_or_insert(place);
                }
            }
        }
        let column = match row.column() {
            gimli::ColumnType::Column(column) => column.get(),
            gimli::ColumnType::LeftEdge => 0,
        };
        let line = row.line().map_or(0, std::num::NonZero::get);
        let place = Call { file: Some(row.file_index()), line, column };
        previous = (!row.end_sequence()).then_some((address, place));
        row.reset(&header);
    }
    Ok(())
}

/// What would make the machine of lines fail or grow.
fn refuse(instruction: &LineInstruction<Bytes<'_>>) -> Result<()> {
    // Nobody writes files behind the header any more, and no line is so far away: its negative
    // is no number.
    if matches!(
        instruction,
        LineInstruction::DefineFile(_) | LineInstruction::AdvanceLine(i64::MIN)
    ) {
        return Err(gimli::Error::UnsupportedOffset);
    }
    Ok(())
}

/// `folder/file:line:column`.
fn write<'a>(
    search: &mut Search<'_, 'a>,
    unit: &Unit<'a>,
    header: &Header<'a>,
    place: Call,
) -> Option<String> {
    let file = header.file(place.file?)?;
    let mut path = text(search.string(&unit.unit, file.path_name()).ok()?);
    let folder = file.directory(header).and_then(|name| search.string(&unit.unit, name).ok());
    for folder in [folder, unit.unit.comp_dir].into_iter().flatten().map(text) {
        if path.starts_with('/') || folder.is_empty() {
            break;
        }
        path = format!("{}/{path}", folder.trim_end_matches('/'));
    }
    // Line 0 is code that comes from no line; a column has no meaning without one.
    Some(match (place.line, place.column) {
        (0, _) => path,
        (line, 0) => format!("{path}:{line}"),
        (line, column) => format!("{path}:{line}:{column}"),
    })
}

fn text(bytes: Bytes<'_>) -> String {
    String::from_utf8_lossy(bytes.slice()).into_owned()
}
