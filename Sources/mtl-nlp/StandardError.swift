import Foundation
import Synchronization

/// Lines for the person who runs the program.
enum StandardError {
    /// Whether a line of progress stands on the terminal, to be overwritten by what comes next.
    private static let showsProgress = Mutex(false)
    private static let clearLine = "\r\u{1B}[K"

    /// Whether standard error is a terminal that can take a line back.
    static var isTerminal: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Writes a line that stays.
    static func write(_ text: String) {
        showsProgress.withLock { showsProgress in
            output("\(showsProgress ? clearLine : "")mtl-nlp: \(text)\n")
            showsProgress = false
        }
    }

    /// Shows a line that the next one replaces, cut to the width of the terminal.
    static func showProgress(_ text: String) {
        showsProgress.withLock { showsProgress in
            output(clearLine + text.prefix(width - 1))
            showsProgress = true
        }
    }

    /// Removes the line of progress, if there is one.
    static func clearProgress() {
        showsProgress.withLock { showsProgress in
            if showsProgress { output(clearLine) }
            showsProgress = false
        }
    }

    private static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
        return Int(size.ws_col)
    }

    /// Nothing can be done, and nobody told, when standard error fails.
    private static func output(_ text: String) {
        var text = text
        text.withUTF8 { _ = Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
