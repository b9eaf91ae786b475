namespace SentinelHealth.Ingest.Evm;

/// <summary>Bytes from a node or a caller that are not what the protocol says they should be. Nothing of them was used.</summary>
public sealed class EvmFormatException : Exception
{
    /// <inheritdoc/>
    public EvmFormatException() { }

    /// <inheritdoc/>
    public EvmFormatException(string message) : base(message) { }

    /// <inheritdoc/>
    public EvmFormatException(string message, Exception inner) : base(message, inner) { }
}
