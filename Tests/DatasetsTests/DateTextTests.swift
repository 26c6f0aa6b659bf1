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
    ("2024-01", 19723), ("2024/01", 19723), ("01/2024", 19723), ("Jan 2024", 19723), ("2024-031", 19753), ("2024-366", 20088),
    ("2024-W05", 19751), ("2024-W05-3", 19753), ("2024W053", 19753), ("2020-W53-7", 18630), ("2021-W01", 18631), ("2024-Jan-31", 19753),
    ("20240131T1200", 19753.5), ("20240131T120000Z", 19753.5), ("2024-01-31T12", 19753.5), ("12:00+06:00", 0.25),
    ("01:00+02:00", 23.0 / 24),
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

  @Test("eight digits are a date by the user's word only: they are a number too")
  func digits() {
    #expect(DateText("20240131") == .digits(19753))
    #expect(DateText.days("20240131") == 19753)
    #expect(DateText("20240131 12:00") == .days(19753.5))
  }

  @Test("a time of day is written as one", arguments: [(0.0, "00:00:00"), (0.5, "12:00:00"), (0.25 + 0.5 / 86_400, "06:00:00.500")])
  func time(days: Double, text: String) {
    #expect(DateText.time(days) == text)
    #expect(DateText.days(text) == days)
  }

  @Test(
    "other texts and days that there are not are no dates",
    arguments: [
      "", "red", "2023-02-29", "2024-13-01", "2024-00-01", "31.04.2024", "32.01.2024", "1.2.3", "192.168.1.1", "123-45-6789", "16:9",
      "24:00",
      "12:60", "13:00 PM", "2020-2021", "10-20", "20240231", "12345678", "2024-000", "2023-366", "2024-W54", "2023-W53", "2024-W05-8",
      "3024-031", "13/2024", "Jan-24", "2024-Q1", "May", "March of the Penguins", "Jan", "2024-01-31T", "2024-01-31 noon",
      "2024-01-31T12:00:00+99:00", "7", "3.5", "Saturn 12/2024", "sunset Jan 2024", String(repeating: "2024-01-31", count: 10),
    ])
  func none(text: String) { #expect(DateText(text) == DateText.none) }

  @Test(
    "what is meant as a date in a form that isn't read looks like one",
    arguments: [
      "Wed Jan 31 12:30:00 2024", "Wed Oct 10 20:19:24 +0000 2018", "Wed Jan 31 2024 12:30:00 GMT+0100",
      "Wed Jan 31 2024 12:30:00 GMT+0100 (Central European Standard Time)", "2024-01-31 12:30:00 EST", "2024-01-31T12:30:00[Europe/Berlin]",
      "2024-01-31 12:30 Europe/Berlin", "12.30.2024", "01.31.2024", "99-01-31", "13.1.24", "1st Jan 2024", "Jan 2nd, 2024 at 5 PM",
      "31/Jan/2024:12:30:00 +0000", "2024-01-31 ", " 31.01.2024", "2024-01-31T24:00:00", "24:00", "23:59:60", "12:30:00.0123456789",
      "2024-01-31T12:30:00.0123456789Z", "20240131 123000", "20240131123000Z", "12:30 31-01-2024", "Jan 31 12:30:00", "12:30 CET",
      "2024-01-31+01:00", "Jan 2024 ", "31.01.2024, Wednesday",
    ])
  func looks(text: String) {
    #expect(DateText(text) == DateText.none)
    #expect(CellLook(text) == .unreadDate)
  }

  @Test(
    "days are written in ISO 8601",
    arguments: [(19753.0, "2024-01-31"), (19753.5, "2024-01-31T12:00:00Z"), (-1, "1969-12-31"), (0.25, "1970-01-01T06:00:00Z")])
  func iso(days: Double, text: String) { #expect(DateText.iso(days) == text) }
}
