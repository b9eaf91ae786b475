namespace SentinelHealth.Dashboard.Storage;

/// <summary>Contributions, keys or the privacy account cannot be read. The message names the file and is one line.</summary>
internal sealed class BaselineStoreException(string message) : IOException(message);
