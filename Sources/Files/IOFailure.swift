import Foundation

/// A read or write that the operating system refused.
public struct IOFailure: Error, CustomStringConvertible {
    /// The file or stream, as a person calls it.
    public let name: String
    /// What was attempted: `read` or `write`.
    public let operation: String
    /// The value of `errno`.
    public let code: Int32

    public init(_ name: String, cannot operation: String, code: Int32 = errno) {
        self.name = name
        self.operation = operation
        self.code = code
    }

    /// What the operating system said, as an error of Foundation tells it.
    public init(_ name: String, cannot operation: String, _ error: any Error) {
        let codes = sequence(first: error as NSError) {
            ($0.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
        }
        .filter { $0.domain == NSPOSIXErrorDomain }
        .map { Int32($0.code) }
        self.init(name, cannot: operation, code: codes.first ?? EIO)
    }

    public var description: String { "\(name): \(problem)" }

    /// What went wrong and what to do, without the name.
    public var problem: String {
        "cannot \(operation): \(String(cString: strerror(code))); \(advice)"
    }

    private var advice: String {
        switch code {
        case ENOSPC, EDQUOT: "free some space and run it again"
        case EACCES, EPERM, EROFS: "check the permissions"
        case EISDIR: "name a file, not a folder"
        case ENOENT, ENOTDIR: "make the folder first"
        default: "check the file and run it again"
        }
    }
}
