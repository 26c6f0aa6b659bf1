internal import Tensors

/// Dates with the words of other languages: `31. Dezember 2024`, `31 de enero de 2024`, `2024年1月31日`.
///
/// They aren't read, but must not become categories without a word: what stands for a month or between the parts is put in English, for
/// `DateLook` to tell.
enum DateWords {
  /// Months by their names and the usual abbreviations in German, French, Spanish, Italian, Portuguese, Dutch and Polish (genitive).
  private static let months: [Name: String] = {
    let byMonth: [(english: String, words: String)] = [
      ("jan", "januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia"),
      ("feb", "februar février févr fév febrero febbraio fevereiro fev februari lutego"),
      ("mar", "märz mär mrz mars marzo março maart mrt marca"), ("apr", "april avril avr abril abr aprile kwietnia"),
      ("may", "mai mayo maggio mag maio mei maja"), ("jun", "juni juin junio giugno giu junho czerwca"),
      ("jul", "juli juillet juil julio luglio lug julho lipca"), ("aug", "august août agosto ago augustus sierpnia"),
      ("sep", "september septembre septiembre settembre set setembro września"),
      ("oct", "oktober okt octobre octubre ottobre ott outubro out października"),
      ("nov", "november novembre noviembre novembro listopada"),
      ("dec", "dezember dez décembre déc diciembre dic dicembre dezembro december grudnia"),
    ]
    var months: [Name: String] = [:]
    for (english, words) in byMonth { for word in words.split(separator: " ") { months[Name(word)] = english } }
    return months
  }()
  private static let between: Set<Name> = ["de", "del", "di", "den", "der", "le", "el", "il", "am", "um"].reduce(into: []) {
    $0.insert(Name($1))
  }
  private static let longest = 64

  /// The text with English words in their place; nil where it has no such word.
  static func inEnglish(_ text: String) -> String? {
    guard text.utf8.count <= longest, text.utf8.contains(where: { (48...57).contains($0) }) else { return nil }
    var result = ""
    var word = ""
    var isFound = false
    func end() {
      let lower = word.lowercased()
      if let month = months[Name(lower)] {
        result += month
        isFound = true
      } else if !between.contains(Name(lower)) {
        result += word
      }
      word = ""
    }
    for character in text {
      switch character {
      case "年", "月", "년", "월":
        end()
        result += "-"
        isFound = true
      case "日", "일": end()
      case _ where character.isLetter: word.append(character)
      default:
        end()
        result.append(character)
      }
    }
    end()
    // A day and a year of four digits: `4 out of 10` is a mark, and Mars 2020 a mission.
    let numbers = result.split { !$0.isNumber }
    guard isFound, numbers.count > 1, numbers.contains(where: { $0.utf8.count == 4 }) else { return nil }
    // 1月31日 12:30, 2024년 1월 31일: what joins the parts stands alone.
    return result.split(separator: "-", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }.joined(separator: "-")
  }
}
