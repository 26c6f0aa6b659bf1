#!/usr/bin/env python3
"""The name check's own test: what it must refuse, and what it must not."""

import unittest

import names

REFUSED = [
    "private var idle: [String: Int] = [:]",
    "var seen: Set<String> = []",
    "let found = Dictionary<String, Int>()",
    "let known = Set(first.map(\\.name))",
    "let others = Dictionary(second.map { ($0.name, $0) }) { first, _ in first }",
    "let ofRuns = Dictionary(grouping: runs, by: \\.model)",
    "let positions = Dictionary(names.enumerated().map { ($1, $0) })",
    "return Set(keys).sorted()",
    "return names.sorted()",
    "return rows.names.map(\\.text).sorted()",
    "guard name != newName else { return false }",
    "guard fresh.classes == architecture.classes else { return }",
    "let matches = candidates.filter { $0.name == key }",
    "guard let index = series.firstIndex(where: { $0.key == wanted }) else { return }",
    "if target == column.name { return }",
    "guard let index = classes.firstIndex(of: name) else { return }",
    "where !names.contains(tensor.name) { }",
]
ALLOWED = [
    "private var idle: [Name: Int] = [:]",
    "let known = Set(first.map { Name($0.name) })",
    "let ids: [Int64: String] = [:]",
    "// [String: Int] is not for names",
    "guard name != nil, key == \"train_loss\" else { return }",
    "return names.sortedByBytes()",
    "guard name.hasSameBytes(as: newName) else { return }",
    "if names.contains(named: name) { return names.firstIndex(named: name) }",
    "if kind == .tags || subject == .models { return }",
    "if [\"at\", \"since\"].contains(name) { return }",
    "guard known.count == name.count else { return }",
    "let byID = Dictionary(runs.map { ($0.id, $0) }) { first, _ in first }",
]


class NameTests(unittest.TestCase):
    def problems(self, line, allowed=()):
        return [(number, problem) for _, number, problem in names.problems_of_file("ModelRegistry/A.swift", line, allowed)]

    def test_refused_lines(self):
        for line in REFUSED:
            with self.subTest(line=line):
                self.assertEqual([number for number, _ in self.problems("\n" + line)], [2])

    def test_allowed_lines(self):
        for line in ALLOWED:
            with self.subTest(line=line):
                self.assertEqual(self.problems(line), [])

    def test_list_of_exceptions(self):
        line = "let known = Set(first.map(\\.name))"
        entry = ("ModelRegistry/A.swift", "Set(first", "for this test")
        self.assertEqual(self.problems(line, [entry]), [])
        self.assertEqual(list(names.unused({"ModelRegistry/A.swift": line}, [entry])), [])
        self.assertEqual(len(list(names.unused({"ModelRegistry/A.swift": "let known = 1"}, [entry]))), 1)
        self.assertTrue(all(reason for _, _, reason in names.ALLOWED))


if __name__ == "__main__":
    unittest.main()
