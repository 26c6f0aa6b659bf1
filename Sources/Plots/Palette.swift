/// The colours, light and dark: series and classes have at least 4.5 times the contrast of their paper (WCAG 2.2, 1.4.3).
enum Palette {
  /// How many there are before they begin again.
  static let count = 8

  /// Primer's: blue and orange come first, which nearly everyone tells apart.
  private static let light = ["#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#7d5900", "#1b7c83", "#57606a"]
  private static let dark = ["#58a6ff", "#f0883e", "#3fb950", "#bc8cff", "#f778ba", "#d29922", "#39c5cf", "#8b949e"]

  /// Its media query is for browsers; a converter that ignores it draws the light picture.
  static let css: String = {
    let shapes = """
      .registry-plot text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans","Apple SD Gothic Neo",\
      "Malgun Gothic","Noto Sans CJK KR",sans-serif;font-size:12px}
      .registry-plot text.title{font-size:17px;font-weight:600}
      .registry-plot text.value{font-size:15px;font-weight:600}
      .registry-plot .curve{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
      .registry-plot .dashed{stroke-dasharray:6 5}
      .registry-plot .mark{fill:none;stroke-width:1.8;stroke-linecap:round}
      .registry-plot .pale{stroke-width:1.2;stroke-opacity:.3}
      .registry-plot .best{stroke-width:2.2}
      .registry-plot .faint{stroke-width:1.2;stroke-opacity:.6}
      .registry-plot .dot{stroke:none;fill-opacity:.55}
      .registry-plot .region{stroke:none;fill-opacity:.1;fill-rule:evenodd}
      .registry-plot .grid,.registry-plot .axis,.registry-plot .guide{fill:none;stroke-width:1}
      .registry-plot .guide{stroke-width:1.5}
      .registry-plot .diagonal{stroke-dasharray:5 5}

      """
    return "\n" + shapes + colours(paper: "#ffffff", ink: "#1f2328", muted: "#59636e", grid: "#e4e8ec", axis: "#8c959f", light)
      + "@media (prefers-color-scheme:dark){\n"
      + colours(paper: "#0d1117", ink: "#e6edf3", muted: "#9198a1", grid: "#262c34", axis: "#6e7681", dark) + "}\n"
  }()

  private static func colours(paper: String, ink: String, muted: String, grid: String, axis: String, _ series: [String]) -> String {
    var css = """
      .registry-plot .paper{fill:\(paper)}
      .registry-plot text{fill:\(ink)}
      .registry-plot text.muted{fill:\(muted)}
      .registry-plot .grid{stroke:\(grid)}
      .registry-plot .axis{stroke:\(axis)}
      .registry-plot .guide{stroke:\(muted)}

      """
    for (index, colour) in series.enumerated() {
      css += ".registry-plot .s\(index){stroke:\(colour)}.registry-plot .f\(index){fill:\(colour)}\n"
    }
    return css
  }
}
