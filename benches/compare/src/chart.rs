//! The speeds of mode exec as an SVG: a group of bars a program.

use std::fmt::Write;

use crate::exec::Execution;

/// Sizes in pixels.
const LABELS: f64 = 150.0;
const BARS: f64 = 560.0;
const BAR: f64 = 7.0;
const GAP: f64 = 8.0;
const TOP: f64 = 40.0;
const MARGIN: f64 = 20.0;

/// Bars end here: compilers would make all others short.
const MOST: f64 = 5.0;

const COLOURS: [&str; 6] = ["#c0392b", "#7f8c8d", "#2980b9", "#f39c12", "#8e44ad", "#27ae60"];

pub(crate) fn draw(execution: &Execution) -> String {
    let group = BAR * execution.engines().len() as f64 + GAP;
    let height = TOP + group * execution.programs().count() as f64 + MARGIN;
    let width = LABELS + BARS + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    legend(&mut svg, execution.engines());
    grid(&mut svg, height);
    for (place, (program, speeds)) in execution.programs().enumerate() {
        let top = TOP + group * place as f64;
        let (x, y) = (LABELS - 6.0, top + group / 2.0);
        line(
            &mut svg,
            format_args!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{program}</text>"),
        );
        for (engine, speed) in speeds.iter().enumerate() {
            let Some(speed) = speed else { continue };
            let (y, length) = (top + BAR * engine as f64, speed.min(MOST) / MOST * BARS);
            let colour = COLOURS[engine % COLOURS.len()];
            line(
                &mut svg,
                format_args!(
                    "<rect x=\"{LABELS}\" y=\"{y}\" width=\"{length:.1}\" height=\"{}\" \
                     fill=\"{colour}\"><title>{speed:.2}</title></rect>",
                    BAR - 1.0
                ),
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn legend(svg: &mut String, engines: &[&str]) {
    for (place, engine) in engines.iter().enumerate() {
        let x = LABELS + 90.0 * place as f64;
        let colour = COLOURS[place % COLOURS.len()];
        line(
            svg,
            format_args!(
                "<rect x=\"{x}\" y=\"6\" width=\"10\" height=\"10\" fill=\"{colour}\"/>\
                 <text x=\"{}\" y=\"15\">{engine}</text>",
                x + 14.0
            ),
        );
    }
}

fn grid(svg: &mut String, height: f64) {
    let mut speed = 0.0;
    while speed <= MOST {
        let x = LABELS + speed / MOST * BARS;
        line(
            svg,
            format_args!(
                "<line x1=\"{x}\" y1=\"{TOP}\" x2=\"{x}\" y2=\"{height}\" stroke=\"#ddd\"/>\
                 <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{speed}</text>",
                TOP - 6.0
            ),
        );
        speed += 1.0;
    }
}

fn line(svg: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(svg, "{text}").expect("a String takes all");
}
