import Foundation

extension Error {
    /// What went wrong, for people: Foundation's errors describe themselves to programmers.
    var reason: String { self is CocoaError ? localizedDescription : "\(self)" }
}
