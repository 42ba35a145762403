import Foundation

/// The machine that a run is made on.
enum Processor {
    /// The processor's name as Linux tells it; else the kind of machine.
    static let name: String = {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        if let name = line?.split(separator: ":").last {
            return name.trimmingCharacters(in: .whitespaces)
        }
        #if arch(x86_64)
            return "x86-64"
        #elseif arch(arm64)
            return "arm64"
        #else
            return "unknown"
        #endif
    }()
}
