import Foundation

/// Hands over to libFuzzer, which calls `fuzzOneInput` with every input that it thinks of.
///
/// `make fuzz` builds this with the fuzzer's and the address sanitizer's run-time and lets it run. An input that crashes, hangs
/// or breaks a promise is written to a file and shown.
@main
enum Fuzzing {
    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(runFuzzer(&count, &arguments, fuzzOneInput))
    }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The first byte of an input chooses what reads the rest.
private func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let choice = input.first else { return 0 }
    let surfaces = Surfaces.all
    surfaces[Int(choice) % surfaces.count](UnsafeBufferPointer(rebasing: input.dropFirst()))
    return 0
}

/// Ends the run if a promise is broken.
func require(_ condition: Bool, _ promise: @autoclosure () -> String) {
    guard condition else { fatalError(promise()) }
}
