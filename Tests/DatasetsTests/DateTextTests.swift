import Datasets
import Testing

@Suite("Dates as people write them")
struct DateTextTests {
  // Python: (datetime(…, tzinfo=utc) - datetime(1970, 1, 1, tzinfo=utc)) / timedelta(days=1)
  private static let read: [(text: String, days: Double)] = [
    ("1970-01-01", 0), ("2024-01-31", 19753), ("2024-02-29", 19782), ("2000-02-29", 11016), ("1969-12-31", -1), ("1900-03-01", -25508),
    ("2024/01/31", 19753), ("2024.01.31", 19753), ("2024-1-5", 19727), ("31.01.2024", 19753), ("01.02.2024", 19754), ("1.2.2024", 19754),
    ("31/01/2024", 19753), ("01/31/2024", 19753), ("31-01-2024", 19753), ("05/05/2024", 19848), ("Jan 31 2024", 19753),
    ("Jan 31, 2024", 19753), ("January 31, 2024", 19753), ("31 Jan 2024", 19753), ("31-Jan-2024", 19753), ("31. January 2024", 19753),
    ("Sept 1, 2023", 19601), ("Wed, 31 Jan 2024 12:00:00 GMT", 19753.5), ("2024-01-31T12:00:00Z", 19753.5), ("2024-01-31 18:00", 19753.75),
    ("2024-01-31T12:00:00+06:00", 19753.25), ("2024-01-31T12:00:00-0600", 19753.75), ("2024-01-31 12:00:00 UTC", 19753.5),
    ("2024-01-31T00:00:00.5", 19753 + 0.5 / 86_400), ("01/31/2024 6:00 PM", 19753.75), ("12:00", 0.5), ("06:00:00", 0.25),
    ("12:00 AM", 0), ("12:30 PM", 0.5 + 30.0 / 1440), ("23:59:59", 86_399.0 / 86_400),
  ]

  @Test("a date is the days since 1970-01-01, in UTC unless an offset is written", arguments: read)
  func days(example: (text: String, days: Double)) {
    guard case .days(let days) = DateText(example.text) else {
      Issue.record("'\(example.text)' isn't read")
      return
    }
    #expect((days - example.days).magnitude < 1e-9)
    #expect(DateText.days(DateText.iso(days)) == days, "what is written reads back as the same number")
  }

  @Test(
    "what can be read in two ways is a date, and not guessed", arguments: ["01/02/2024", "1-2-2024", "31.01.24", "01/31/24", "5-Jan-24"])
  func ambiguous(text: String) {
    #expect(DateText(text) == .ambiguous)
    #expect(DateText.days(text) == nil)
  }

  @Test("a year and a month are a date by the user's word only: a season looks the same")
  func month() {
    #expect(DateText("2024-01") == .month(19723))
    #expect(DateText.days("2024-01") == 19723)
  }

  @Test(
    "other texts and days that there are not are no dates",
    arguments: [
      "", "red", "2023-02-29", "2024-13-01", "2024-00-01", "31.04.2024", "32.01.2024", "1.2.3", "192.168.1.1", "123-45-6789", "16:9",
      "24:00",
      "12:60", "13:00 PM", "2020-2021", "10-20", "20240131", "May", "March of the Penguins", "Jan", "2024-01-31T", "2024-01-31 noon",
      "2024-01-31T12:00:00+99:00", "7", "3.5", String(repeating: "2024-01-31", count: 10),
    ])
  func none(text: String) { #expect(DateText(text) == DateText.none) }

  @Test(
    "days are written in ISO 8601",
    arguments: [(19753.0, "2024-01-31"), (19753.5, "2024-01-31T12:00:00Z"), (-1, "1969-12-31"), (0.25, "1970-01-01T06:00:00Z")])
  func iso(days: Double, text: String) { #expect(DateText.iso(days) == text) }
}
