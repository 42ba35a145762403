import Foundation

/// Sets the handler of a signal; false, and nothing, if whoever started the program wants it ignored, as `nohup` does.
func handleSignal(_ number: Int32, by handler: @escaping @convention(c) (Int32) -> Void) -> Bool {
    let previous = signal(number, handler)
    let isIgnored = unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    if isIgnored { signal(number, SIG_IGN) }
    return !isIgnored
}
