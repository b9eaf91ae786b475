namespace SentinelHealth.Response.Custody;

/// <summary>A key of one person, under which payloads about that person are sealed.</summary>
/// <param name="Id">Its identifier, 16 bytes: a keyed hash, so that files do not name whom they keep keys of.</param>
/// <param name="Key">The key, 32 bytes.</param>
public sealed record SubjectKey(byte[] Id, byte[] Key);

/// <summary>One key per person, wrapped under a master key that an erasure exchanges.</summary>
/// <remarks>Safe from many threads. A new person's key is durable before it is given out. Erasing is O(persons).</remarks>
public interface ISubjectVault : IDisposable
{
    /// <summary>The keys of persons, made when they have none.</summary>
    IReadOnlyDictionary<string, SubjectKey> KeysFor(IEnumerable<string> subjects);

    /// <summary>A key by its identifier; null when the person was erased, or is not known here.</summary>
    byte[]? Find(byte[] id);

    /// <summary>Destroys every key of a person. What was sealed under them is noise from now on.</summary>
    /// <param name="subject">The person, as in the events.</param>
    /// <param name="orderedBy">Who ordered it.</param>
    /// <param name="at">When.</param>
    /// <returns>The identifiers of the destroyed keys; empty when there were none.</returns>
    /// <exception cref="InvalidOperationException">The person is under a legal hold.</exception>
    IReadOnlyList<byte[]> EraseSubject(string subject, string orderedBy, DateTimeOffset at);

    /// <summary>Wraps every key under a new master key and destroys the old one.</summary>
    void RotateMaster();

    /// <summary>Processes that still hold a key by which an old copy of the vault could be opened; empty when erasures so far are final.</summary>
    IReadOnlyList<string> Outstanding();

    /// <summary>Puts a person under a legal hold: until it is lifted nothing of theirs is erased.</summary>
    void Hold(string subject, string reason, string orderedBy, DateTimeOffset at);

    /// <summary>Lifts a legal hold; false when there was none.</summary>
    bool Lift(string subject);

    /// <summary>Whether a person is under a legal hold.</summary>
    bool IsHeld(string subject);
}
