import Foundation

/// A JSON object as it is spelled: its keys are known, its values are pieces of the text.
///
/// So numbers that no type holds, white space and the order of keys come through as they were typed.
public struct JSONObject: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let key: String
        /// The key with its quotes, as spelled.
        let keySpelling: String
        /// The value, as spelled.
        let valueSpelling: String
    }

    /// In the order of the text. Of several with one key there is the last.
    public let members: [Member]

    /// The object that a text is.
    ///
    /// - Throws: `JSONSyntaxError`.
    public init(_ text: String) throws(JSONSyntaxError) {
        let utf8 = Array(text.utf8)
        let found = try utf8.withUnsafeBufferPointer { bytes throws(JSONSyntaxError) in
            var scanner = JSONScanner(bytes)
            return try scanner.object()
        }
        let members = found.map { key, value in
            let spelling = String(decoding: utf8[key], as: UTF8.self)
            return Member(
                key: Self.string(spelling), keySpelling: spelling,
                valueSpelling: String(decoding: utf8[value], as: UTF8.self))
        }
        // Strings are equal when they look the same, but keys when they are the same.
        var last: [[UInt8]: Int] = [:]
        for (index, member) in members.enumerated() { last[Array(member.key.utf8)] = index }
        self.members = members.enumerated().filter { last[Array($1.key.utf8)] == $0 }
            .map(\.element)
    }

    /// The value of a key if that is a string.
    public func string(_ key: String) -> String? {
        guard let member = members.first(where: { $0.key == key }),
            member.valueSpelling.utf8.first == UInt8(ascii: "\"")
        else { return nil }
        return Self.string(member.valueSpelling)
    }

    /// Whether there is a member with that key.
    public func contains(_ key: String) -> Bool { members.contains { $0.key == key } }

    /// What a checked string means.
    private static func string(_ spelling: String) -> String {
        guard spelling.utf8.contains(UInt8(ascii: "\\")) else {
            return String(Substring(spelling.utf8.dropFirst().dropLast()))
        }
        do {
            return try JSONDecoder().decode(String.self, from: Data(spelling.utf8))
        } catch {
            preconditionFailure("\(spelling) was found to be a string: \(error)")
        }
    }
}
