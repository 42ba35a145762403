import Foundation
import LineFilter
import Logging

/// Takes the numbers of standard streams that are closed, so that no file gets one of them and is taken for it. Reading and
/// writing fail there as they did.
func reserveStandardStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
        _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
}

/// Answers each line of standard input with a line of standard output, and warns of lines that are not UTF-8.
func filterStandardInput(lookAhead: Int, answer: ([Line]) throws -> [String]) throws {
    let reader = LineReader(fileDescriptor: STDIN_FILENO)
    let writer = LineWriter(fileDescriptor: STDOUT_FILENO)
    try LineFilter.run(reader, writer, lookAhead: lookAhead) { lines in
        lines.forEach { warnUnlessUTF8($0, of: reader.name) }
        return try answer(lines)
    }
}

/// Warns if `line` of the input called `name` was not UTF-8.
func warnUnlessUTF8(_ line: Line, of name: String) {
    guard !line.isWellFormed else { return }
    Logger(label: "mtl-nlp").warning(
        "\(name):\(line.number): not UTF-8; what is not was read as U+FFFD")
}

/// Writes the lines of a result to standard output.
func writeResult(_ lines: [String]) throws {
    let writer = LineWriter(fileDescriptor: STDOUT_FILENO)
    for line in lines { try writer.write(line) }
    try writer.flush()
}

/// Writes a result to standard output as one line of JSON.
func writeResult(json result: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try writeResult([String(decoding: encoder.encode(result), as: UTF8.self)])
}
