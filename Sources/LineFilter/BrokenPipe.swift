/// The reader of our output has gone: nothing is wrong, and there is nobody left to write to.
public struct BrokenPipe: Error {}
