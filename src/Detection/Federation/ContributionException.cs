namespace SentinelHealth.Detection.Federation;

/// <summary>A contribution that cannot be read, is not whole, or is not from whom it says.</summary>
public sealed class ContributionException : Exception
{
    /// <inheritdoc/>
    public ContributionException() { }

    /// <inheritdoc/>
    public ContributionException(string message) : base(message) { }

    /// <inheritdoc/>
    public ContributionException(string message, Exception inner) : base(message, inner) { }
}
