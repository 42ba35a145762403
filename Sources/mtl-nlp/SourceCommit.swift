import Foundation

/// The commit of the sources that a program was built from.
enum SourceCommit {
    /// That of the checkout in whose build folder the program stands, with `-dirty` behind it if files have changed: the
    /// program's own if it was built after the last change. Nil for one that was installed elsewhere, or without git.
    static func of(executable: URL) -> String? {
        guard let build = executable.pathComponents.firstIndex(of: ".build") else { return nil }
        let checkout = executable.pathComponents[..<build].joined(separator: "/")
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = [
            "git", "-C", checkout, "describe", "--always", "--dirty", "--abbrev=40",
            "--exclude", "*",
        ]
        let output = Pipe()
        git.standardInput = FileHandle.nullDevice
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        guard (try? git.run()) != nil else { return nil }
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { return nil }
        return String(decoding: answer, as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines)
    }
}
