namespace SentinelHealth.Response.Storage.Engines;

/// <summary>A table whose rows are only ever added: the database itself refuses the rest, whoever asks.</summary>
/// <param name="Table">The table.</param>
/// <param name="OnChange">What whoever changes a row is told. A constant without apostrophes.</param>
/// <param name="OnRemoval">What whoever removes a row is told; null when rows may be removed.</param>
public sealed record StoreGuard(string Table, string OnChange, string? OnRemoval = null)
{
    /// <summary>How many of the newest rows, by their <c>number</c>, may not be removed; null for all.</summary>
    public long? NewestKept { get; init; }
}
