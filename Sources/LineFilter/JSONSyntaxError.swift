/// Why a text is not one JSON object.
public struct JSONSyntaxError: Error, Hashable, CustomStringConvertible {
    /// What was expected.
    let expected: String
    /// The byte, from 1, where it was not found.
    let byte: Int

    public var description: String { "not a JSON object: \(expected) expected at byte \(byte)" }
}
