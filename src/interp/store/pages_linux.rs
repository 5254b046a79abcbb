//! Which pages of a mapping hold something: Linux 6.7 and later say so in one call.
#![expect(unsafe_code, reason = "a call that writes into a buffer of ours")]

use std::ffi::c_void;
use std::fs::File;
use std::ops::Range;
use std::process;
use std::ptr;
use std::sync::OnceLock;

use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, ioctl, opcode};

/// Ranges that one question finds at most: a guest that scatters its writes more is not worth it.
const RANGES: usize = 64;

/// A range of pages, as the kernel writes it: addresses, and what the pages have in common.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct PageRegion {
    start: u64,
    end: u64,
    categories: u64,
}

/// The kernel's `struct pm_scan_arg`.
#[derive(Default)]
#[repr(C)]
struct ScanArgument {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    /// Where the scan ended.
    walk_end: u64,
    vec: u64,
    vec_len: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

/// The page is in memory.
const PRESENT: u64 = 1 << 3;
/// The page is swapped out, or on its way to another place in memory.
const SWAPPED: u64 = 1 << 4;
/// The page is the one page of zeros that all share: it was read and never written.
const ZERO: u64 = 1 << 5;

/// The pages from `start` to `end` (addresses on page boundaries) that hold something else than
/// the zeros they began with; none when the system doesn't say, or they are more than `most`.
pub(super) fn written(start: usize, end: usize, page: usize, most: usize) -> Option<Written> {
    let pagemap = pagemap()?;
    let mut written = Written { regions: [PageRegion::default(); RANGES], count: 0 };
    let argument = ScanArgument {
        size: size_of::<ScanArgument>() as u64,
        start: start as u64,
        end: end as u64,
        vec: written.regions.as_mut_ptr() as u64,
        vec_len: RANGES as u64,
        max_pages: most as u64 + 1,
        category_inverted: ZERO,
        category_mask: ZERO,
        category_anyof_mask: PRESENT | SWAPPED,
        return_mask: PRESENT,
        ..ScanArgument::default()
    };
    // SAFETY: the kernel writes `vec_len` regions at most at `vec`, and `walk_end`.
    let (count, walk_end) = unsafe { ioctl(pagemap, Scan(argument)) }.ok()?;
    written.count = usize::try_from(count).ok()?;
    let pages: usize = written.ranges().map(|range| range.len() / page).sum();
    let complete = walk_end == end as u64 && pages <= most && written.count < RANGES;
    complete.then_some(written)
}

/// What was found.
pub(super) struct Written {
    regions: [PageRegion; RANGES],
    count: usize,
}

impl Written {
    /// The addresses, ascending.
    pub(super) fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let found = self.regions.iter().take(self.count);
        found.map(|region| region.start as usize..region.end as usize)
    }
}

/// This process's page table, while it is this process's: a file that was opened before a `fork`
/// is about the parent.
fn pagemap() -> Option<&'static File> {
    static PAGEMAP: OnceLock<(Option<File>, u32)> = OnceLock::new();
    let open = || (File::open("/proc/self/pagemap").ok(), process::id());
    let (file, owner) = PAGEMAP.get_or_init(open);
    file.as_ref().filter(|_| *owner == process::id())
}

/// `PAGEMAP_SCAN`; the answer is how many regions were found, and where the scan ended.
struct Scan(ScanArgument);

// SAFETY: the number belongs to `/proc/<pid>/pagemap` alone, takes this argument, writes into it
// and where it says, and answers the number of regions.
unsafe impl Ioctl for Scan {
    type Output = (IoctlOutput, u64);
    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        opcode::read_write::<ScanArgument>(b'f', 16)
    }

    fn as_ptr(&mut self) -> *mut c_void {
        ptr::from_mut(&mut self.0).cast()
    }

    unsafe fn output_from_ptr(
        found: IoctlOutput,
        argument: *mut c_void,
    ) -> rustix::io::Result<Self::Output> {
        // SAFETY: the argument that `as_ptr` gave.
        Ok((found, unsafe { (*argument.cast::<ScanArgument>()).walk_end }))
    }
}
