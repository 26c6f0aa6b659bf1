import Foundation

/// A `$ command` of a Markdown ```console block, and the output that the page shows for it.
struct Step: Equatable {
  /// The line of the page, from 1.
  let line: Int
  /// What the shell gets, continuation lines (`> `) included.
  var command: String
  /// The lines shown below the command.  None: the output isn't looked at.
  var output: [String] = []
}

/// A fenced block of a Markdown page.
struct Fence: Equatable {
  let language: String
  /// The line of the opening fence, from 1.
  let line: Int
  var lines: [String] = []

  static func all(in markdown: String) -> [Fence] {
    var fences: [Fence] = []
    var open: Fence?
    for (index, text) in markdown.components(separatedBy: "\n").enumerated() {
      if text.hasPrefix("```") {
        if let fence = open {
          fences.append(fence)
          open = nil
        } else {
          open = Fence(language: String(text.dropFirst(3)), line: index + 1)
        }
      } else {
        open?.lines.append(text)
      }
    }
    return fences
  }

  /// The commands of a console block, in order.
  var steps: [Step] {
    var steps: [Step] = []
    for (index, text) in lines.enumerated() {
      if text.hasPrefix("$ ") {
        steps.append(Step(line: line + 1 + index, command: String(text.dropFirst(2))))
      } else if !steps.isEmpty {
        let last = steps.count - 1
        if steps[last].output.isEmpty, text.hasPrefix("> ") {
          steps[last].command += "\n" + text.dropFirst(2)
        } else {
          steps[last].output.append(text)
        }
      }
    }
    for index in steps.indices {
      while steps[index].output.last == "" { steps[index].output.removeLast() }
    }
    return steps
  }
}
