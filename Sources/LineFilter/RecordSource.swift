/// What a filter answers one by one: lines, or what is made of them.
///
/// The records can be waited for, or taken only if that needs no waiting at all, which is what a filter needs to answer
/// at once whoever waits for an answer.
public protocol RecordSource<Record> {
    associatedtype Record: FilterRecord

    /// The next record; waits until it is complete. Nil at the end of the input.
    ///
    /// - Throws: `IOFailure` when the input cannot be read, `FileError` when it is not what it must be.
    func next() throws -> Record?

    /// The next record if all of it is there already; nil if it is not, and at the end of the input.
    ///
    /// - Throws: as `next`.
    func nextWithoutWaiting() throws -> Record?
}

public protocol FilterRecord {
    /// The bytes of its text.
    var byteCount: Int { get }
}
