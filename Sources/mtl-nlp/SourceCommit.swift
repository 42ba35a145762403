import Foundation

/// The commit that a program was built from.
enum SourceCommit {
    /// Of a program in the build folder of a git checkout, with `-dirty` behind it if files were changed since; nil for
    /// one that was installed elsewhere, or if there is no git.
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
