import Logging

/// Writes log messages to standard error, a plain line each: standard output carries results only.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(logLevel: Logger.Level) {
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let kind = event.level >= .warning ? "\(event.level): " : ""
        StandardError.write("\(kind)\(event.message)")
    }
}
