//! A run as the XML that JUnit made common: a suite a script, a case a directive.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::Report;
use crate::wast::{Outcome, Verdict};

type Xml = Writer<Vec<u8>>;

/// The text, with a line break at its end.
pub(super) fn render(reports: &[Report]) -> io::Result<String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .write_inner_content(|xml| reports.iter().try_for_each(|report| suite(xml, report)))?;
    let mut bytes = xml.into_inner();
    bytes.write_all(b"\n")?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn suite(xml: &mut Xml, report: &Report) -> io::Result<()> {
    let counts = report.counts();
    let errors = usize::from(report.result.is_err());
    let numbers = [
        ("tests", report.outcomes().len() + errors),
        ("failures", counts.failed),
        ("errors", errors),
        ("skipped", counts.not_applicable),
    ]
    .map(|(name, number)| (name, number.to_string()));
    let numbers = numbers.iter().map(|(name, number)| (*name, number.as_str()));
    xml.create_element("testsuite")
        .with_attribute(("name", report.path.as_str()))
        .with_attributes(numbers)
        .write_inner_content(|xml| match &report.result {
            Ok(outcomes) => outcomes.iter().try_for_each(|outcome| case(xml, report, outcome)),
            Err(error) => {
                let name = format!("line {}", error.line);
                problem(xml, report, &name, "error", &error.message)
            }
        })?;
    Ok(())
}

fn case(xml: &mut Xml, report: &Report, outcome: &Outcome) -> io::Result<()> {
    let name = format!("line {} {}", outcome.line, outcome.directive);
    match &outcome.verdict {
        Verdict::Passed => {
            let case = xml.create_element("testcase");
            case.with_attributes([("classname", report.path.as_str()), ("name", &name)])
                .write_empty()?;
            Ok(())
        }
        Verdict::Failed(how) => problem(xml, report, &name, "failure", how),
        Verdict::NotApplicable(what) => problem(xml, report, &name, "skipped", what),
    }
}

/// A case with something to say.
fn problem(xml: &mut Xml, report: &Report, name: &str, kind: &str, text: &str) -> io::Result<()> {
    xml.create_element("testcase")
        .with_attributes([("classname", report.path.as_str()), ("name", name)])
        .write_inner_content(|xml| {
            let element = xml.create_element(kind).with_attribute(("message", text));
            element.write_text_content(BytesText::new(text)).map(drop)
        })?;
    Ok(())
}
