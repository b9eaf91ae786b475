namespace SentinelHealth.Response.Storage.Engines;

/// <summary>How a SQLite file is known that was written before stores kept their version in a table.</summary>
/// <param name="Table">A table that such a file has. Its version is the file's <c>user_version</c>, or 1.</param>
public sealed record StoreOrigin(string Table);
