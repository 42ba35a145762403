import Files
import Foundation

/// A program that is run to be measured.
enum ChildProcess {
    struct Usage {
        /// From before it is started until its end is known.
        let seconds: Double
        /// The most memory that was resident, in bytes. Never less than what this process has when it starts the other:
        /// the system counts from there.
        let peakBytes: Int
    }

    /// A program that cannot be run, or that fails.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a program to its end; what it writes to standard output is thrown away.
    ///
    /// - Parameter input: its standard input, short enough for a pipe to hold.
    static func run(_ executable: URL, _ arguments: [String], input: String) throws -> Usage {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try pipe.fileHandleForWriting.close()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(
            &actions, pipe.fileHandleForReading.fileDescriptor, STDIN_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments = ([executable.path] + arguments).map { strdup($0) }
        defer { arguments.forEach { free($0) } }
        arguments.append(nil)
        var identifier: pid_t = 0
        var status: Int32 = 0
        var usage = rusage()
        var code: Int32 = 0
        let seconds = elapsedSeconds {
            code = posix_spawn(&identifier, executable.path, &actions, nil, arguments, environ)
            if code == 0 { wait4(identifier, &status, 0, &usage) }
        }
        guard code == 0 else { throw IOFailure(executable.path, cannot: "run", code: code) }
        guard status == 0 else {
            throw Failure(description: "\(executable.path): failed when it was measured; see above")
        }
        return Usage(seconds: seconds, peakBytes: usage.ru_maxrss * 1024)
    }
}
