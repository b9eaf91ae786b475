namespace SentinelHealth.Dashboard.Storage;

/// <summary>Small documents by name, such as <c>rule-stages.json</c> or <c>keys/key-1.xml</c>: whole, or as they were before.</summary>
/// <remarks>Safe from many threads.</remarks>
internal interface IDocuments : IDisposable
{
    /// <summary>The names that begin so, in order.</summary>
    IReadOnlyList<string> Names(string beginning);

    /// <summary>A document; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    byte[]? Read(string name);

    /// <summary>Says whether a document may have changed: two equal marks are of the same document.</summary>
    string MarkOf(string name);

    /// <summary>Makes a document of what it is now, null when there is none, durably. Nobody else changes it meanwhile.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="change">Gives the new one; may run again.</param>
    /// <exception cref="IOException">It cannot be written, and is as it was.</exception>
    void Change(string name, Func<byte[]?, byte[]> change);

    /// <summary>Removes a document; false when there is none.</summary>
    bool Remove(string name);
}
