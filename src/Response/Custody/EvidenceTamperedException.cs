namespace SentinelHealth.Response.Custody;

/// <summary>The evidence log is not what was written (I4). The message names the first entry that is not.</summary>
public sealed class EvidenceTamperedException : Exception
{
    /// <inheritdoc/>
    public EvidenceTamperedException() { }

    /// <inheritdoc/>
    public EvidenceTamperedException(string message) : base(message) { }

    /// <inheritdoc/>
    public EvidenceTamperedException(string message, Exception inner) : base(message, inner) { }
}
