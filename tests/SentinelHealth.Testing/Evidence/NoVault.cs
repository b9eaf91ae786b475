using SentinelHealth.Response.Custody;

namespace SentinelHealth.Testing.Evidence;

/// <summary>Nothing here is about a person.</summary>
internal sealed class NoVault : ISubjectVault
{
    public IReadOnlyDictionary<string, SubjectKey> KeysFor(IEnumerable<string> subjects) => throw new NotSupportedException();

    public byte[]? Find(byte[] id) => null;

    public IReadOnlyList<byte[]> EraseSubject(string subject, string orderedBy, DateTimeOffset at) =>
        throw new NotSupportedException();

    public void RotateMaster() => throw new NotSupportedException();

    public IReadOnlyList<string> Outstanding() => [];

    public void Hold(string subject, string reason, string orderedBy, DateTimeOffset at) => throw new NotSupportedException();

    public bool Lift(string subject) => false;

    public bool IsHeld(string subject) => false;

    public void Dispose()
    {
    }
}
